//! Events leave the outbox, on a real Postgres and the broker of `KAFKA_BOOTSTRAP`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::HashMap, io::Write, time::Duration};

use clap::Parser;
use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
};
use serde_json::json;
use service_chassis::{
    clock::Clock,
    events::Event,
    ids::Ids,
    outbox::Outbox,
    producer::Producer,
    secrets::Secrets,
    settings::Platform,
    store::{Schema, outbox},
    trace::TraceContext,
};
use shared_contracts::events::PassportErasureCompleted;
use sqlx::{Executor, PgPool};
use tokio::time::{Instant, timeout};

/// Far below the minute after which the schedule would do it.
const SOON: Duration = Duration::from_secs(10);

#[derive(Parser)]
struct Settings {
    #[command(flatten)]
    platform: Platform,
    #[arg(long, env = "KAFKA_USERNAME")]
    username: String,
    #[arg(long, env = "KAFKA_PASSWORD")]
    password: String,
}

/// The broker of the environment; a test without one says that it did not run.
fn broker() -> Option<Settings> {
    let settings = Settings::try_parse_from(["outbox", "--environment", "test"]);
    if let Err(missing) = &settings {
        let mut stderr = std::io::stderr();
        writeln!(stderr, "NOT RUN: no broker is named: {missing}").unwrap();
    }
    settings.ok()
}

impl Settings {
    /// The topic of the event, where nobody has made it yet.
    async fn topic(&self, topic: &str) {
        let admin: AdminClient<DefaultClientContext> = ClientConfig::new()
            .set("bootstrap.servers", &self.platform.kafka_bootstrap)
            .set("security.protocol", &self.platform.kafka_security_protocol)
            .set("sasl.mechanism", "SCRAM-SHA-512")
            .set("sasl.username", &self.username)
            .set("sasl.password", &self.password)
            .create()
            .unwrap();
        let new = NewTopic::new(topic, 3, TopicReplication::Fixed(1));
        admin.create_topics(&[new], &AdminOptions::new()).await.unwrap();
    }

    fn producer(&self) -> Producer {
        let user = json!({"username": self.username, "password": self.password}).to_string();
        let values = HashMap::from([("/packytrace/test/sample/kafka".to_owned(), user)]);
        Producer::new(&self.platform, Secrets::fixed("test", "sample", values))
    }
}

async fn waiting(database: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from sample.outbox").fetch_one(database).await.unwrap()
}

/// What is written while another instance has its turn is sent after that, though nobody writes again.
#[sqlx::test]
async fn an_event_of_anothers_turn_does_not_wait_for_the_next_one(database: PgPool) {
    let Some(settings) = broker() else { return };
    for statement in [
        "create schema sample",
        "create table sample.outbox (position bigint generated always as identity, event_id uuid,
             topic text, key text, payload text, traceparent text, written_at timestamptz default now())",
    ] {
        database.execute(statement).await.unwrap();
    }
    let schema = Schema::new("sample").unwrap();
    let sends = Outbox::new(schema, database.clone(), settings.producer());
    let (clock, ids) = (Clock::system(), Ids::system());
    let fact = PassportErasureCompleted { account_id: ids.random(), completed_at: clock.now() };
    let event = Event::new(fact, &clock, &ids, TraceContext::start()).unwrap();
    settings.topic(event.topic).await;

    let mut other = database.begin().await.unwrap();
    assert!(outbox::take_turn(&mut other, schema).await.unwrap());
    tokio::spawn(sends.clone().keep_sending());
    let mut conn = database.acquire().await.unwrap();
    sends.append(&mut conn, &event).await.unwrap();
    drop(conn);
    sends.send_soon();
    // By now it has looked, and found the turn taken.
    tokio::time::sleep_until(Instant::now() + Duration::from_secs(1)).await;
    assert_eq!(waiting(&database).await, 1);
    other.rollback().await.unwrap();
    let empty = async { while waiting(&database).await > 0 {} };
    assert!(timeout(SOON, empty).await.is_ok(), "the event waits for somebody else");
}
