//! What `identity_svc` may do in the database, and what not.

use service_chassis::testing::as_role;
use sqlx::{
    Executor,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};

const INSUFFICIENT_PRIVILEGE: &str = "42501";

/// The code that Postgres gave as its answer; `None` when it did what it was told.
async fn refusal(pool: &PgPool, sql: &'static str) -> Option<String> {
    let error = pool.execute(sql).await.err()?;
    error.as_database_error().and_then(DatabaseError::code).map(std::borrow::Cow::into_owned)
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn identity_svc_can_append_consents_and_never_change_them(_: PgPoolOptions, connect: PgConnectOptions) {
    let pool = as_role(&connect, "identity_svc");
    let written = "insert into identity.consents (visitor_id, purpose, granted, policy_version, changed_at)
                   values (gen_random_uuid(), 'measurement', true, '1', now())";
    assert_eq!(refusal(&pool, written).await, None, "the positive control");
    for sql in [
        "update identity.consents set granted = false",
        "delete from identity.consents",
        "truncate identity.consents",
        "select * from identity.consent_proofs",
        "delete from identity.consent_proofs",
        "insert into identity.consent_proofs (pseudonym, purpose, granted, policy_version, changed_at)
         values ('', 'measurement', true, '1', now())",
    ] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn identity_svc_cannot_change_its_tables_or_see_other_schemas(
    pool_options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let admin = pool_options.connect_with(connect.clone()).await.unwrap();
    for sql in ["create schema passport", "create table passport.scans (id int)"] {
        admin.execute(sql).await.unwrap();
    }
    let pool = as_role(&connect, "identity_svc");
    assert_eq!(refusal(&pool, "select 1 from identity.accounts").await, None, "the positive control");
    for sql in [
        "alter table identity.accounts add column x text",
        "drop table identity.accounts",
        "create table identity.more (id int)",
        "truncate identity.accounts",
        "create schema more",
        "select * from identity._sqlx_migrations",
        "select * from passport.scans",
        "insert into passport.scans values (1)",
        "delete from passport.scans",
    ] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}
