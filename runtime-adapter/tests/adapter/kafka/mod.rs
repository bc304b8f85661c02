//! The Kafka trigger against a real broker: where `KAFKA_BOOTSTRAP` (and `KAFKA_USERNAME`,
//! `KAFKA_PASSWORD`) name one that lets us make topics.

mod delivery;
mod failures;
mod groups;
mod kills;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::message::{Headers, Message, OwnedMessage};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::{Offset, TopicPartitionList};
use runtime_adapter::{
    BatchAnswer, BoxError, Credentials, Function, Host, KafkaConnection, KafkaEvent, KafkaRecord,
    KafkaTransport, Running,
};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{interval, timeout};

use crate::support::{LONG, description, host};

const PATIENCE: Duration = Duration::from_mins(1);

/// A broker that tests may use.
pub(crate) struct Broker {
    pub(crate) bootstrap: String,
    pub(crate) credentials: Option<(String, String)>,
}

impl Broker {
    /// The broker of the environment; a test without one says that it did not run.
    #[expect(clippy::disallowed_methods, reason = "tests have no settings but the environment")]
    pub(crate) fn here(test: &str) -> Option<Self> {
        let variable = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
        let Some(bootstrap) = variable("KAFKA_BOOTSTRAP") else {
            say_not_run(&format!("{test}: KAFKA_BOOTSTRAP names no broker"));
            return None;
        };
        let credentials = variable("KAFKA_USERNAME").zip(variable("KAFKA_PASSWORD"));
        Some(Self { bootstrap, credentials })
    }

    fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.bootstrap);
        if let Some((username, password)) = &self.credentials {
            config
                .set("security.protocol", "sasl_plaintext")
                .set("sasl.mechanism", "SCRAM-SHA-512")
                .set("sasl.username", username)
                .set("sasl.password", password);
        }
        config
    }

    /// A new topic, and its dead letters'.
    #[expect(clippy::disallowed_methods, reason = "a topic that no other test has")]
    pub(crate) async fn topic(&self, partitions: i32) -> String {
        let topic = format!("fixture.t{}.v1", uuid::Uuid::new_v4().simple());
        let dead = dead_letters(&topic);
        let admin: AdminClient<DefaultClientContext> = self.client().create().unwrap();
        let new = |name, partitions| NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        let topics = [new(&topic, partitions), new(&dead, 1)];
        let options = AdminOptions::new().operation_timeout(Some(LONG));
        for made in admin.create_topics(&topics, &options).await.unwrap() {
            made.unwrap();
        }
        topic
    }

    pub(crate) async fn produce(&self, topic: &str, partition: i32, values: &[String]) {
        let producer: FutureProducer = self.client().set("linger.ms", "5").create().unwrap();
        let sends = values.iter().map(|value| {
            let record = FutureRecord::to(topic).partition(partition).key("key").payload(value);
            producer.send(record, LONG)
        });
        for sent in futures::future::join_all(sends).await {
            sent.unwrap();
        }
    }

    pub(crate) fn connection(&self, group: &str) -> KafkaConnection {
        let credentials = self.credentials.clone().map(|(username, password)| {
            let source: runtime_adapter::CredentialsSource = Arc::new(move || {
                let credentials =
                    Credentials { username: username.clone(), password: password.clone(), version: 1 };
                Box::pin(async move { Ok(credentials) })
            });
            source
        });
        KafkaConnection {
            bootstrap: self.bootstrap.clone(),
            group: group.to_owned(),
            transport: KafkaTransport::Plaintext,
            credentials,
        }
    }

    /// A function of one mapping, running here; its group is named after the topic.
    pub(crate) async fn start<F, Fut>(&self, topic: &str, mapping: &str, handler: F) -> Running
    where
        F: Fn(KafkaEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<BatchAnswer, BoxError>> + Send + 'static,
    {
        let host = Host { kafka: Some(self.connection(topic)), ..host() };
        runtime_adapter::start(consumer(topic, mapping).kafka(handler), host).await.unwrap()
    }

    /// So many records from a topic's first partition.
    pub(crate) async fn read(&self, topic: &str, count: usize) -> Vec<OwnedMessage> {
        let consumer: BaseConsumer = self.client().set("group.id", "reader").create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Beginning).unwrap();
        consumer.assign(&list).unwrap();
        let mut read = Vec::new();
        let mut ticks = interval(Duration::from_millis(20));
        let reading = async {
            while read.len() < count {
                match consumer.poll(Duration::ZERO) {
                    Some(message) => read.push(message.unwrap().detach()),
                    None => drop(ticks.tick().await),
                }
            }
        };
        timeout(PATIENCE, reading).await.unwrap();
        read
    }

    /// What the topic's group has committed for each partition.
    pub(crate) fn committed(&self, topic: &str, partitions: i32) -> Vec<i64> {
        let consumer: BaseConsumer = self.client().set("group.id", topic).create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition_range(topic, 0, partitions - 1);
        let committed = consumer.committed_offsets(list, LONG).unwrap();
        committed.elements().iter().map(|element| element.offset().to_raw().unwrap_or(-1)).collect()
    }
}

/// Says so past the capture of the test harness.
pub(crate) fn say_not_run(what: &str) {
    std::io::stderr().write_all(format!("NOT RUN: {what}\n").as_bytes()).unwrap();
}

pub(crate) fn dead_letters(topic: &str) -> String {
    format!("fixture.{topic}.dlq")
}

/// The fixture with a mapping of this topic.
pub(crate) fn consumer(topic: &str, mapping: &str) -> Function {
    let triggers = format!(
        "    publishes: [{topic}]\n    consumes: [{topic}]\n    kafka: [{{ topic: {topic}, {mapping} }}]\n"
    );
    let limits = "timeout: 1s, memory: 128, concurrency: 4";
    Function::new("fixture").described_by(description(limits, &triggers))
}

/// The numbers as values of records.
pub(crate) fn values(range: std::ops::Range<usize>) -> Vec<String> {
    range.map(|number| number.to_string()).collect()
}

/// The records of a batch, which are all of one partition.
pub(crate) fn records(event: KafkaEvent) -> Vec<KafkaRecord> {
    assert_eq!(event.records.len(), 1);
    event.records.into_values().next().unwrap()
}

pub(crate) fn value(record: &KafkaRecord) -> String {
    String::from_utf8(STANDARD.decode(record.value.as_ref().unwrap()).unwrap()).unwrap()
}

pub(crate) fn header(message: &OwnedMessage, name: &str) -> Option<String> {
    let header = message.headers()?.iter().find(|header| header.key == name)?;
    Some(String::from_utf8(header.value?.to_vec()).unwrap())
}

pub(crate) fn payload(message: &OwnedMessage) -> String {
    String::from_utf8(message.payload().unwrap_or_default().to_vec()).unwrap()
}

/// The next thing that a handler tells.
pub(crate) async fn next<T>(told: &mut UnboundedReceiver<T>) -> T {
    timeout(PATIENCE, told.recv()).await.expect("in time").expect("a handler")
}
