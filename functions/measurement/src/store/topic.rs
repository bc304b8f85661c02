//! The output topic: compacted, never deleted, and so the memory of what was released that outlives
//! the database.

use std::{collections::HashMap, time::Duration};

use rdkafka::{
    ClientConfig, ClientContext, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer, ConsumerContext},
    error::{KafkaError, RDKafkaErrorCode},
};
use shared_contracts::events::{BrandMetricBatchPublished, Fact};

/// How long the broker gets for one answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// How to log in at the broker.
#[derive(Clone)]
pub struct Connection {
    /// Brokers, `host:port` joined by commas.
    pub bootstrap: String,
    /// `sasl_plaintext` or `sasl_ssl`.
    pub protocol: String,
    /// SCRAM user.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// What is on the topic.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// The cluster that holds it.
    pub cluster: String,
    /// The last value of each key.
    pub batches: HashMap<String, Vec<u8>>,
}

/// Why the topic cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TopicError {
    /// The broker has no such topic.
    #[error("the broker has no topic {}", BrandMetricBatchPublished::TOPIC)]
    Missing,
    /// The broker is away, or refuses.
    #[error("the broker: {0}")]
    Kafka(#[from] KafkaError),
    /// The broker does not say which cluster it belongs to, or stopped answering.
    #[error("the broker does not answer")]
    Silent,
}

/// A reader for which the end of a partition is no error.
struct ToTheEnd;

impl ClientContext for ToTheEnd {
    fn error(&self, error: KafkaError, reason: &str) {
        if error.rdkafka_error_code() != Some(RDKafkaErrorCode::PartitionEOF) {
            tracing::warn!(%error, reason, "the output topic");
        }
    }
}

impl ConsumerContext for ToTheEnd {}

/// Reads the whole topic. Blocks: call it where that is allowed.
pub fn read(connection: &Connection) -> Result<Contents, TopicError> {
    let consumer = consumer(connection)?;
    let topic = BrandMetricBatchPublished::TOPIC;
    let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
    let partitions = metadata.topics().first().filter(|described| described.error().is_none());
    let partitions = partitions.ok_or(TopicError::Missing)?.partitions();
    if partitions.is_empty() {
        return Err(TopicError::Missing);
    }
    let mut all = TopicPartitionList::new();
    for partition in partitions {
        all.add_partition_offset(topic, partition.id(), Offset::Beginning)?;
    }
    consumer.assign(&all)?;
    let cluster = consumer.client().fetch_cluster_id(PATIENCE).ok_or(TopicError::Silent)?;
    Ok(Contents { cluster, batches: drain(&consumer, partitions.len())? })
}

/// Everything up to the ends of all partitions. A value that is null takes its key away.
fn drain(
    consumer: &BaseConsumer<ToTheEnd>,
    partitions: usize,
) -> Result<HashMap<String, Vec<u8>>, TopicError> {
    let (mut batches, mut ended) = (HashMap::new(), 0);
    while ended < partitions {
        match consumer.poll(PATIENCE).ok_or(TopicError::Silent)? {
            Ok(record) => {
                let key = String::from_utf8_lossy(record.key().unwrap_or_default()).into_owned();
                match record.payload() {
                    Some(payload) => batches.insert(key, payload.to_vec()),
                    None => batches.remove(&key),
                };
            }
            Err(KafkaError::PartitionEOF(_)) => ended += 1,
            Err(error) => return Err(error.into()),
        }
    }
    Ok(batches)
}

fn consumer(connection: &Connection) -> Result<BaseConsumer<ToTheEnd>, KafkaError> {
    connection
        .client()
        // Nothing is committed: the group only gives the client its queue.
        .set("group.id", "measurement")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .create_with_context(ToTheEnd)
}

impl Connection {
    /// What every client of the broker needs.
    pub(super) fn client(&self) -> ClientConfig {
        let mut client = ClientConfig::new();
        client
            .set("bootstrap.servers", &self.bootstrap)
            .set("security.protocol", &self.protocol)
            .set("sasl.mechanism", "SCRAM-SHA-512")
            .set("sasl.username", &self.username)
            .set("sasl.password", &self.password)
            .set("client.id", &self.username);
        client
    }
}
