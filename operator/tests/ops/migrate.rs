//! `migrate`, on databases that this test makes.

use operator::{functions, migrate, postgres};
use service_chassis::runtime::manifest::Manifest;
use sqlx::{AssertSqlSafe, Connection, PgPool};

use crate::support::{Captured, setting, unique};

/// The manifest with passport in a database of the test's own.
fn manifest(database: &str, owner: &str) -> Manifest {
    let mut manifest = Manifest::embedded().unwrap();
    manifest.functions.retain(|function| function.name == "passport");
    let described = manifest.functions[0].database.as_mut().unwrap();
    database.clone_into(&mut described.database);
    owner.clone_into(&mut described.owner);
    manifest
}

// The tables are made as the owner, who may make nothing but what is in its own schema.
#[sqlx::test]
async fn migrations_run_as_the_owner_and_only_once(pool: PgPool) {
    let database = (*pool.connect_options()).get_database().unwrap().to_owned();
    let prepare =
        "create schema passport authorization passport_owner; grant usage on schema passport to passport_svc";
    sqlx::raw_sql(prepare).execute(&pool).await.unwrap();
    let (url, captured) = (setting("DATABASE_URL").unwrap(), Captured::default());
    let manifest = manifest(&database, "passport_owner");
    let migrations = functions::owners(&manifest).unwrap()[0].0.migrator.iter().count();

    migrate::run(&manifest, &url, &mut captured.output()).await.unwrap();
    let lines = captured.lines();
    assert_eq!(lines.len(), migrations);
    assert_eq!(lines[0], "applied\tpassport\t0001\tcatalog");
    let owner: String =
        sqlx::query_scalar("select tableowner::text from pg_tables where tablename = 'products'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(owner, "passport_owner");

    migrate::run(&manifest, &url, &mut captured.output()).await.unwrap();
    assert!(captured.lines().is_empty());
}

#[sqlx::test]
async fn a_server_that_was_not_bootstrapped_is_told_what_is_missing(pool: PgPool) {
    let url = setting("DATABASE_URL").unwrap();
    let database = (*pool.connect_options()).get_database().unwrap().to_owned();
    for manifest in [manifest("packytrace_nowhere", "passport_owner"), manifest(&database, "nobody_owner")] {
        let error = migrate::run(&manifest, &url, &mut Captured::default().output()).await.unwrap_err();
        assert!(error.to_string().contains("deploy/postgres/bootstrap.sql"), "{error}");
    }
}

// What the operator does with the verifier of `scram` is what Postgres does with a password.
#[sqlx::test]
async fn a_login_works_with_the_verifier_that_was_computed_here(pool: PgPool) {
    let login = unique("verifier").replace('-', "_");
    let verifier = operator::scram::postgres_verifier("p4ssword of the test", b"0123456789abcdef");
    let make = format!("create role {login} login password '{verifier}'");
    sqlx::raw_sql(AssertSqlSafe(make)).execute(&pool).await.unwrap();
    let stored: String = sqlx::query_scalar("select rolpassword from pg_authid where rolname = $1")
        .bind(&login)
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(stored, verifier);

    let options = (*pool.connect_options()).clone().username(&login).password("p4ssword of the test");
    let connected = sqlx::PgConnection::connect_with(&options).await;
    let forget = format!("drop role {login}");
    let connected = match connected {
        Ok(conn) => conn.close().await,
        Err(error) => Err(error),
    };
    sqlx::raw_sql(AssertSqlSafe(forget)).execute(&pool).await.unwrap();
    connected.unwrap();
}

#[tokio::test]
async fn an_address_that_is_none_is_not_repeated() {
    let error = postgres::connect("no address with a secret", "packytrace").await.unwrap_err().to_string();
    assert!(error.starts_with("POSTGRES_ADMIN_URL") && !error.contains("secret"), "{error}");
}
