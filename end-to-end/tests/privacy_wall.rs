//! From facts on the broker to a brand's numbers, through every wall.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, sync::LazyLock, time::Duration};

use chrono::{DateTime, Days, Utc};
use end_to_end::{
    announce::{Announcer, random},
    facts::Facts,
    patience::within,
    person::Person,
    stack::Stack,
};
use rdkafka::{
    ClientConfig, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    types::RDKafkaErrorCode,
};
use reqwest::Method;
use serde_json::{Value, json};
use service_chassis::clock::Clock;
use shared_contracts::events::{BrandMetricBatchPublished, Fact};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

const SCANNED: &str = "passport.product-scanned.v1";
const BATCHES: &str = BrandMetricBatchPublished::TOPIC;
const QUIET: Duration = Duration::from_secs(5);
const CANARY: &str = "CANARY-4f1d9c";

/// A measured brand with products of its own, and everything that is announced of it.
struct Brand {
    announcer: Announcer,
    id: Uuid,
    gtins: Vec<String>,
    now: DateTime<Utc>,
}

impl Brand {
    async fn new(products: u32) -> Self {
        Self::of(random(), products).await
    }

    async fn of(id: Uuid, products: u32) -> Self {
        let announcer = Announcer::of(&STACK).unwrap();
        let now = Clock::system().now();
        let first = u64::from(random().as_fields().0) * 100;
        let gtins: Vec<String> = (0..u64::from(products)).map(|n| gtin(first + n)).collect();
        let brand = Self { announcer, id, gtins, now };
        brand.announce().await;
        brand
    }

    /// Today in UTC, less some days, at midnight.
    fn day(&self, before: u64) -> String {
        let day = self.now.date_naive().checked_sub_days(Days::new(before)).unwrap();
        format!("{day}T00:00:00Z")
    }

    async fn announce(&self) {
        let brand = json!({
            "brand_id": self.id, "name": "Fjell & Eng", "gs1_company_prefixes": [], "trusted": true,
            "measured": true, "window": "P1D", "window_from": &self.day(1)[..10],
        });
        self.announcer.one("identity.brand-changed.v1", &self.day(2), brand).await.unwrap();
        let products: Vec<Value> = self
            .gtins
            .iter()
            .map(|gtin| json!({ "gtin": gtin, "brand_id": self.id, "revision": 1, "withdrawn": false }))
            .collect();
        self.announcer.all("passport.product-changed.v1", &self.day(2), "none", &products).await.unwrap();
    }

    /// New people who consent and scan the product once each, now.
    async fn scanned_by(&self, gtin: &str, people: usize) {
        let visitors: Vec<Uuid> = (0..people).map(|_| random()).collect();
        let consents: Vec<Value> = visitors
            .iter()
            .map(|visitor| {
                json!({
                    "visitor_id": visitor, "purpose": "measurement", "granted": true, "policy_version": "1",
                    "changed_at": self.day(1),
                })
            })
            .collect();
        self.announcer.all("identity.consent-changed.v1", &self.day(1), CANARY, &consents).await.unwrap();
        let scans: Vec<Value> = visitors.iter().map(|visitor| json!({
            "scan_id": random(), "gtin": gtin, "visitor_id": visitor, "scanned_at": self.now, "channel": "app",
            "lot": CANARY, "place": CANARY,
        })).collect();
        let time = self.now.to_rfc3339();
        self.announcer.all(SCANNED, &time, CANARY, &scans).await.unwrap();
    }

    /// Waits until measurement holds this many facts of the brand.
    async fn wait_for_facts(&self, facts: i64) {
        let url = STACK.postgres_admin_url.replace("/postgres", "/packytrace");
        let mut conn = PgConnection::connect(&url).await.unwrap();
        let mut held = -1;
        let begun = tokio::time::Instant::now();
        while held != facts && begun.elapsed() < Duration::from_secs(60) {
            held = sqlx::query_scalar("select count(*) from measurement.facts where gtin = any($1)")
                .bind(&self.gtins)
                .fetch_one(&mut conn)
                .await
                .unwrap();
        }
        assert_eq!(held, facts);
    }

    /// Closes the windows up to today's by the test clock, and gives today's batch.
    fn release(&self) -> Value {
        let topic = Facts::from_now(&STACK, BATCHES).unwrap();
        release(self.now);
        let key = self.day(0);
        let is_ours = |event: &Value| {
            event["data"]["brand_id"] == self.id.to_string() && event["data"]["window"]["start"] == key
        };
        let found = topic.until(QUIET, |events| events.iter().any(is_ours)).unwrap();
        let mut ours: Vec<Value> = found.into_iter().filter(is_ours).collect();
        assert_eq!(ours.len(), 1);
        ours.remove(0)
    }

