//! The Kafka producer of one function, under its own principal.

use std::{sync::Arc, time::Duration};

use rdkafka::{
    ClientConfig,
    config::RDKafkaLogLevel,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
    util::Timeout,
};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::{
    secrets::{SecretError, Secrets},
    settings::Platform,
    store::outbox::WaitingEvent,
};

/// Content type of a structured event (`CloudEvents` 1.0, Kafka binding, section 3.3).
const CONTENT_TYPE: &str = "application/cloudevents+json; charset=UTF-8";
/// How long the client tries to deliver one event before the outbox keeps it.
const DELIVERY_BUDGET: Duration = Duration::from_secs(5);

/// Why the broker does not have an event.
#[derive(Debug, thiserror::Error)]
pub enum ProduceError {
    /// No credentials.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The client could not be made or the broker did not acknowledge.
    #[error("{0}")]
    Refused(String),
}

/// A Kafka user, as the secret `kafka` holds it.
#[derive(Clone, Deserialize)]
pub struct KafkaUser {
    /// SCRAM user name.
    pub username: String,
    /// SCRAM password.
    pub password: String,
}

/// Sends events; connects when first used, and anew when the credentials have changed.
#[derive(Clone)]
pub struct Producer(Arc<Inner>);

struct Inner {
    bootstrap: String,
    protocol: String,
    secrets: Secrets,
    client: Mutex<Option<(i64, FutureProducer)>>,
}

impl Producer {
    /// A producer with the function's secret `kafka`.
    pub fn new(platform: &Platform, secrets: Secrets) -> Self {
        Self(Arc::new(Inner {
            bootstrap: platform.kafka_bootstrap.clone(),
            protocol: platform.kafka_security_protocol.clone(),
            secrets,
            client: Mutex::default(),
        }))
    }

    /// Sends one event and waits for all in-sync replicas to have it.
    pub async fn send(&self, event: &WaitingEvent) -> Result<(), ProduceError> {
        let client = self.client().await?;
        let mut headers =
            OwnedHeaders::new().insert(Header { key: "content-type", value: Some(CONTENT_TYPE) });
        if let Some(traceparent) = &event.traceparent {
            headers = headers.insert(Header { key: "traceparent", value: Some(traceparent) });
        }
        let record = FutureRecord::to(&event.topic).key(&event.key).payload(&event.payload).headers(headers);
        match client.send(record, Timeout::After(DELIVERY_BUDGET)).await {
            Ok(_) => Ok(()),
            Err((error, _record)) => Err(ProduceError::Refused(error.to_string())),
        }
    }

    async fn client(&self) -> Result<FutureProducer, ProduceError> {
        let secret = self.0.secrets.own("kafka").await?;
        let mut client = self.0.client.lock().await;
        if let Some((version, producer)) = client.as_ref()
            && *version == secret.version()
        {
            return Ok(producer.clone());
        }
        let user: KafkaUser = secret.json()?;
        let producer = self.connect(&user).map_err(|error| ProduceError::Refused(error.to_string()))?;
        *client = Some((secret.version(), producer.clone()));
        Ok(producer)
    }

    fn connect(&self, user: &KafkaUser) -> Result<FutureProducer, rdkafka::error::KafkaError> {
        ClientConfig::new()
            .set("bootstrap.servers", &self.0.bootstrap)
            .set("security.protocol", &self.0.protocol)
            .set("sasl.mechanism", "SCRAM-SHA-512")
            .set("sasl.username", &user.username)
            .set("sasl.password", &user.password)
            .set("client.id", &user.username)
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("linger.ms", "5")
            .set("message.timeout.ms", DELIVERY_BUDGET.as_millis().to_string())
            .set("reconnect.backoff.max.ms", "2000")
            .set_log_level(RDKafkaLogLevel::Warning)
            .create()
    }
}
