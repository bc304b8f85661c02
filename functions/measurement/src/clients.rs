//! The broker, from which measurement reads back what it released.

use service_chassis::{
    producer::KafkaUser,
    secrets::{SecretError, Secrets},
    settings::Platform,
};
use tokio::task::JoinError;

use crate::store::topic::{self, Connection, Contents, TopicError};

/// Reads the output topic with the service's own user.
#[derive(Clone)]
pub struct Output {
    bootstrap: String,
    protocol: String,
    secrets: Secrets,
}

/// Why it cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// No credentials.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The topic.
    #[error(transparent)]
    Topic(#[from] TopicError),
    /// The reader was stopped.
    #[error("reading was stopped: {0}")]
    Stopped(#[from] JoinError),
}

impl Output {
    /// With the function's secret `kafka`.
    pub fn new(platform: &Platform, secrets: Secrets) -> Self {
        let (bootstrap, protocol) =
            (platform.kafka_bootstrap.clone(), platform.kafka_security_protocol.clone());
        Self { bootstrap, protocol, secrets }
    }

    /// All of it.
    pub async fn read(&self) -> Result<Contents, OutputError> {
        let KafkaUser { username, password } = self.secrets.own("kafka").await?.json()?;
        let (bootstrap, protocol) = (self.bootstrap.clone(), self.protocol.clone());
        let connection = Connection { bootstrap, protocol, username, password };
        Ok(tokio::task::spawn_blocking(move || topic::read(&connection)).await??)
    }
}
