//! What `fridge_svc` may do in the database, and what not.

use serde_json::json;
use service_chassis::testing::as_role;
use sqlx::{
    Executor,
    error::DatabaseError,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};

use crate::support::{ANNA, fridge};

/// The code that Postgres gave as its answer; `None` when it did what it was told.
async fn refusal(pool: &PgPool, sql: &'static str) -> Option<String> {
    let error = pool.execute(sql).await.err()?;
    error.as_database_error().and_then(DatabaseError::code).map(std::borrow::Cow::into_owned)
}

const INSUFFICIENT_PRIVILEGE: &str = "42501";

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn fridge_svc_cannot_change_the_history(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    fridge.add(ANNA, &json!({})).await;
    let pool = as_role(&connect, "fridge_svc");
    assert_eq!(refusal(&pool, "select * from fridge.fridge_events").await, None, "the positive control");
    for sql in [
        "update fridge.fridge_events set quantity = 1",
        "update fridge.fridge_events set occurred_at = now() where false",
        "delete from fridge.fridge_events",
        "delete from fridge.fridge_events where false",
        "truncate fridge.fridge_events",
        "delete from fridge.items",
        "delete from fridge.notices",
        "delete from fridge.erased_accounts",
        "insert into fridge.erased_accounts values ('x')",
        "select 1 from fridge.fridge_events for update",
    ] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn the_history_takes_no_second_event_at_a_place_and_no_second_undo(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    fridge.add(ANNA, &json!({})).await;
    let pool = as_role(&connect, "fridge_svc");
    let again = "insert into fridge.fridge_events
        select gen_random_uuid(), item_id, sequence, fridge_id, account_id, kind, quantity, reason, reverts,
               details, occurred_at from fridge.fridge_events";
    assert_eq!(refusal(&pool, again).await.as_deref(), Some("23505"));
    let nothing = "insert into fridge.fridge_events
        select gen_random_uuid(), item_id, 2, fridge_id, account_id, 'consumed', 0, null, null, '{}', occurred_at
          from fridge.fridge_events";
    assert_eq!(refusal(&pool, nothing).await.as_deref(), Some("23514"));
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn fridge_svc_cannot_change_its_tables(_: PgPoolOptions, connect: PgConnectOptions) {
    let pool = as_role(&connect, "fridge_svc");
    for sql in [
        "alter table fridge.items add column x text",
        "drop table fridge.items",
        "create table fridge.more (id int)",
        "create or replace function fridge.erase_account(erased uuid) returns void language sql as ''",
        "create schema more",
        "create table public.more (id int)",
        "select * from fridge._sqlx_migrations",
        "create role more",
    ] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn nobody_else_may_erase(pool_options: PgPoolOptions, connect: PgConnectOptions) {
    let admin = pool_options.connect_with(connect.clone()).await.unwrap();
    admin.execute("grant usage on schema fridge to passport_svc").await.unwrap();
    let pool = as_role(&connect, "passport_svc");
    let sql = "select fridge.erase_account(gen_random_uuid())";
    assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE));
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn fridge_svc_sees_no_other_schema(pool_options: PgPoolOptions, connect: PgConnectOptions) {
    let admin = pool_options.connect_with(connect.clone()).await.unwrap();
    for sql in ["create schema identity", "create table identity.accounts (id int)"] {
        admin.execute(sql).await.unwrap();
    }
    let pool = as_role(&connect, "fridge_svc");
    for sql in ["select * from identity.accounts", "insert into identity.accounts values (2)"] {
        assert_eq!(refusal(&pool, sql).await.as_deref(), Some(INSUFFICIENT_PRIVILEGE), "{sql}");
    }
}
