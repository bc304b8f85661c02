//! Databases that come back from the past.

use measurement::store::{
    rebuild::{Refusal, adopt, rebuild},
    releases,
    topic::Contents,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{BRAND, Measurement, OAT_DRINK, measurement, now, published};

async fn released(connect: &PgConnectOptions) -> (Measurement, Contents) {
    let mut measurement = measurement(connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.persons_scan(60, OAT_DRINK).await;
    measurement.release(published()).await;
    let topic = measurement.topic().await;
    (measurement, topic)
}

/// What a restored backup lacks.
async fn forget_releases(pool_options: PgPoolOptions, connect: PgConnectOptions) {
    let admin = pool_options.connect_with(connect).await.unwrap();
    for table in ["outbox", "releases", "ledger"] {
        let sql = sqlx::AssertSqlSafe(format!("delete from measurement.{table}"));
        sqlx::query(sql).execute(&admin).await.unwrap();
    }
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn what_the_topic_has_is_never_drawn_again(pool_options: PgPoolOptions, connect: PgConnectOptions) {
    let (mut measurement, topic) = released(&connect).await;
    let windows = measurement.count("ledger").await;
    forget_releases(pool_options, connect).await;
    measurement.persons_scan(60, OAT_DRINK).await;
    let mut conn = measurement.app.database.acquire().await.unwrap();
    let taken = rebuild(&mut conn, measurement.policy(), &topic, &[], published()).await.unwrap();
    assert_eq!(i64::try_from(taken).unwrap(), windows);
    drop(conn);
    assert_eq!(measurement.release(published()).await, 0);
    assert_eq!(measurement.count("outbox").await, 0);
    assert_eq!(measurement.count("facts").await, 0, "restored facts of released windows go");
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn a_topic_that_lacks_what_it_had_is_refused(_: PgPoolOptions, connect: PgConnectOptions) {
    let (measurement, topic) = released(&connect).await;
    sqlx::query("delete from measurement.outbox").execute(&measurement.app.database).await.unwrap();
    let mut conn = measurement.app.database.acquire().await.unwrap();
    let delivered = releases::delivered(&mut conn).await.unwrap();
    let policy = measurement.policy();
    rebuild(&mut conn, policy, &topic, &delivered, now()).await.unwrap();
    let empty = Contents { cluster: topic.cluster.clone(), ..Contents::default() };
    let refused = rebuild(&mut conn, policy, &empty, &delivered, now()).await.unwrap_err();
    assert!(matches!(refused, Refusal::Lacking(_)) && refused.to_string().contains("adopt"), "{refused}");
    let elsewhere = Contents { cluster: "cluster-2".to_owned(), ..topic };
    let refused = rebuild(&mut conn, policy, &elsewhere, &delivered, now()).await.unwrap_err();
    assert!(matches!(refused, Refusal::OtherCluster), "{refused}");
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn other_bytes_under_a_released_key_stop_everything(_: PgPoolOptions, connect: PgConnectOptions) {
    let (measurement, mut topic) = released(&connect).await;
    topic.batches.values_mut().for_each(|payload| payload.push(b' '));
    let mut conn = measurement.app.database.acquire().await.unwrap();
    let refused = rebuild(&mut conn, measurement.policy(), &topic, &[], now()).await.unwrap_err();
    assert!(matches!(refused, Refusal::Different(_)), "{refused}");
}

#[sqlx::test(migrator = "measurement::MIGRATOR")]
async fn adopting_gives_up_every_window_that_has_begun(_: PgPoolOptions, connect: PgConnectOptions) {
    let mut measurement = measurement(&connect);
    measurement.brand(BRAND, &[OAT_DRINK]).await;
    measurement.persons_scan(60, OAT_DRINK).await;
    let lost = Contents { cluster: "cluster-2".to_owned(), ..Contents::default() };
    let mut conn = measurement.app.database.acquire().await.unwrap();
    let given_up = adopt(&mut conn, measurement.policy(), &lost, &[], now()).await.unwrap();
    assert_eq!(given_up, 3, "the 20th, the 21st and today");
    rebuild(&mut conn, measurement.policy(), &lost, &[], now()).await.unwrap();
    drop(conn);
    measurement.release(published()).await;
    let batch = measurement.batch_of_today(BRAND).await;
    assert_eq!(batch["data"]["privacy"]["batch_status"], "not_available");
    assert_eq!(batch["data"]["metrics"][3]["status"], "suppressed");
}
