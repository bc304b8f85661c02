//! The function as the tests drive it: Kafka records in, batches out.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, TimeDelta, Utc};
use measurement::{
    app::{self, App},
    clients::Output,
    domain::{
        parameters::{Parameters, Policy},
        pseudonym::Pseudonyms,
    },
    events, store,
    store::topic::Contents,
};
use serde_json::{Value, json};
use service_chassis::{
    clock::Clock,
    ids::Ids,
    layers,
    outbox::Outbox,
    runtime::{KafkaEvent, KafkaRecord},
    store::Schema,
    testing::{self, Api, Authority},
};
use sqlx::{PgPool, postgres::PgConnectOptions};
use uuid::Uuid;

/// The brand of most tests.
pub(crate) const BRAND: Uuid = Uuid::from_u128(0xb1);
/// Its product.
pub(crate) const OAT_DRINK: &str = "09521234543213";

/// Measurement with a database of its own.
pub(crate) struct Measurement {
    pub(crate) app: App,
    pub(crate) clock: Clock,
    pub(crate) identity: Api,
    next: u128,
}

/// A moment.
pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// When every test begins: a Sunday morning.
pub(crate) fn now() -> DateTime<Utc> {
    time("2026-11-22T10:00:00Z")
}

/// When the batch of that day is out.
pub(crate) fn published() -> DateTime<Utc> {
    time("2026-11-25T03:00:00Z")
}

/// Somebody's id.
pub(crate) fn visitor(n: u128) -> Uuid {
    Uuid::from_u128(0xa000_0000 + n)
}

/// Measurement on the database that `#[sqlx::test]` made, as `measurement_svc`.
pub(crate) fn measurement(connect: &PgConnectOptions) -> Measurement {
    let (clock, ids) = (Clock::fixed(now()), Ids::counted());
    let authority = Authority::new(&clock, &ids).unwrap();
    let database = testing::as_role(connect, "measurement_svc");
    let schema = Schema::new("measurement").unwrap();
    let platform = testing::platform().unwrap();
    let app = App {
        policy: Arc::new(Parameters::default().check().unwrap()),
        pseudonyms: Pseudonyms::under(&[7; 32]),
        output: Output::new(&platform, authority.secrets("measurement")),
        clock: clock.clone(),
        ids: ids.clone(),
        database: database.clone(),
        schema,
        outbox: Outbox::new(schema, database, authority.producer(&platform)),
    };
    let callers = authority.callers("measurement").unwrap();
    let router = layers::internal(app::router(app.clone()), callers, clock.clone(), ids);
    let identity = Api::new(router, "measurement", authority.signer("identity"));
    Measurement { app, clock, identity, next: 1 }
}

impl Measurement {
    /// A brand that is measured by days since the day before yesterday, and its products.
    pub(crate) async fn brand(&mut self, brand: Uuid, gtins: &[&str]) {
        self.brand_since(brand, "2026-11-20", "P1D").await;
        for gtin in gtins {
            self.product(gtin, Some(brand), time("2026-11-20T10:00:00Z")).await;
        }
    }

    pub(crate) async fn brand_since(&mut self, brand: Uuid, from: &str, window: &str) {
        let data = json!({
            "brand_id": brand, "name": "Fjell & Eng", "gs1_company_prefixes": ["952123"], "trusted": true,
            "measured": true, "window": window, "window_from": from,
        });
        let at = time(&format!("{from}T00:00:00Z"));
        self.tell("identity.brand-changed.v1", at, data).await;
    }

    pub(crate) async fn product(&mut self, gtin: &str, brand: Option<Uuid>, at: DateTime<Utc>) {
        let mut data = json!({ "gtin": gtin, "revision": 1, "withdrawn": false });
        if let Some(brand) = brand {
            data["brand_id"] = json!(brand);
        }
        self.tell("passport.product-changed.v1", at, data).await;
    }

    /// Persons who consent, and each scans the product once.
    pub(crate) async fn persons_scan(&mut self, persons: u128, gtin: &str) {
        for n in 1..=persons {
            self.consent("visitor_id", visitor(n), true, time("2026-11-21T10:00:00Z")).await;
        }
        let events: Vec<Value> = (1..=persons).map(|n| self.scan(visitor(n), gtin, now())).collect();
        self.deliver("passport.product-scanned.v1", &events).await;
    }

    pub(crate) async fn consent(&mut self, kind: &str, id: Uuid, granted: bool, at: DateTime<Utc>) {
        let data = json!({
            kind: id, "purpose": "measurement", "granted": granted, "policy_version": "1", "changed_at": at,
        });
        self.tell("identity.consent-changed.v1", at, data).await;
    }

