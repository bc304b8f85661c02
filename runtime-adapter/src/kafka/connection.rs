//! How clients of the broker are set up.

use rdkafka::ClientConfig;

use crate::function::BoxError;
use crate::host::{Credentials, KafkaConnection, KafkaTransport};

/// What every client of this function says to the broker.
fn client(connection: &KafkaConnection, credentials: Option<&Credentials>) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", &connection.bootstrap)
        .set("client.id", &connection.group)
        // a broker that comes back is found within seconds
        .set("reconnect.backoff.max.ms", "2000");
    let (open, authenticated) = match connection.transport {
        KafkaTransport::Plaintext => ("plaintext", "sasl_plaintext"),
        KafkaTransport::Tls => ("ssl", "sasl_ssl"),
    };
    match credentials {
        None => config.set("security.protocol", open),
        Some(credentials) => config
            .set("security.protocol", authenticated)
            .set("sasl.mechanism", "SCRAM-SHA-512")
            .set("sasl.username", &credentials.username)
            .set("sasl.password", &credentials.password),
    };
    config
}

/// A member of the consumer group. Offsets are committed when they are stored, and stored when
/// their records are done.
pub(crate) fn consumer(connection: &KafkaConnection, credentials: Option<&Credentials>) -> ClientConfig {
    let mut config = client(connection, credentials);
    config
        .set("group.id", &connection.group)
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.offset.store", "false")
        .set("enable.auto.commit", "true")
        .set("auto.commit.interval.ms", "500")
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("session.timeout.ms", "10000")
        // the poller is held up by workers that finish, for ten seconds; the group waits no longer for it
        .set("max.poll.interval.ms", "15000")
        .set("heartbeat.interval.ms", "1000")
        .set("statistics.interval.ms", "5000")
        // what waits of each partition; below either, more is fetched
        .set("queued.max.messages.kbytes", "2048")
        .set("queued.min.messages", "100000")
        // how soon a partition of which enough waited is looked at again
        .set("fetch.queue.backoff.ms", "5")
        // a request that asks only for partitions which have nothing new must not keep the others waiting:
        // there is one request at a time
        .set("fetch.wait.max.ms", "50")
        .set("fetch.max.bytes", "8388608")
        .set("max.partition.fetch.bytes", "1048576")
        .set("topic.metadata.refresh.interval.ms", "30000");
    config
}

/// Writes dead letters: acknowledged by all replicas, in order, not twice.
pub(crate) fn producer(connection: &KafkaConnection, credentials: Option<&Credentials>) -> ClientConfig {
    let mut config = client(connection, credentials);
    config
        .set("enable.idempotence", "true")
        .set("message.timeout.ms", "10000")
        .set("queue.buffering.max.ms", "5");
    config
}

/// The credentials that are valid now.
pub(crate) async fn credentials(connection: &KafkaConnection) -> Result<Option<Credentials>, BoxError> {
    match &connection.credentials {
        Some(source) => source().await.map(Some),
        None => Ok(None),
    }
}
