//! What `measurement_svc` may do in the database, and what not.

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

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn what_was_released_cannot_be_changed(_: PgPoolOptions, connect: PgConnectOptions) {
    let pool = as_role(&connect, "measurement_svc");
    assert_eq!(refusal(&pool, "select 1 from measurement.ledger").await, None, "the positive control");
    for sql in [
        "update measurement.ledger set micro_epsilon = 0",
        "delete from measurement.ledger",
        "delete from measurement.releases",
        "update measurement.releases set payload = ''",
        "truncate measurement.facts",
        "insert into measurement.environment values ('test')",
        "delete from measurement.environment",
        "alter table measurement.facts add column lot text",
        "create table measurement.more (id int)",
    ] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn the_environment_is_said_once_and_first(pool_options: PgPoolOptions, connect: PgConnectOptions) {
    let admin = pool_options.connect_with(connect).await.unwrap();
    let fact = "insert into measurement.facts values \
                (gen_random_uuid(), decode(repeat('00', 16), 'hex'), 'visitor', '00000000000000', 'scanned', now())";
    admin.execute(fact).await.unwrap();
    assert!(refusal(&admin, "insert into measurement.environment values ('test')").await.is_some());
    admin.execute("delete from measurement.facts").await.unwrap();
    assert_eq!(refusal(&admin, "insert into measurement.environment values ('test')").await, None);
    for sql in [
        "update measurement.environment set environment = 'test'",
        "delete from measurement.environment",
        "truncate measurement.environment",
        "insert into measurement.environment values ('production')",
    ] {
        assert!(refusal(&admin, sql).await.is_some(), "{sql}");
    }
}
