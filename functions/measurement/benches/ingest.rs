//! Taking in facts beside a bare consumer that only commits: facts per second, in turns, from the broker and
//! into the database of an instance whose own measurement is stopped. Prints medians.
//!
//! `cargo bench -p measurement --bench ingest -- [--facts N] [--rounds R]`

#![expect(clippy::print_stdout, reason = "a table is its output")]

use std::{
    net::SocketAddr,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use clap::Parser;
use futures::stream::{FuturesUnordered, StreamExt};
use measurement::{
    app::App,
    clients::Output,
    domain::{parameters::Parameters, pseudonym::Pseudonyms, windows::BrandVersion},
    events,
    store::{self, products::ProductVersion},
};
use rdkafka::{
    ClientConfig,
    consumer::{BaseConsumer, CommitMode, Consumer},
    producer::{FutureProducer, FutureRecord},
};
use serde_json::json;
use service_chassis::{
    clock::Clock,
    ids::Ids,
    outbox::Outbox,
    runtime::{
        self, BoxError, Credentials, CredentialsSource, Function, Host, KafkaConnection, KafkaTransport,
        Metrics,
        manifest::{self, Manifest},
    },
    store::Schema,
    testing::{self, Authority},
};
use shared_contracts::{
    events::{Fact, ProductScanned},
    identity::WindowLength,
};
use sqlx::PgPool;
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

const TOPIC: &str = ProductScanned::TOPIC;
const PRODUCTS: usize = 2_500;
const PEOPLE: usize = 100_000;

/// The arguments; `cargo bench` adds `--bench`.
#[derive(Clone, Parser)]
struct Bench {
    /// Facts on the topic.
    #[arg(long, default_value_t = 100_000)]
    facts: usize,
    /// How often each side reads them all.
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    #[arg(long, env = "KAFKA_BOOTSTRAP")]
    bootstrap: String,
    /// The broker's superuser.
    #[arg(long, env = "KAFKA_USERNAME")]
    username: String,
    #[arg(long, env = "KAFKA_PASSWORD", hide_env_values = true)]
    password: String,
    /// Measurement's own login to its database.
    #[arg(long, env = "MEASUREMENT_DATABASE_URL", hide_env_values = true)]
    database_url: String,
    #[arg(long = "bench", hide = true)]
    by_cargo: bool,
}

#[tokio::main]
async fn main() -> Result<(), BoxError> {
    let bench = Bench::parse();
    let metrics = Metrics::install()?;
    let app = bench.app().await?;
    bench.catalog(&app).await?;
    bench.fill().await?;
    let run = std::process::id();
    let (mut bare, mut taken) = (Vec::new(), Vec::new());
    for round in 0..bench.rounds {
        let (reader, group) = (bench.clone(), format!("bare-{run}-{round}"));
        bare.push(tokio::task::spawn_blocking(move || reader.bare(&group)).await??);
        taken.push(bench.take(&app, &format!("ingest-{run}-{round}"), &metrics).await?);
        sqlx::query("delete from measurement.facts").execute(&app.database).await?;
    }
    let (bare, taken) = (median(bare), median(taken));
    println!("| {} facts of {PEOPLE} people and {PRODUCTS} products | per second |\n|---|---|", bench.facts);
    println!("| a bare consumer that commits | {bare:.0} |\n| measurement | {taken:.0} |");
    println!("| ratio | {:.3} |", taken / bare);
    Ok(())
}

impl Bench {
    async fn app(&self) -> Result<App, BoxError> {
        let (clock, ids) = (Clock::system(), Ids::system());
        let authority = Authority::new(&clock, &ids)?;
        let platform = testing::platform()?;
        let database = PgPool::connect(&self.database_url).await?;
        let schema = Schema::new("measurement").map_err(|name| format!("no schema: {name}"))?;
        Ok(App {
            policy: Arc::new(Parameters::default().check()?),
            pseudonyms: Pseudonyms::under(&[7; 32]),
            output: Output::new(&platform, authority.secrets("measurement")),
            outbox: Outbox::new(schema, database.clone(), authority.producer(&platform)),
            clock,
            ids,
            database,
            schema,
        })
    }

    /// A brand with its products, so that each fact is asked for its window.
    async fn catalog(&self, app: &App) -> Result<(), BoxError> {
        let mut conn = app.database.acquire().await?;
        let (now, brand) = (app.clock.now(), app.ids.random());
        let at = now - TimeDelta::days(3);
        let from = now.date_naive();
        let version = BrandVersion { at, received_at: now, measured: true, length: WindowLength::Day, from };
        store::brands::insert(&mut conn, app.ids.random(), brand, &version).await?;
        for product in 0..PRODUCTS {
            let (event_id, gtin) = (app.ids.random(), gtin(product));
            let version = ProductVersion { event_id, gtin, brand: Some(brand), withdrawn: false, at };
            store::products::insert(&mut conn, &version, now).await?;
        }
        Ok(())
    }

    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.bootstrap)
            .set("security.protocol", "sasl_plaintext")
            .set("sasl.mechanism", "SCRAM-SHA-512")
            .set("sasl.username", &self.username)
            .set("sasl.password", &self.password);
        config
    }

    async fn fill(&self) -> Result<(), BoxError> {
        let producer: FutureProducer = self.client().set("linger.ms", "20").create()?;
        let (ids, now) = (Ids::system(), Clock::system().now());
        let mut sends = FuturesUnordered::new();
        for number in 0..self.facts {
            let (key, value) = (number.to_string(), scan(&ids, number, now));
            let producer = &producer;
            sends.push(async move {
                producer
                    .send(FutureRecord::to(TOPIC).key(&key).payload(&value), Duration::from_secs(30))
                    .await
            });
            if sends.len() >= 10_000 {
                sends.next().await.transpose().map_err(|(error, _)| error)?;
            }
        }
        while let Some(sent) = sends.next().await {
            sent.map_err(|(error, _)| error)?;
        }
        Ok(())
    }

    /// A consumer that reads, and commits as often as measurement does.
    fn bare(&self, group: &str) -> Result<f64, BoxError> {
        let batch = usize::try_from(described()?.kafka.first().map_or(1, |mapping| mapping.batch_size))?;
        let consumer: BaseConsumer = self
            .client()
            .set("group.id", group)
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false")
            .create()?;
        consumer.subscribe(&[TOPIC])?;
        let (mut read, mut begun) = (0, None);
        while read < self.facts {
            if let Some(message) = consumer.poll(Duration::from_millis(100)) {
                let message = message?;
                begun.get_or_insert_with(Instant::now);
                read += 1;
                if read % batch == 0 {
                    consumer.commit_message(&message, CommitMode::Async)?;
                }
            }
        }
        Ok(rate(read, begun))
    }

    /// Measurement as it is, behind the trigger that it has in the manifest.
    async fn take(&self, app: &App, group: &str, metrics: &Metrics) -> Result<f64, BoxError> {
        let (handled, begun, all) =
            (Arc::new(AtomicUsize::new(0)), Arc::new(OnceLock::new()), Arc::new(Notify::new()));
        let (app, first, last, facts) = (app.clone(), begun.clone(), all.clone(), self.facts);
        let function = Function::new("measurement").described_by(described()?).kafka(move |batch| {
            first.get_or_init(Instant::now);
            let (app, handled, last) = (app.clone(), handled.clone(), last.clone());
            async move {
                let size: usize = batch.records.values().map(Vec::len).sum();
                let answer = events::on_records(app, batch).await?;
                if handled.fetch_add(size, Ordering::Relaxed) + size >= facts {
                    last.notify_one();
                }
                Ok(answer)
            }
        });
        let running = runtime::start(function, self.host(group, metrics)).await?;
        all.notified().await;
        let rate = rate(self.facts, begun.get().copied());
        running.drain().await;
        Ok(rate)
    }

    fn host(&self, group: &str, metrics: &Metrics) -> Host {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let (username, password) = (self.username.clone(), self.password.clone());
        let credentials: CredentialsSource = Arc::new(move || {
            let credentials =
                Credentials { username: username.clone(), password: password.clone(), version: 1 };
            Box::pin(async move { Ok(credentials) })
        });
        let clock = Clock::system();
        Host {
            http_address: any_port,
            admin_address: any_port,
            drain_grace: Host::DRAIN_GRACE,
            kafka: Some(KafkaConnection {
                bootstrap: self.bootstrap.clone(),
                group: group.to_owned(),
                transport: KafkaTransport::Plaintext,
                credentials: Some(credentials),
            }),
            metrics: metrics.clone(),
            now: Arc::new(move || clock.now()),
        }
    }
}

