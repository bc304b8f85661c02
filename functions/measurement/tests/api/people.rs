//! Who counts, and how often.

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{BRAND, Measurement, OAT_DRINK, measurement, near, now, published, time, visitor};

const ACCOUNT: Uuid = Uuid::from_u128(0xacc);

/// Fifty-nine others, so that one more or less decides nothing and the number can be seen.
async fn others(measurement: &mut Measurement) {
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.persons_scan(59, OAT_DRINK).await;
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn fifty_linked_visitors_count_once_whatever_the_order(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    others(&mut measurement).await;
    let before = time("2026-11-21T10:00:00Z");
    measurement.consent("account_id", ACCOUNT, true, before).await;
    for n in (1_000..1_050).rev() {
        measurement.consent("visitor_id", visitor(n), true, before).await;
        let scan = measurement.scan(visitor(n), OAT_DRINK, now());
        measurement.deliver("passport.product-scanned.v1", &[scan]).await;
        measurement.link(visitor(n), ACCOUNT).await;
    }
    measurement.release(published()).await;
    assert!(near(&measurement.today(OAT_DRINK, "scanned").await, 60));
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn ten_thousand_scans_of_one_person_count_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    others(&mut measurement).await;
    measurement.consent("visitor_id", visitor(1_000), true, time("2026-11-21T10:00:00Z")).await;
    let scans: Vec<_> = (0..10_000).map(|_| measurement.scan(visitor(1_000), OAT_DRINK, now())).collect();
    measurement.deliver("passport.product-scanned.v1", &scans).await;
    assert_eq!(measurement.count("facts").await, 10_059);
    measurement.release(published()).await;
    assert!(near(&measurement.today(OAT_DRINK, "scanned").await, 60));
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn a_link_that_comes_after_the_close_changes_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.persons_scan(80, OAT_DRINK).await;
    measurement.consent("account_id", ACCOUNT, true, time("2026-11-21T10:00:00Z")).await;
    measurement.clock.advance(published() - now());
    for n in 1..=80 {
        measurement.link(visitor(n), ACCOUNT).await;
    }
    measurement.release(published()).await;
    assert!(near(&measurement.today(OAT_DRINK, "scanned").await, 80));
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn without_consent_from_before_nobody_counts(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    for n in 1..=200 {
        let scan = measurement.scan(visitor(n), OAT_DRINK, now());
        measurement.deliver("passport.product-scanned.v1", &[scan]).await;
        match n % 4 {
            0 => {
                measurement.consent("visitor_id", visitor(n), true, now() + crate::support::minutes(1)).await;
            }
            1 => measurement.consent("visitor_id", visitor(n), false, now()).await,
            2 => {
                measurement.consent("visitor_id", visitor(n), true, time("2026-11-21T10:00:00Z")).await;
                measurement
                    .consent("visitor_id", visitor(n), false, now() + crate::support::minutes(9))
                    .await;
            }
            _ => {}
        }
    }
    measurement.release(published()).await;
    assert_eq!(measurement.today(OAT_DRINK, "scanned").await["status"], "suppressed");
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn every_linked_account_must_consent(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.persons_scan(200, OAT_DRINK).await;
    for n in 1..=200 {
        measurement.link(visitor(n), Uuid::from_u128(0xacc_0000 + n)).await;
    }
    measurement.release(published()).await;
    assert_eq!(measurement.today(OAT_DRINK, "scanned").await["status"], "suppressed");
}
