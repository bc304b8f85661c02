//! What leaves, and that it leaves once.

use serde_json::Value;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{BRAND, OAT_DRINK, measurement, near, now, published, time, visitor};

const OTHER: Uuid = Uuid::from_u128(0xb2);

fn gtins(from: usize, many: usize) -> Vec<String> {
    (from..from + many).map(|n| format!("{n:014}")).collect()
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn nine_persons_on_each_of_two_hundred_products_and_nobody_look_the_same(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let mut measurement = measurement(&connect);
    let (ours, theirs) = (gtins(1_000, 200), gtins(2_000, 200));
    measurement.brand(BRAND, &ours.iter().map(String::as_str).collect::<Vec<_>>()).await;
    measurement.brand(OTHER, &theirs.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let mut scans = Vec::new();
    for (product, gtin) in (0_u128..).zip(&ours) {
        for n in 0..=(product % 9) {
            let who = visitor(product * 10 + n);
            measurement.consent("visitor_id", who, true, time("2026-11-21T10:00:00Z")).await;
            scans.push(measurement.scan(who, gtin, now()));
        }
    }
    measurement.deliver("passport.product-scanned.v1", &scans).await;
    measurement.release(published()).await;
    let rows = |batch: Value| -> Vec<String> {
        let rows = batch["data"]["metrics"].as_array().unwrap().clone();
        rows.iter().map(|row| row.to_string().replace(row["gtin"].as_str().unwrap(), "")).collect()
    };
    let (one, other) =
        (rows(measurement.batch_of_today(BRAND).await), rows(measurement.batch_of_today(OTHER).await));
    assert_eq!(one.len(), 800);
    assert!(one.iter().all(|row| row.contains("suppressed")));
    assert_eq!(one, other);
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn sixty_persons_are_shown_with_their_uncertainty(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.persons_scan(60, OAT_DRINK).await;
    assert!(measurement.release(time("2026-11-24T23:59:59Z")).await > 0, "the days before");
    assert_eq!(measurement.count("facts").await, 60, "today is not closed");
    measurement.release(published()).await;
    let row = measurement.today(OAT_DRINK, "scanned").await;
    assert!(near(&row, 60), "{row}");
    let value = row["value"].as_i64().unwrap();
    assert_eq!((row["ci_low"].as_i64(), row["ci_high"].as_i64()), (Some(value - 6), Some(value + 6)));
    assert_eq!(measurement.count("facts").await, 0);
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn a_batch_waits_for_its_hour(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.release(time("2026-11-25T02:59:59Z")).await;
    let key = format!("{BRAND}/2026-11-22T00:00:00Z/P1D");
    assert!(!measurement.batches().await.contains_key(&key), "closed, and not announced");
    assert_eq!(measurement.release(published()).await, 0);
    assert!(measurement.batches().await.contains_key(&key));
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn twenty_starts_and_a_full_replay_give_one_payload(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    let scans: Vec<Value> = (1..=60).map(|n| measurement.scan(visitor(n), OAT_DRINK, now())).collect();
    for n in 1..=60 {
        measurement.consent("visitor_id", visitor(n), true, time("2026-11-21T10:00:00Z")).await;
    }
    measurement.deliver("passport.product-scanned.v1", &scans).await;
    measurement.release(published()).await;
    let first = measurement.batch_of_today(BRAND).await;
    for _ in 0..20 {
        measurement.deliver("passport.product-scanned.v1", &scans).await;
        assert_eq!(measurement.release(published()).await, 0);
    }
    assert_eq!(measurement.batch_of_today(BRAND).await, first);
    assert_eq!(measurement.count("facts").await, 0);
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn closers_at_the_same_time_release_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.persons_scan(60, OAT_DRINK).await;
    let closed = futures::future::join_all((0..4).map(|_| measurement.release(published()))).await;
    assert_eq!(closed.iter().sum::<u64>(), u64::try_from(measurement.count("ledger").await).unwrap());
    assert_eq!(measurement.count("releases").await, measurement.count("ledger").await);
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn a_month_without_budget_shows_nothing_and_reads_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.persons_scan(60, OAT_DRINK).await;
    let spend = "insert into measurement.ledger values ($1, '2026-11-01', '2026-11-02', 'P1D', 61000000, 'released', now())";
    sqlx::query(spend).bind(BRAND).execute(&measurement.app.database).await.unwrap();
    measurement.release(published()).await;
    let batch = measurement.batch_of_today(BRAND).await;
    assert_eq!(batch["data"]["privacy"]["batch_status"], "budget_exhausted");
    assert_eq!(batch["data"]["metrics"][3]["status"], "suppressed");
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn the_catalog_is_that_of_the_windows_start(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.product("00000000001111", Some(BRAND), time("2026-11-22T00:00:01Z")).await;
    measurement.product("00000000002222", Some(BRAND), time("2026-11-22T00:00:00Z")).await;
    measurement.release(published()).await;
    let batch = measurement.batch_of_today(BRAND).await.to_string();
    assert!(batch.contains("00000000002222") && !batch.contains("00000000001111"));
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn no_day_of_a_brand_is_in_two_windows(_: PgPoolOptions, connect: PgConnectOptions) {
    let measurement = measurement(&connect);
    let window =
        "insert into measurement.ledger values ($1, $2::date, $2::date + $3, $4, 0, 'released', now())";
    let insert = async |brand: Uuid, start: &str, days: i32, length: &str| {
        let day: chrono::NaiveDate = start.parse().unwrap();
        sqlx::query(window)
            .bind(brand)
            .bind(day)
            .bind(days)
            .bind(length)
            .execute(&measurement.app.database)
            .await
    };
    insert(BRAND, "2026-11-16", 7, "P7D").await.unwrap();
    insert(BRAND, "2026-11-23", 1, "P1D").await.unwrap();
    insert(OTHER, "2026-11-18", 1, "P1D").await.unwrap();
    let refused = insert(BRAND, "2026-11-18", 1, "P1D").await.unwrap_err();
    assert_eq!(
        service_chassis::database::violated_constraint(&refused),
        Some("ledger_windows_do_not_overlap")
    );
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn a_brand_on_weeks_has_weeks(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand_since(BRAND, "2026-11-16", "P7D").await;
    measurement.product(OAT_DRINK, Some(BRAND), time("2026-11-10T10:00:00Z")).await;
    measurement.persons_scan(60, OAT_DRINK).await;
    measurement.release(published()).await;
    let batches = measurement.batches().await;
    let week = &batches[&format!("{BRAND}/2026-11-16T00:00:00Z/P7D")];
    assert_eq!(batches.len(), 1);
    assert!(near(&week["data"]["metrics"][3], 60));
}