/// Measurement with scans alone.
fn described() -> Result<manifest::Function, BoxError> {
    let mut described = Manifest::embedded()?.function("measurement")?.clone();
    described.kafka.retain(|mapping| mapping.topic == TOPIC);
    described.schedules.clear();
    Ok(described)
}

fn gtin(product: usize) -> String {
    format!("{product:014}")
}

/// A scan as passport announces it.
fn scan(ids: &Ids, number: usize, at: DateTime<Utc>) -> String {
    let visitor = Uuid::from_u128(0xa000_0000 + (number * 7_919 % PEOPLE) as u128);
    json!({
        "specversion": "1.0", "id": ids.random(), "source": ProductScanned::SOURCE, "type": ProductScanned::TYPE,
        "time": at, "dataschema": ProductScanned::DATASCHEMA, "datacontenttype": "application/json",
        "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "data": {
            "scan_id": ids.random(), "gtin": gtin(number % PRODUCTS), "visitor_id": visitor, "scanned_at": at,
            "channel": "app",
        },
    })
    .to_string()
}

fn rate(facts: usize, begun: Option<Instant>) -> f64 {
    let seconds = begun.map_or(f64::INFINITY, |begun| begun.elapsed().as_secs_f64());
    f64::from(u32::try_from(facts).unwrap_or(u32::MAX)) / seconds
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}
