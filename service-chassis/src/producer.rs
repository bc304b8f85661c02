//! The Kafka producer of one function, under its own principal.

use std::{sync::Arc, time::Duration};

use rdkafka::{
    ClientConfig,
    config::RDKafkaLogLevel,
    consumer::{BaseConsumer, Consumer},
    error::{KafkaError, RDKafkaErrorCode},
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
    util::Timeout,
};
use serde::Deserialize;
use tokio::{
    sync::Mutex,
    task::spawn_blocking,
    time::{MissedTickBehavior, interval},
};

use crate::{
    secrets::{Candidate, SecretError, Secrets, Trial, Unfit},
    settings::Platform,
    store::outbox::WaitingEvent,
};

/// Content type of a structured event (`CloudEvents` 1.0, Kafka binding, section 3.3).
const CONTENT_TYPE: &str = "application/cloudevents+json; charset=UTF-8";
/// How long the client tries to deliver one event before the outbox keeps it.
const DELIVERY_BUDGET: Duration = Duration::from_secs(5);

/// How often a new user's login is looked at, and how many times, before nobody knows.
const LOOK: Duration = Duration::from_millis(300);
const LOOKS: u32 = 10;
/// How soon a client notices that the credentials have changed while nothing is sent.
const NOTICE: Duration = Duration::from_secs(1);

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
            Err((error, _record)) => {
                // Perhaps our user is gone: there may be newer credentials. What went wrong is logged there.
                self.0.secrets.refresh_own("kafka").await.ok();
                Err(ProduceError::Refused(error.to_string()))
            }
        }
    }

    /// The host's loop: no connection of an older user stays open because nothing is sent. Ends with
    /// the process.
    pub async fn keep_current(self) {
        let mut times = interval(NOTICE);
        times.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            times.tick().await;
            if self.0.client.lock().await.is_some()
                && let Err(error) = self.client().await
            {
                tracing::warn!(%error, "the producer keeps its credentials");
            }
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
        let version = u32::try_from(secret.version()).unwrap_or(u32::MAX);
        metrics::gauge!("kafka_credentials_version", "by" => "producer").set(version);
        *client = Some((secret.version(), producer.clone()));
        Ok(producer)
    }

    fn connect(&self, user: &KafkaUser) -> Result<FutureProducer, KafkaError> {
        client(&self.0.bootstrap, &self.0.protocol, user)
            .set("enable.idempotence", "true")
            .set("acks", "all")
            .set("linger.ms", "5")
            .set("message.timeout.ms", DELIVERY_BUDGET.as_millis().to_string())
            .create()
    }
}

fn client(bootstrap: &str, protocol: &str, user: &KafkaUser) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", bootstrap)
        .set("security.protocol", protocol)
        .set("sasl.mechanism", "SCRAM-SHA-512")
        .set("sasl.username", &user.username)
        .set("sasl.password", &user.password)
        .set("client.id", &user.username)
        .set("reconnect.backoff.max.ms", "2000")
        .set_log_level(RDKafkaLogLevel::Warning);
    config
}

/// A new user is tried at the broker. The consumer and the producers take it over by themselves.
pub fn trial(platform: &Platform) -> Trial {
    let (bootstrap, protocol) = (platform.kafka_bootstrap.clone(), platform.kafka_security_protocol.clone());
    Arc::new(move |candidate: Candidate| {
        let (bootstrap, protocol) = (bootstrap.clone(), protocol.clone());
        Box::pin(async move {
            let user: KafkaUser = candidate.json()?;
            let unknown = |error: &dyn std::fmt::Display| Unfit::Unknown(error.to_string());
            let config = client(&bootstrap, &protocol, &user);
            let login = spawn_blocking(move || log_in(config));
            login.await.map_err(|error| unknown(&error))?
        })
    })
}

fn log_in(mut config: ClientConfig) -> Result<(), Unfit> {
    let unknown = |error: KafkaError| Unfit::Unknown(error.to_string());
    let consumer: BaseConsumer = config.set("group.id", "trial").create().map_err(unknown)?;
    for _ in 0..LOOKS {
        if consumer.fetch_metadata(None, LOOK).is_ok() {
            return Ok(());
        }
        while let Some(Err(error)) = consumer.poll(Duration::ZERO) {
            if error.rdkafka_error_code() == Some(RDKafkaErrorCode::Authentication) {
                return Err(Unfit::Wrong(error.to_string()));
            }
        }
    }
    Err(Unfit::Unknown("the broker does not answer in time".to_owned()))
}
