//! The Kafka trigger beside a bare consumer that only commits: records per second, batches of
//! 100, in turns, on the broker that `KAFKA_BOOTSTRAP` names. Prints medians.
//!
//! `cargo bench -p runtime-adapter --bench kafka -- [--records N] [--rounds R]`

use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use clap::Parser;
use futures::stream::{FuturesUnordered, StreamExt};
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer};
use rdkafka::producer::{FutureProducer, FutureRecord};
use runtime_adapter::manifest::Manifest;
use runtime_adapter::{
    BatchAnswer, Credentials, Function, Host, KafkaConnection, KafkaTransport, Metrics, Now,
};
use tokio::sync::Notify;
use tokio::time::Instant;

const PARTITIONS: i32 = 3;
const BATCH: usize = 100;

/// The arguments; `cargo bench` adds `--bench`.
#[derive(Clone, Parser)]
struct Bench {
    /// Records in the topic: some seconds' worth, since the first fetches are slow on either side.
    #[arg(long, default_value_t = 2_000_000)]
    records: usize,
    /// How often each side reads them all.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    #[arg(long, env = "KAFKA_BOOTSTRAP")]
    bootstrap: String,
    #[arg(long, env = "KAFKA_USERNAME")]
    username: Option<String>,
    #[arg(long, env = "KAFKA_PASSWORD", hide_env_values = true)]
    password: Option<String>,
    #[arg(long = "bench", hide = true)]
    by_cargo: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let bench = Bench::parse();
    let metrics = Metrics::install()?;
    let name = std::process::id();
    let topic = format!("bench.p{name}.v1");
    bench.fill(&topic).await?;
    let (mut bare, mut adapter) = (Vec::new(), Vec::new());
    for round in 0..bench.rounds {
        let (reader, topic_of_reader) = (bench.clone(), topic.clone());
        let group = format!("bare-{name}-{round}");
        bare.push(tokio::task::spawn_blocking(move || reader.bare(&topic_of_reader, &group)).await??);
        adapter.push(bench.adapter(&topic, &format!("adapter-{name}-{round}"), &metrics).await?);
    }
    let (bare, adapter) = (median(bare), median(adapter));
    writeln!(
        io::stdout(),
        "bare {bare:.0} records/s, adapter {adapter:.0} records/s: {:.2}",
        adapter / bare
    )?;
    Ok(())
}

impl Bench {
    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        if let Some((username, password)) = self.username.as_ref().zip(self.password.as_ref()) {
            config
                .set("security.protocol", "sasl_plaintext")
                .set("sasl.mechanism", "SCRAM-SHA-512")
                .set("sasl.username", username)
                .set("sasl.password", password);
        }
        config
    }

    async fn fill(&self, topic: &str) -> anyhow::Result<()> {
        let admin: AdminClient<DefaultClientContext> = self.client().create()?;
        let new = NewTopic::new(topic, PARTITIONS, TopicReplication::Fixed(1));
        admin.create_topics(&[new], &AdminOptions::new()).await?;
        let producer: FutureProducer = self.client().set("linger.ms", "20").create()?;
        let value = "x".repeat(200);
        let mut sends = FuturesUnordered::new();
        for number in 0..self.records {
            let key = number.to_string();
            let (producer, value) = (&producer, &value);
            sends.push(async move {
                producer.send(FutureRecord::to(topic).key(&key).payload(value), Duration::from_secs(30)).await
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

    /// A consumer that reads, and commits after every 100 records.
    fn bare(&self, topic: &str, group: &str) -> anyhow::Result<f64> {
        let consumer: BaseConsumer = self
            .client()
            .set("group.id", group)
            .set("auto.offset.reset", "earliest")
            .set("enable.auto.commit", "false")
            .create()?;
        consumer.subscribe(&[topic])?;
        let (mut read, mut begun) = (0, None);
        while read < self.records {
            if let Some(message) = consumer.poll(Duration::from_millis(100)) {
                let message = message?;
                begun.get_or_insert_with(Instant::now);
                read += 1;
                if read % BATCH == 0 {
                    consumer.commit_message(&message, CommitMode::Async)?;
                }
            }
        }
        Ok(rate(read, begun))
    }

    async fn adapter(&self, topic: &str, group: &str, metrics: &Metrics) -> anyhow::Result<f64> {
        let yaml = format!(
            "version: 1\nfunctions:\n  bench:\n    http: {{ timeout: 5s, memory: 128, concurrency: 1 }}\n    publishes: [{topic}]\n    consumes: [{topic}]\n    kafka: [{{ topic: {topic}, batch_size: {BATCH}, window: 100ms }}]\n"
        );
        let handled = Arc::new(AtomicUsize::new(0));
        let begun = Arc::new(std::sync::OnceLock::new());
        let all = Arc::new(Notify::new());
        let (count, first, last, records) = (handled.clone(), begun.clone(), all.clone(), self.records);
        let function = Function::new("bench")
            .described_by(Manifest::parse(&yaml)?.function("bench")?.clone())
            .kafka(move |event| {
                first.get_or_init(Instant::now);
                let batch: usize = event.records.values().map(Vec::len).sum();
                if count.fetch_add(batch, Ordering::Relaxed) + batch >= records {
                    last.notify_one();
                }
                async { Ok(BatchAnswer::success()) }
            });
        let running = runtime_adapter::start(function, self.host(group, metrics)).await?;
        all.notified().await;
        let rate = rate(self.records, begun.get().copied());
        running.drain().await;
        Ok(rate)
    }

    fn host(&self, group: &str, metrics: &Metrics) -> Host {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        let user = self.username.clone().zip(self.password.clone());
        let credentials = user.map(|(username, password)| -> runtime_adapter::CredentialsSource {
            Arc::new(move || {
                let credentials =
                    Credentials { username: username.clone(), password: password.clone(), version: 1 };
                Box::pin(async move { Ok(credentials) })
            })
        });
        Host {
            http_address: any_port,
            admin_address: any_port,
            drain_grace: Host::DRAIN_GRACE,
            kafka: Some(KafkaConnection {
                bootstrap: self.bootstrap.clone(),
                group: group.to_owned(),
                transport: KafkaTransport::Plaintext,
                credentials,
            }),
            metrics: metrics.clone(),
            now: clock(),
        }
    }
}

fn rate(records: usize, begun: Option<Instant>) -> f64 {
    let seconds = begun.map_or(f64::INFINITY, |begun| begun.elapsed().as_secs_f64());
    f64::from(u32::try_from(records).unwrap_or(u32::MAX)) / seconds
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

#[expect(clippy::disallowed_methods, reason = "a process needs one real clock, and this one has no chassis")]
fn clock() -> Now {
    Arc::new(chrono::Utc::now)
}
