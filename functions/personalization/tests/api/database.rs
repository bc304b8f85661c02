//! What `personalization_svc` may do in the database, and what not.

use service_chassis::testing::as_role;
use sqlx::{
    Executor,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};

/// The code that Postgres gave as its answer; `None` when it did what it was told.
async fn refusal(pool: &PgPool, sql: &'static str) -> Option<String> {
    let error = pool.execute(sql).await.err()?;
    error.as_database_error().and_then(DatabaseError::code).map(std::borrow::Cow::into_owned)
}

const INSUFFICIENT_PRIVILEGE: &str = "42501";

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn personalization_svc_cannot_change_its_tables(_: PgPoolOptions, connect: PgConnectOptions) {
    let pool = as_role(&connect, "personalization_svc");
    assert_eq!(refusal(&pool, "select 1 from personalization.profiles").await, None, "the positive control");
    for sql in [
        "alter table personalization.profiles add column x text",
        "drop table personalization.profiles",
        "create table personalization.more (id int)",
        "create index on personalization.profiles (gtin)",
        "truncate personalization.profiles",
        "create schema more",
        "create table public.more (id int)",
        "select * from personalization._sqlx_migrations",
        "create role more",
    ] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn personalization_svc_sees_no_other_schema(pool_options: PgPoolOptions, connect: PgConnectOptions) {
    let admin = pool_options.connect_with(connect.clone()).await.unwrap();
    for sql in [
        "create schema identity",
        "create table identity.accounts (id int)",
        "insert into identity.accounts values (1)",
    ] {
        admin.execute(sql).await.unwrap();
    }
    let pool = as_role(&connect, "personalization_svc");
    for sql in [
        "select * from identity.accounts",
        "insert into identity.accounts values (2)",
        "update identity.accounts set id = 3",
        "delete from identity.accounts",
    ] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}
