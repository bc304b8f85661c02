//! What comes in, and what of it is kept.

use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{BRAND, OAT_DRINK, measurement, minutes, near, now, published, time, visitor};

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn a_fact_that_comes_twice_is_kept_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    let scan = measurement.scan(visitor(1), OAT_DRINK, now());
    measurement.deliver("passport.product-scanned.v1", &[scan.clone(), scan.clone()]).await;
    measurement.deliver("passport.product-scanned.v1", &[scan]).await;
    assert_eq!(measurement.count("facts").await, 1);
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn facts_from_the_future_and_of_closed_windows_are_dropped(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let mut measurement = measurement(&connect);
    measurement.brand_since(BRAND, "2026-11-15", "P1D").await;
    measurement.product(OAT_DRINK, Some(BRAND), time("2026-11-15T10:00:00Z")).await;
    let mut events = Vec::new();
    for at in
        [now() + minutes(6), time("2026-11-19T23:59:59Z"), now() + minutes(5), time("2026-11-20T00:00:00Z")]
    {
        events.push(measurement.scan(visitor(1), OAT_DRINK, at));
    }
    measurement.deliver("passport.product-scanned.v1", &events).await;
    assert_eq!(measurement.count("facts").await, 2);
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn a_window_that_a_test_clock_closed_stays_closed(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.release(published()).await;
    let before = measurement.batch_of_today(BRAND).await;
    measurement.persons_scan(60, OAT_DRINK).await;
    assert_eq!(measurement.count("facts").await, 0);
    assert_eq!(measurement.release(published()).await, 0);
    assert_eq!(measurement.batch_of_today(BRAND).await, before);
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn nothing_but_six_members_is_kept(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    let mut scan = measurement.scan(visitor(1), OAT_DRINK, now());
    for canary in ["lot", "serial", "place", "verdict", "headers"] {
        scan["data"][canary] = json!("CANARY-7c1f");
    }
    scan["source"] = json!("CANARY-7c1f");
    assert!(measurement.deliver("passport.product-scanned.v1", &[scan]).await.is_empty());
    let kept: Vec<String> = sqlx::query_scalar("select facts::text from measurement.facts")
        .fetch_all(&measurement.app.database)
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    let id = visitor(1).to_string();
    assert!(!kept[0].contains("CANARY") && !kept[0].contains(&id) && !kept[0].contains(&id.replace('-', "")));
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn a_record_that_is_no_event_fails_alone_and_says_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    let good = measurement.scan(visitor(1), OAT_DRINK, now());
    let mut nobody = measurement.scan(visitor(2), OAT_DRINK, now());
    nobody["data"].as_object_mut().unwrap().remove("visitor_id");
    let mut no_gtin = measurement.scan(visitor(3), OAT_DRINK, now());
    no_gtin["data"]["gtin"] = json!("CANARY");
    for bad in [nobody, no_gtin, json!("CANARY"), Value::Null] {
        let failed =
            measurement.deliver("passport.product-scanned.v1", &[good.clone(), bad, good.clone()]).await;
        assert_eq!(failed, [1]);
    }
    assert_eq!(measurement.count("facts").await, 1);
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn fridge_facts_are_counted_and_food_without_a_code_is_not(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    for n in 1..=60 {
        measurement.consent("account_id", visitor(n), true, time("2026-11-21T10:00:00Z")).await;
        for topic in ["fridge.item-added.v1", "fridge.item-consumed.v1", "fridge.item-discarded.v1"] {
            let data = json!({ "item_id": visitor(n), "account_id": visitor(n), "gtin": OAT_DRINK, "happened_at": now() });
            measurement.tell(topic, now(), data).await;
        }
    }
    let manual = json!({ "item_id": visitor(1), "account_id": visitor(1), "happened_at": now() });
    measurement.tell("fridge.item-added.v1", now(), manual).await;
    assert_eq!(measurement.count("facts").await, 180);
    measurement.release(published()).await;
    for metric in ["added", "consumed", "discarded"] {
        assert!(near(&measurement.today(OAT_DRINK, metric).await, 60), "{metric}");
    }
    assert_eq!(measurement.today(OAT_DRINK, "scanned").await["status"], "suppressed");
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn an_undone_consume_does_not_count_whichever_comes_first(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    for n in 1..=80 {
        measurement.consent("account_id", visitor(n), true, time("2026-11-21T10:00:00Z")).await;
        let data = json!({ "item_id": visitor(n), "account_id": visitor(n), "gtin": OAT_DRINK, "happened_at": now() });
        let fact = measurement.event("fridge.item-consumed.v1", now(), data);
        let undo = json!({ "item_id": visitor(n), "reverts_event_id": fact["id"], "happened_at": now() });
        let undo = measurement.event("fridge.entry-reverted.v1", now(), undo);
        let mut both = [("fridge.item-consumed.v1", fact), ("fridge.entry-reverted.v1", undo)];
        if n % 2 == 0 {
            both.reverse();
        }
        for (topic, event) in both {
            measurement.deliver(topic, &[event]).await;
        }
    }
    measurement.release(published()).await;
    assert_eq!(measurement.today(OAT_DRINK, "consumed").await["status"], "suppressed");
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn what_is_too_old_is_forgotten(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.persons_scan(3, OAT_DRINK).await;
    let mut conn = measurement.app.database.acquire().await.unwrap();
    measurement::store::facts::forget_old(&mut conn, now() + minutes(5 * 24 * 60 - 1)).await.unwrap();
    assert_eq!(measurement.count("facts").await, 3);
    measurement::store::facts::forget_old(&mut conn, now() + minutes(5 * 24 * 60 + 1)).await.unwrap();
    assert_eq!(measurement.count("facts").await, 0);
}
