//! Somebody's data goes, and stays gone.

use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{Measurement, OAT_DRINK, measurement, now, time, visitor};

const ACCOUNT: Uuid = Uuid::from_u128(0xacc);

async fn somebody(measurement: &mut Measurement) -> serde_json::Value {
    measurement.consent("account_id", ACCOUNT, true, time("2026-11-21T10:00:00Z")).await;
    measurement.link(visitor(1), ACCOUNT).await;
    let scan = measurement.scan(visitor(1), OAT_DRINK, now());
    measurement.deliver("passport.product-scanned.v1", std::slice::from_ref(&scan)).await;
    scan
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn an_erasure_takes_all_away_and_a_replay_brings_nothing_back(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let mut measurement = measurement(&connect);
    let scan = somebody(&mut measurement).await;
    let erased = json!({ "account_id": ACCOUNT, "visitor_ids": [], "erased_at": now() });
    measurement.tell("identity.account-erased.v1", now(), erased.clone()).await;
    measurement.deliver("passport.product-scanned.v1", &[scan]).await;
    somebody(&mut measurement).await;
    measurement.tell("identity.account-erased.v1", now(), erased).await;
    for table in ["facts", "links", "consents"] {
        assert_eq!(measurement.count(table).await, 0, "{table}");
    }
    // the account, and the visitor that only a link told of
    assert_eq!(measurement.count("tombstones").await, 2);
    let confirmed: Vec<(String, String)> = sqlx::query_as("select topic, payload from measurement.outbox")
        .fetch_all(&measurement.app.database)
        .await
        .unwrap();
    assert_eq!(confirmed.len(), 1);
    assert_eq!(confirmed[0].0, "measurement.erasure-completed.v1");
    assert!(confirmed[0].1.contains(&ACCOUNT.to_string()));
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn an_export_has_what_is_held_of_an_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    somebody(&mut measurement).await;
    let answer = measurement.identity.get(&format!("/internal/v1/accounts/{ACCOUNT}/export")).await;
    assert_eq!(answer.status, 200);
    let part = answer.json();
    assert_eq!(part["service"], "measurement");
    assert_eq!(part["data"]["pending_facts"][0]["gtin"], OAT_DRINK);
    assert_eq!(part["data"]["consents"].as_array().unwrap().len(), 1);
    assert_eq!(part["data"]["linked_visitors"].as_array().unwrap().len(), 1);
    let other = measurement.identity.get(&format!("/internal/v1/accounts/{}/export", Uuid::nil())).await;
    assert_eq!(other.json()["data"]["pending_facts"], json!([]));
}
