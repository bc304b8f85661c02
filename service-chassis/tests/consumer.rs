//! Facts take effect once, on a real Postgres.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::future::BoxFuture;
use serde_json::{Value, json};
use service_chassis::{
    consumer::{Consumer, Effect},
    runtime::{BoxError, KafkaEvent, KafkaRecord, Retry},
    store::Schema,
};
use shared_contracts::events::{Envelope, Fact, ProductScanned};
use sqlx::{Executor, PgConnection, PgPool};

/// Counts scans; refuses one product.
struct Counting;

impl Effect<ProductScanned> for Counting {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<ProductScanned>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        Box::pin(async move {
            conn.execute("insert into sample.effects values (1)").await?;
            if event.data.gtin == "00000000000017" { Err("not this one".into()) } else { Ok(()) }
        })
    }
}

async fn consumer(database: &PgPool) -> Consumer {
    for statement in [
        "create schema sample",
        "create table sample.processed_events (event_id uuid constraint processed_events_pkey primary key)",
        "create table sample.effects (n int)",
    ] {
        database.execute(statement).await.unwrap();
    }
    let schema = Schema::new("sample").unwrap();
    Consumer::of(database.clone(), schema).unwrap().on(Counting).unwrap().start()
}

async fn effects(database: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from sample.effects").fetch_one(database).await.unwrap()
}

fn event(id: u8, gtin: &str) -> Value {
    json!({
        "specversion": "1.0",
        "id": format!("01a202b2-c500-7000-8000-0000000000{id:02x}"),
        "source": "passport",
        "type": "packytrace.passport.ProductScanned.v1",
        "time": "2026-11-22T10:00:00Z",
        "dataschema": "urn:packytrace:schema:passport.product-scanned.v1",
        "data": {
            "scan_id": "01a202b2-c500-7000-8000-0000000000ff",
            "gtin": gtin,
            "visitor_id": "3f0b6c1e-8f1c-4b60-9d5e-2a7c9f4a1b2c",
            "scanned_at": "2026-11-22T10:00:00Z",
            "channel": "app",
        },
    })
}

fn batch(values: &[Value]) -> KafkaEvent {
    let record = |(offset, value): (usize, &Value)| {
        let mut record = KafkaRecord::default();
        record.topic = Some(ProductScanned::TOPIC.to_owned());
        record.offset = i64::try_from(offset).unwrap();
        record.value = Some(BASE64_STANDARD.encode(value.to_string()));
        record
    };
    let mut batch = KafkaEvent::default();
    let records = values.iter().enumerate().map(record).collect();
    batch.records = HashMap::from([(format!("{}-0", ProductScanned::TOPIC), records)]);
    batch
}

#[sqlx::test]
async fn a_fact_that_comes_twice_takes_effect_once(database: PgPool) {
    let consumer = consumer(&database).await;
    let twice = batch(&[event(1, "09521234543213"), event(1, "09521234543213"), event(2, "09521234543213")]);
    assert!(consumer.handle(twice).await.unwrap().batch_item_failures.is_empty());
    assert_eq!(effects(&database).await, 2);
}

#[sqlx::test]
async fn a_failed_effect_leaves_nothing_and_may_be_tried_again(database: PgPool) {
    let consumer = consumer(&database).await;
    let events = [event(1, "09521234543213"), event(2, "00000000000017"), event(3, "09521234543213")];
    for _ in 0..2 {
        let answer = consumer.handle(batch(&events)).await.unwrap();
        let failed: Vec<i64> =
            answer.batch_item_failures.iter().map(|one| one.item_identifier.offset).collect();
        assert_eq!(failed, [1]);
        assert_eq!(answer.batch_item_failures[0].retry, Retry::MayHelp);
        assert_eq!(effects(&database).await, 1);
    }
}

#[sqlx::test]
async fn a_record_that_breaks_its_schema_is_named_without_its_values(database: PgPool) {
    let consumer = consumer(&database).await;
    let mut broken = event(1, "09521234543213");
    broken["data"]["lot"] = json!("SECRET-LOT");
    let answer = consumer.handle(batch(&[broken])).await.unwrap();
    let failure = &answer.batch_item_failures[0];
    assert_eq!(failure.retry, Retry::IsUseless);
    let error = failure.error.clone().unwrap();
    assert!(error.contains("passport.product-scanned.v1") && !error.contains("SECRET-LOT"), "{error}");
    assert_eq!(effects(&database).await, 0);
}

#[sqlx::test]
async fn an_event_of_another_type_or_version_is_none_of_the_topic(database: PgPool) {
    let consumer = consumer(&database).await;
    for kind in ["packytrace.passport.ProductScanned.v2", "packytrace.fridge.ItemConsumed.v1"] {
        let mut other = event(1, "09521234543213");
        other["type"] = json!(kind);
        let answer = consumer.handle(batch(&[other])).await.unwrap();
        assert_eq!(answer.batch_item_failures[0].retry, Retry::IsUseless, "{kind}");
    }
    assert_eq!(effects(&database).await, 0);
}
