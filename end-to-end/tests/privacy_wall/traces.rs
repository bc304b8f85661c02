//! What people were told would be dropped is nowhere.

use std::{collections::BTreeMap, time::Duration};

use aws_lc_rs::digest;
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use end_to_end::{announce::event, facts::Facts};
use serde_json::{Value, json};
use shared_contracts::events::{Fact, ProductScanned};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    STACK,
    brand::{Brand, measurement, scan},
    numbers::{numbers, viewer},
};

const CANARY: &str = "CANARY-4f1d9c-Zaunkoenig";
const FACTS: usize = 200;
/// Ten tries of a record that cannot be read, with growing pauses.
const UNTIL_BURIED: Duration = Duration::from_mins(3);
const QUIET: Duration = Duration::from_secs(3);

/// A scan with a canary in every member that may hold one, and in members that nobody knows.
fn marked(gtin: &str, visitor: Uuid, brand: &Brand) -> Value {
    let mut data = scan(gtin, visitor, brand.now);
    for member in ["channel", "lot", "serial", "place", "verdict", "user_agent", "name", CANARY] {
        data[member] = json!(CANARY);
    }
    let mut event = event(ProductScanned::TOPIC, &brand.now.to_rfc3339(), &data);
    for member in
        ["specversion", "source", "type", "subject", "dataschema", "traceparent", "tracestate", CANARY]
    {
        event[member] = json!(CANARY);
    }
    event
}

/// One that cannot be read: every member that is needed holds the canary.
fn unreadable() -> Value {
    let data = json!({"gtin": CANARY, "visitor_id": CANARY, "account_id": CANARY, "scanned_at": CANARY});
    json!({"id": CANARY, "time": CANARY, "source": CANARY, "data": data})
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text and what others might have made of it.
async fn forms(text: &str, conn: &mut PgConnection) -> Vec<String> {
    let digests = [&digest::SHA1_FOR_LEGACY_USE_ONLY, &digest::SHA256];
    let mut bytes: Vec<Vec<u8>> =
        digests.map(|algorithm| digest::digest(algorithm, text.as_bytes()).as_ref().to_vec()).into();
    let md5 = sqlx::query_scalar("select decode(md5($1), 'hex')").bind(text).fetch_one(conn).await.unwrap();
    bytes.push(md5);
    bytes.push(text.as_bytes().to_vec());
    let written = bytes.iter().flat_map(|bytes| {
        // without its padding, so that it is found inside of something longer
        let base64 = BASE64_STANDARD.encode(bytes).trim_end_matches('=').to_owned();
        [hex(bytes), hex(bytes).to_uppercase(), base64, BASE64_URL_SAFE_NO_PAD.encode(bytes)]
    });
    std::iter::once(text.to_owned()).chain(written).collect()
}

/// Every row of every table of a schema, as text.
async fn rows(conn: &mut PgConnection, schema: &str) -> String {
    let tables = "select format('%I.%I', schemaname, tablename) from pg_tables where schemaname = $1";
    let tables: Vec<String> = sqlx::query_scalar(tables).bind(schema).fetch_all(&mut *conn).await.unwrap();
    assert!(!tables.is_empty(), "{schema} has tables");
    let mut text = String::new();
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!(
            "select coalesce(string_agg(t::text, chr(10)), '') from {table} as t"
        ));
        text += &sqlx::query_scalar::<_, String>(sql).fetch_one(&mut *conn).await.unwrap();
    }
    text
}

async fn brands_database() -> PgConnection {
    let mut url = url::Url::parse(&STACK.postgres_admin_url).unwrap();
    url.set_path("packytrace_analytics");
    PgConnection::connect(url.as_str()).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_facts_leave_no_trace_of_their_people() {
    let (user, id) = viewer().await;
    let brand = Brand::of(id, 1).await;
    let people = brand.people(FACTS).await;
    let dead = Facts::from_now(&STACK, &format!("measurement.{}.dlq", ProductScanned::TOPIC)).unwrap();
    let facts: Vec<Value> = people.iter().map(|person| marked(&brand.gtins[0], *person, &brand)).collect();
    brand.announcer.as_they_are(ProductScanned::TOPIC, &facts, CANARY).await.unwrap();
    brand.wait_for_facts(i64::try_from(FACTS).unwrap()).await;
    let held = rows(&mut measurement().await, "measurement").await;
    let batch = brand.release();
    let metrics =
        numbers(&user, &format!("/api/v1/brand/metrics?metric=scanned&gtin={}", brand.gtins[0])).await;
    assert!((180..=220).contains(&metrics["totals"][0]["value"].as_i64().unwrap()), "the positive control");
    let table = user.get("/api/v1/brand/metrics.csv").await.unwrap().text().await.unwrap();
    brand.announcer.as_they_are(ProductScanned::TOPIC, &[unreadable()], CANARY).await.unwrap();
    let buried = dead.raw(UNTIL_BURIED, QUIET);
    assert_eq!(buried.len(), 1);

    let mut places = BTreeMap::from([
        ("measurement's tables before the release", held),
        ("measurement's tables after it", rows(&mut measurement().await, "measurement").await),
        ("the brands' database", rows(&mut brands_database().await, "brand_analytics").await),
        ("the batch", batch.to_string()),
        ("metrics of the brand", metrics.to_string() + &table),
        ("dead letters", buried.concat()),
    ]);
    for function in ["measurement", "brand-analytics", "api-gateway"] {
        let log = std::fs::read_to_string(STACK.state().join(format!("log/{function}.log"))).unwrap();
        places.entry("logs").or_default().push_str(&log);
        places.entry("metrics of Prometheus").or_default().push_str(&STACK.metrics(function).await.unwrap());
    }
    let mut texts = vec![CANARY.to_owned()];
    for visitor in &people[..10] {
        texts.extend([visitor.to_string(), visitor.simple().to_string()]);
    }
    texts.extend(facts[..10].iter().map(|fact| fact["data"]["scan_id"].as_str().unwrap().to_owned()));
    for text in texts {
        for form in forms(&text, &mut measurement().await).await {
            for (place, held) in &places {
                assert!(!held.contains(&form), "{form}, which is {text}, is in {place}");
            }
        }
    }
    assert!(
        !places["logs"].contains(&brand.gtins[0])
            && !places["metrics of Prometheus"].contains(&id.to_string())
    );
}
