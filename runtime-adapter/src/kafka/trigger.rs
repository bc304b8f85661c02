//! Keeps the function a member of its consumer group, with the credentials that are valid.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::connection;
use super::dead_letters::DeadLetters;
use super::retry;
use super::session::Session;
use super::worker::Workshop;
use crate::function::{BoxError, KafkaFn};
use crate::host::{Credentials, KafkaConnection, Now};
use crate::identifiers;
use crate::manifest::KafkaMapping;
use crate::stop::Stop;

/// How often the credentials are compared with those in use; whoever gives them keeps them for a while.
const LOOK: Duration = Duration::from_secs(1);

/// A function's Kafka mappings.
pub(crate) struct Trigger {
    connection: KafkaConnection,
    workshop: Arc<Workshop>,
}

impl Trigger {
    pub(crate) fn new(
        function: &'static str,
        mappings: Vec<KafkaMapping>,
        handler: KafkaFn,
        connection: KafkaConnection,
        now: Now,
    ) -> Self {
        let bootstrap = connection.bootstrap.clone();
        let dead_letters = DeadLetters::new(function, connection.clone(), Arc::clone(&now));
        let workshop = Arc::new(Workshop { handler, bootstrap, mappings, dead_letters, now });
        Self { connection, workshop }
    }

    /// Consumes until `stop`, then finishes what has begun, commits and leaves the group.
    pub(crate) async fn run(self, mut stop: Stop) {
        let mut failures = 0;
        while !stop.is_wished() {
            match self.membership(&mut stop).await {
                Ok(()) => failures = 0,
                Err(error) => {
                    failures += 1;
                    tracing::error!(%error, "no member of the consumer group");
                    self.pause(failures, &mut stop).await;
                }
            }
        }
    }

    /// One membership, until `stop`, until its credentials change, or until it breaks.
    async fn membership(&self, stop: &mut Stop) -> Result<(), BoxError> {
        let credentials = connection::credentials(&self.connection).await?;
        let mut session = Session::begin(&self.connection, credentials.as_ref(), &self.workshop)?;
        if let Some(credentials) = &credentials {
            let version = u32::try_from(credentials.version).unwrap_or(u32::MAX);
            metrics::gauge!("kafka_credentials_version", "by" => "consumer").set(version);
        }
        tokio::select! {
            () = stop.wished() => {}
            () = self.credentials_change(credentials.as_ref()) => {
                tracing::info!("the credentials have changed");
                self.workshop.dead_letters.disconnect().await;
            }
            () = session.broken() => return Err("the membership broke".into()),
        }
        session.end().await;
        Ok(())
    }

    /// Returns when other credentials are valid than these.
    async fn credentials_change(&self, used: Option<&Credentials>) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            match connection::credentials(&self.connection).await {
                Ok(valid) if valid.as_ref() != used => return,
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "credentials are unknown; those in use stay"),
            }
        }
    }

    #[expect(clippy::disallowed_methods, reason = "what failed is given time to recover")]
    async fn pause(&self, failures: u32, stop: &mut Stop) {
        tokio::select! {
            () = stop.wished() => {}
            () = tokio::time::sleep(retry::pause(failures, identifiers::fraction())) => {}
        }
    }
}
