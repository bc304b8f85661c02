//! What `brand_analytics_svc` may do in the database, and what not.

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

#[sqlx::test(migrator = "brand_analytics::MIGRATOR")]
async fn brand_analytics_svc_cannot_change_what_was_published(_: PgPoolOptions, connect: PgConnectOptions) {
    let pool = as_role(&connect, "brand_analytics_svc");
    assert_eq!(refusal(&pool, "select 1 from brand_analytics.metrics").await, None, "the positive control");
    for sql in [
        "update brand_analytics.metrics set value = 1",
        "delete from brand_analytics.metrics",
        "truncate brand_analytics.batches",
        "alter table brand_analytics.metrics add column person text",
        "create table brand_analytics.more (id int)",
        "create schema more",
        "select * from brand_analytics._sqlx_migrations",
    ] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}