    fn row<'b>(&self, batch: &'b Value, gtin: &str) -> &'b Value {
        let rows = batch["data"]["metrics"].as_array().unwrap();
        rows.iter().find(|row| row["gtin"] == gtin && row["metric"] == "scanned").unwrap()
    }
}

/// A GTIN-14 with its check digit (GS1 General Specifications, 7.9).
fn gtin(number: u64) -> String {
    let digits = format!("{number:013}");
    let weighted = digits
        .bytes()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight);
    format!("{digits}{}", (10 - weighted.sum::<u32>() % 10) % 10)
}

/// The moment at which today's batches are published.
fn release(now: DateTime<Utc>) {
    let day = now.date_naive().checked_add_days(Days::new(3)).unwrap();
    STACK.ops(&["measurement", "release", "--as-of", &format!("{day}T03:00:00Z")]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sixty_people_are_shown_and_nine_are_not() {
    let brand = Brand::new(3).await;
    brand.scanned_by(&brand.gtins[0], 60).await;
    brand.scanned_by(&brand.gtins[1], 9).await;
    brand.wait_for_facts(69).await;
    let batch = brand.release();
    let shown = brand.row(&batch, &brand.gtins[0]);
    assert!((40..=80).contains(&shown["value"].as_i64().unwrap()), "{shown}");
    let [nine, nobody] = [1, 2].map(|n| brand.row(&batch, &brand.gtins[n])["status"].clone());
    assert_eq!((&nine, &nobody), (&json!("suppressed"), &json!("suppressed")));
    assert!(batch.get("traceparent").is_none());
    assert!(!batch.to_string().contains(CANARY));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_brand_sees_its_own_numbers_and_nobody_elses() {
    let admin = Person::signed_in(&STACK, "admin").await.unwrap();
    let made =
        admin.ask(Method::POST, "/api/v1/admin/brands", &json!({"name": "Fjell & Eng"})).await.unwrap();
    let id: Value = made.json().await.unwrap();
    let id = id["brand_id"].as_str().unwrap();
    let measured = json!({"trusted": true, "measured": true});
    admin.ask(Method::PATCH, &format!("/api/v1/admin/brands/{id}"), &measured).await.unwrap();
    let mut user = Person::anonymous(&STACK).unwrap();
    let (email, password) = (format!("brand-{}@example.net", random().simple()), "counts only what is shown");
    let account = json!({"email": email, "password": password});
    let registered: Value =
        user.ask(Method::POST, "/api/v1/accounts", &account).await.unwrap().json().await.unwrap();
    let role = json!({"account_id": registered["account_id"], "role": "viewer"});
    admin.ask(Method::POST, &format!("/api/v1/admin/brands/{id}/users"), &role).await.unwrap();
    user.sign_in(&email, password).await.unwrap();

    let (ours, theirs) = (Brand::of(id.parse().unwrap(), 1).await, Brand::new(1).await);
    ours.scanned_by(&ours.gtins[0], 60).await;
    ours.wait_for_facts(60).await;
    let batch = ours.release();
    let path = format!("/api/v1/brand/metrics?gtin={}&metric=scanned&brand_id={}", ours.gtins[0], theirs.id);
    let page = within(Duration::from_secs(20), "the batch is stored", async || {
        let answer = user.get(&path).await?;
        Ok(if answer.status() == 200 { Some(answer.json::<Value>().await?) } else { None })
    });
    let page = page.await.unwrap();
    let shown = ours.row(&batch, &ours.gtins[0]);
    assert_eq!(page["items"][0]["value"], shown["value"]);
    assert_eq!(page["totals"][0]["value"], shown["value"]);
    for foreign in [&theirs.gtins[0], &gtin(1)] {
        let status = user.get(&format!("/api/v1/brand/metrics?gtin={foreign}")).await.unwrap().status();
        assert_eq!(status, 404);
    }
    let finer = user.get("/api/v1/brand/metrics?from=2026-11-22T10:00:00Z").await.unwrap();
    assert_eq!(finer.status(), 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_and_a_second_release_draw_nothing_again() {
    let brand = Brand::new(1).await;
    brand.scanned_by(&brand.gtins[0], 60).await;
    brand.wait_for_facts(60).await;
    brand.release();
    let topic = Facts::from_now(&STACK, BATCHES).unwrap();
    for _ in 0..3 {
        STACK.service(&["stop", "measurement"]).unwrap();
        STACK.service(&["start", "measurement"]).unwrap();
        release(brand.now);
    }
    brand.scanned_by(&brand.gtins[0], 60).await;
    release(brand.now);
    let again = topic.until(QUIET, |_| false).unwrap();
    assert!(again.iter().all(|event| event["data"]["brand_id"] != brand.id.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_facts_leave_no_trace_of_their_people() {
    let brand = Brand::new(1).await;
    brand.scanned_by(&brand.gtins[0], 200).await;
    brand.wait_for_facts(200).await;
    brand.release();
    let url = STACK.postgres_admin_url.replace("/postgres", "/packytrace");
    let mut conn = PgConnection::connect(&url).await.unwrap();
    for table in ["facts", "consents", "releases", "outbox", "product_versions"] {
        let sql = sqlx::AssertSqlSafe(format!(
            "select count(*) from measurement.{table} as t where t::text like '%{CANARY}%'"
        ));
        let found: i64 = sqlx::query_scalar(sql).fetch_one(&mut conn).await.unwrap();
        assert_eq!(found, 0, "{table}");
    }
    let log = STACK.state().join("log/measurement.log");
    if let Ok(text) = std::fs::read_to_string(log) {
        assert!(!text.contains(CANARY) && !text.contains(&brand.gtins[0]));
    }
    let metrics = STACK.metrics("measurement").await.unwrap();
    assert!(!metrics.contains(&brand.gtins[0]) && !metrics.contains(&brand.id.to_string()));
}

/// A consumer with the login of brand-analytics.
async fn as_brand_analytics() -> BaseConsumer {
    let login = STACK.secret("brand-analytics", "kafka").await.unwrap();
    ClientConfig::new()
        .set("bootstrap.servers", &STACK.kafka.bootstrap)
        .set("security.protocol", "sasl_plaintext")
        .set("sasl.mechanism", "SCRAM-SHA-512")
        .set("sasl.username", login["username"].as_str().unwrap())
        .set("sasl.password", login["password"].as_str().unwrap())
        .set("group.id", "brand-analytics")
        .create()
        .unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn brand_analytics_reads_batches_and_no_fact() {
    let consumer = as_brand_analytics().await;
    let patience = Duration::from_secs(10);
    consumer.fetch_watermarks(BATCHES, 0, patience).expect("the positive control");
    let facts = [
        "passport.product-scanned.v1",
        "identity.consent-changed.v1",
        "identity.visitor-linked.v1",
        "fridge.item-added.v1",
        "fridge.item-consumed.v1",
        "fridge.item-discarded.v1",
        "passport.product-changed.v1",
    ];
    for topic in facts {
        assert!(consumer.fetch_watermarks(topic, 0, patience).is_err(), "ListOffsets of {topic}");
        let described = consumer.fetch_metadata(Some(topic), patience).unwrap();
        let error = described.topics()[0].error().map(RDKafkaErrorCode::from);
        assert_eq!(error, Some(RDKafkaErrorCode::TopicAuthorizationFailed), "Describe of {topic}");
        let mut from = TopicPartitionList::new();
        from.add_partition_offset(topic, 0, Offset::Offset(0)).unwrap();
        consumer.assign(&from).unwrap();
        let fetched = consumer.poll(patience).expect("an answer");
        assert!(fetched.is_err(), "Fetch of {topic}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_brand_analytics_can_read_counts_what_others_write() {
    let url = STACK.function("brand-analytics").unwrap().database_url.clone().unwrap();
    let mut conn = PgConnection::connect(&url).await.unwrap();
    let readable = "select relname::text from pg_class
        where relname ~ '^pg_stat' and has_table_privilege(oid, 'select')
        union select oid::regprocedure::text from pg_proc
        where proname ~ '^pg_stat|_size$' and proname !~ '^pg_column_size$'
          and pronamespace = 'pg_catalog'::regnamespace and has_function_privilege(oid, 'execute')";
    let readable: Vec<String> = sqlx::query_scalar(readable).fetch_all(&mut conn).await.unwrap();
    assert_eq!(readable.into_iter().collect::<BTreeSet<_>>(), BTreeSet::new());
    for schema in ["measurement.facts", "passport.scans"] {
        let sql = sqlx::AssertSqlSafe(format!("select * from {schema}"));
        assert!(sqlx::query(sql).execute(&mut conn).await.is_err(), "{schema}");
    }
}
