//! A person goes, and everything of theirs.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared_contracts::events::{AccountErased, Envelope};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Fridge, fridge, now};

fn erased(account_id: Uuid) -> Envelope<AccountErased> {
    let fact = AccountErased { account_id, visitor_ids: Vec::new(), erased_at: now() };
    Envelope::new(Uuid::from_u128(0xe7a5), now(), None, fact)
}

/// Every row of the schema that names an account, as text.
async fn traces(fridge: &Fridge, account: Uuid) -> Vec<String> {
    let mut found = Vec::new();
    for (table, sql) in [
        ("fridge_events", "select t::text from fridge.fridge_events t"),
        ("items", "select t::text from fridge.items t"),
        ("people", "select t::text from fridge.people t"),
        ("household_members", "select t::text from fridge.household_members t"),
        ("invitations", "select t::text from fridge.invitations t"),
        ("feed_tokens", "select t::text from fridge.feed_tokens t"),
        ("push_subscriptions", "select t::text from fridge.push_subscriptions t"),
        ("notices", "select t::text from fridge.notices t"),
        ("idempotency_keys", "select t::text from fridge.idempotency_keys t"),
        ("erased_accounts", "select t::text from fridge.erased_accounts t"),
    ] {
        let rows: Vec<String> = sqlx::query_scalar(sql).fetch_all(&fridge.database).await.unwrap();
        let named = rows.iter().filter(|row| row.contains(&account.to_string()));
        found.extend(named.map(|row| format!("{table}: {row}")));
    }
    found
}

/// Anna lets Ben into her fridge.
async fn share(fridge: &Fridge) {
    let invitation =
        fridge.api.account(ANNA).post("/api/v1/fridge/household", &json!({"role": "member"})).await;
    let code = json!({"code": invitation.json()["code"]});
    let joined = fridge.api.account(BEN).post("/api/v1/fridge/household/members", &code).await;
    assert_eq!(joined.status, StatusCode::CREATED);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn nothing_of_an_erased_account_is_left_and_that_is_announced_once(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    fridge.add(BEN, &json!({})).await;
    share(&fridge).await;
    let item = fridge.add(ANNA, &json!({"use_by": "2026-11-23"})).await;
    let eaten =
        fridge.with_key(ANNA, &crate::support::path(&item, "consume"), "k", &json!({"quantity": 1})).await;
    assert_eq!(eaten.status, StatusCode::OK);
    fridge.send(ANNA, Method::POST, "/api/v1/fridge/feed-token").await;
    fridge.hour().await;
    assert!(!fridge.notices(BEN).await.is_empty(), "the shared item is told to both");
    assert!(traces(&fridge, ANNA).await.len() > 5);
    for _ in 0..2 {
        fridge.hear(&erased(ANNA)).await;
    }
    assert_eq!(traces(&fridge, ANNA).await, Vec::<String>::new());
    assert_eq!(fridge.notices(BEN).await, Vec::<Value>::new(), "what they said of Anna's food is gone too");
    assert_eq!(fridge.items(BEN).await.len(), 1, "Ben's own fridge is as before");
    let announced = fridge.announced().await;
    let done: Vec<&Value> = announced
        .iter()
        .filter(|(topic, _)| topic == "fridge.erasure-completed.v1")
        .map(|(_, event)| &event["data"]["account_id"])
        .collect();
    assert_eq!(done, [&json!(ANNA)]);
    assert!(announced.iter().all(|(topic, event)| {
        topic == "fridge.erasure-completed.v1" || event["data"]["account_id"] != json!(ANNA)
    }));
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn what_an_erased_member_did_stays_in_the_household_without_their_name(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    share(&fridge).await;
    let item = fridge.add(BEN, &json!({})).await;
    assert_eq!(item["shared"], true);
    fridge.hear(&erased(BEN)).await;
    assert_eq!(traces(&fridge, BEN).await, Vec::<String>::new());
    let there = fridge.items(ANNA).await;
    assert_eq!(there[0]["item_id"], item["item_id"]);
    assert!(there[0].get("scan_id").is_none());
    let path = crate::support::path(&item, "history");
    let history = fridge.api.account(ANNA).get(&path).await.json();
    assert!(history["items"][0].get("by").is_none());
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn nothing_is_written_for_an_erased_account_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    fridge.hear(&erased(ANNA)).await;
    let soup = json!({"name": "Soup"});
    let answer = fridge.api.account(ANNA).post("/api/v1/fridge/items/manual", &soup).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(traces(&fridge, ANNA).await, Vec::<String>::new());
}