    pub(crate) async fn link(&mut self, visitor: Uuid, account: Uuid) {
        let data = json!({ "visitor_id": visitor, "account_id": account, "linked_at": now() });
        self.tell("identity.visitor-linked.v1", now(), data).await;
    }

    /// A scan that is not delivered yet.
    pub(crate) fn scan(&mut self, visitor: Uuid, gtin: &str, at: DateTime<Utc>) -> Value {
        let data = json!({
            "scan_id": visitor, "gtin": gtin, "visitor_id": visitor, "scanned_at": at, "channel": "app",
        });
        self.event("passport.product-scanned.v1", at, data)
    }

    pub(crate) fn event(&mut self, topic: &str, at: DateTime<Utc>, data: Value) -> Value {
        self.next += 1;
        let mut event = json!({
            "specversion": "1.0", "id": Uuid::from_u128(self.next), "source": "test", "type": topic, "time": at,
            "dataschema": format!("urn:packytrace:schema:{topic}"),
        });
        event["data"] = data;
        event
    }

    pub(crate) async fn tell(&mut self, topic: &str, at: DateTime<Utc>, data: Value) -> Value {
        let event = self.event(topic, at, data);
        self.deliver(topic, std::slice::from_ref(&event)).await;
        event
    }

    /// Delivers records and says which offsets failed.
    pub(crate) async fn deliver(&self, topic: &str, events: &[Value]) -> Vec<i64> {
        let record = |(offset, event): (usize, &Value)| {
            let mut record = KafkaRecord::default();
            record.topic = Some(topic.to_owned());
            record.offset = i64::try_from(offset).unwrap();
            record.value = Some(BASE64_STANDARD.encode(event.to_string()));
            record
        };
        let mut batch = KafkaEvent::default();
        let records = events.iter().enumerate().map(record).collect();
        batch.records = HashMap::from([(format!("{topic}-0"), records)]);
        let answer = events::on_records(self.app.clone(), batch).await.unwrap();
        answer.batch_item_failures.iter().map(|failure| failure.item_identifier.offset).collect()
    }

    /// Closes and publishes by a clock that says this.
    pub(crate) async fn release(&self, as_of: DateTime<Utc>) -> u64 {
        let mut conn = self.app.database.acquire().await.unwrap();
        let closed = store::closing::close_due(&mut conn, self.policy(), as_of).await.unwrap();
        store::releases::publish_due(&mut conn, as_of).await.unwrap();
        closed
    }

    pub(crate) fn policy(&self) -> &Policy {
        &self.app.policy
    }

    /// Everything in the outbox for the output topic, by key.
    pub(crate) async fn batches(&self) -> HashMap<String, Value> {
        let rows: Vec<(String, String)> = sqlx::query_as(
            "select key, payload from measurement.outbox where topic = 'measurement.brand-metric-batch.v1'",
        )
        .fetch_all(&self.app.database)
        .await
        .unwrap();
        rows.into_iter().map(|(key, payload)| (key, serde_json::from_str(&payload).unwrap())).collect()
    }

    /// The output topic, if all that waits were sent.
    pub(crate) async fn topic(&self) -> Contents {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select key, payload from measurement.releases where published_at is not null")
                .fetch_all(&self.app.database)
                .await
                .unwrap();
        let batches = rows.into_iter().map(|(key, payload)| (key, payload.into_bytes())).collect();
        Contents { cluster: "cluster-1".to_owned(), batches }
    }

    /// The batch of the day on which every test begins.
    pub(crate) async fn batch_of_today(&self, brand: Uuid) -> Value {
        let key = format!("{brand}/2026-11-22T00:00:00Z/P1D");
        self.batches().await.remove(&key).unwrap()
    }

    /// The row of a product and metric in that batch.
    pub(crate) async fn today(&self, gtin: &str, metric: &str) -> Value {
        let batch = self.batch_of_today(BRAND).await;
        let rows = batch["data"]["metrics"].as_array().unwrap().clone();
        rows.into_iter().find(|row| row["gtin"] == gtin && row["metric"] == metric).unwrap()
    }

    /// How many rows a table has.
    pub(crate) async fn count(&self, table: &str) -> i64 {
        count(&self.app.database, table).await
    }
}

/// How many rows a table has.
pub(crate) async fn count(database: &PgPool, table: &str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("select count(*) from measurement.{table}"));
    sqlx::query_scalar(sql).fetch_one(database).await.unwrap()
}

/// What hides sixty persons well enough to be shown, with the noise of one draw in a million left out.
pub(crate) fn near(value: &Value, persons: i64) -> bool {
    value["status"] == "published" && (value["value"].as_i64().unwrap() - persons).abs() <= 30
}

/// A while.
pub(crate) fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}
