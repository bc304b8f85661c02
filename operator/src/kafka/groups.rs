//! How far the functions' consumer groups are, and the records that they are still to take.

use std::{collections::BTreeMap, time::Duration};

use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    error::KafkaError,
    message::{Header, Headers, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
};
use serde::{Deserialize, Serialize};
use service_chassis::runtime::manifest::Manifest;

use crate::settings::KafkaAdmin;

/// How long the broker gets for one answer.
const PATIENCE: Duration = Duration::from_secs(15);

/// How far a group is in one partition.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The function.
    pub group: String,
    /// Topic.
    pub topic: String,
    /// Partition.
    pub partition: i32,
    /// The first record that the group has not finished.
    pub next: i64,
    /// Where the partition ends.
    pub end: i64,
}

/// A record as a backup keeps it.
#[derive(Debug, Serialize, Deserialize)]
pub struct Record {
    /// Topic.
    pub topic: String,
    /// Key.
    pub key: String,
    /// Value.
    pub value: String,
    /// Headers.
    pub headers: Vec<(String, String)>,
}

/// Places in topics, by topic and partition.
pub type Places = BTreeMap<(String, i32), i64>;

/// How far every function of the manifest is in what it consumes. Blocks.
pub fn progress(admin: &KafkaAdmin, manifest: &Manifest) -> Result<Vec<Progress>, KafkaError> {
    let mut all = Vec::new();
    for function in manifest.functions.iter().filter(|function| !function.kafka.is_empty()) {
        let consumer: BaseConsumer = client(admin).set("group.id", &function.name).create()?;
        let mut places = TopicPartitionList::new();
        for mapping in &function.kafka {
            for partition in partitions(&consumer, &mapping.topic)? {
                places.add_partition(&mapping.topic, partition);
            }
        }
        for place in consumer.committed_offsets(places, PATIENCE)?.elements() {
            let (begin, end) = consumer.fetch_watermarks(place.topic(), place.partition(), PATIENCE)?;
            let next = if let Offset::Offset(next) = place.offset() { next.max(begin) } else { begin };
            let (topic, partition) = (place.topic().to_owned(), place.partition());
            all.push(Progress { group: function.name.clone(), topic, partition, next, end });
        }
    }
    Ok(all)
}

/// How many records a topic holds. Blocks.
pub fn held(admin: &KafkaAdmin, topics: &[String]) -> Result<BTreeMap<String, i64>, KafkaError> {
    let consumer: BaseConsumer = client(admin).set("group.id", "packytrace-ops").create()?;
    let mut all = BTreeMap::new();
    for topic in topics {
        for partition in partitions(&consumer, topic)? {
            let (begin, end) = consumer.fetch_watermarks(topic, partition, PATIENCE)?;
            *all.entry(topic.clone()).or_default() += end - begin;
        }
    }
    Ok(all)
}

/// The cluster's id. Blocks.
pub fn cluster(admin: &KafkaAdmin) -> Result<Option<String>, KafkaError> {
    let consumer: BaseConsumer = client(admin).set("group.id", "packytrace-ops").create()?;
    Ok(consumer.client().fetch_cluster_id(PATIENCE))
}

/// Every record from these places to where the partitions end now, in the order of each partition.
/// Blocks.
pub fn read(admin: &KafkaAdmin, from: &Places) -> Result<Vec<Record>, KafkaError> {
    let consumer: BaseConsumer = client(admin)
        .set("group.id", "packytrace-ops")
        .set("enable.auto.commit", "false")
        .set("auto.offset.reset", "earliest")
        .create()?;
    let (mut begin, mut left) = (TopicPartitionList::new(), Places::new());
    for ((topic, partition), next) in from {
        let (_, end) = consumer.fetch_watermarks(topic, *partition, PATIENCE)?;
        if *next < end {
            begin.add_partition_offset(topic, *partition, Offset::Offset(*next))?;
            left.insert((topic.clone(), *partition), end);
        }
    }
    consumer.assign(&begin)?;
    let mut records = Vec::new();
    while !left.is_empty() {
        let Some(message) = consumer.poll(PATIENCE) else { break };
        let message = message?;
        let place = (message.topic().to_owned(), message.partition());
        let Some(end) = left.get(&place).copied() else { continue };
        if message.offset() < end {
            records.push(record(&message));
        }
        if message.offset() + 1 >= end {
            left.remove(&place);
        }
    }
    Ok(records)
}

fn record(message: &impl Message) -> Record {
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let headers = message
        .headers()
        .map(|headers| headers.iter().map(|header| (header.key.to_owned(), text(header.value))).collect());
    Record {
        topic: message.topic().to_owned(),
        key: text(message.key()),
        value: text(message.payload()),
        headers: headers.unwrap_or_default(),
    }
}

/// Writes records again, in their order.
pub async fn write(admin: &KafkaAdmin, records: &[Record]) -> Result<(), KafkaError> {
    let producer: FutureProducer =
        client(admin).set("enable.idempotence", "true").set("acks", "all").set("linger.ms", "5").create()?;
    for record in records {
        let headers = record.headers.iter().fold(OwnedHeaders::new(), |headers, (key, value)| {
            headers.insert(Header { key, value: Some(value) })
        });
        let message =
            FutureRecord::to(&record.topic).key(&record.key).payload(&record.value).headers(headers);
        producer.send(message, PATIENCE).await.map_err(|(error, _)| error)?;
    }
    Ok(())
}

fn partitions(consumer: &BaseConsumer, topic: &str) -> Result<Vec<i32>, KafkaError> {
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let described = metadata.topics().iter().filter(|described| described.name() == topic);
    Ok(described
        .flat_map(|described| described.partitions().iter().map(rdkafka::metadata::MetadataPartition::id))
        .collect())
}

fn client(admin: &KafkaAdmin) -> ClientConfig {
    let mut client = ClientConfig::new();
    client
        .set("bootstrap.servers", &admin.bootstrap)
        .set("security.protocol", &admin.protocol)
        .set("sasl.mechanism", "SCRAM-SHA-512")
        .set("sasl.username", &admin.username)
        .set("sasl.password", &admin.password)
        .set("client.id", "packytrace-ops");
    client
}
