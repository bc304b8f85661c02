//! One membership in the consumer group: a thread that polls, because the client's callbacks
//! must be able to wait for workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use rdkafka::config::FromClientConfigAndContext;
use rdkafka::consumer::{CommitMode, Consumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::connection;
use super::partitions::{Member, Partitions};
use super::worker::Workshop;
use crate::host::{Credentials, KafkaConnection};

/// How soon a wish to stop is heard.
const POLL: Duration = Duration::from_millis(100);

/// The same trouble is logged once in this time.
const REPEAT: Duration = Duration::from_secs(30);

/// Why a membership ended.
#[derive(PartialEq, Eq)]
enum End {
    /// Somebody wished it.
    Stopped,
    /// The client cannot go on.
    Broken,
    /// The client does not come into the group.
    Stuck,
}

/// A running membership.
pub(crate) struct Session {
    stop: Arc<AtomicBool>,
    ended: oneshot::Receiver<()>,
}

impl Session {
    /// Joins the group.
    pub(crate) fn begin(
        connection: &KafkaConnection,
        credentials: Option<&Credentials>,
        workshop: &Arc<Workshop>,
    ) -> Result<Self, KafkaError> {
        let partitions = Partitions::new(Arc::clone(workshop), Handle::current());
        let config = connection::consumer(connection, credentials);
        let member = Arc::new(Member::from_config_and_context(&config, partitions)?);
        member.context().of(&member);
        let topics: Vec<&str> = workshop.mappings.iter().map(|mapping| mapping.topic.as_str()).collect();
        member.subscribe(&topics)?;
        let stop = Arc::new(AtomicBool::new(false));
        let (ending, ended) = oneshot::channel();
        let stopped = Arc::clone(&stop);
        thread::Builder::new()
            .name("kafka-poller".to_owned())
            .spawn(move || {
                if poll(&member, &stopped) == End::Stuck {
                    // its goodbye may stick as well, and the next membership need not wait for it
                    drop(ending);
                    drop(member);
                } else {
                    drop(member);
                    drop(ending);
                }
            })
            .map_err(|error| KafkaError::ClientCreation(error.to_string()))?;
        Ok(Self { stop, ended })
    }

    /// Waits until the membership ends by itself, which only an error does.
    pub(crate) async fn broken(&mut self) {
        let _sender_is_dropped = (&mut self.ended).await;
    }

    /// Finishes the deliveries that have begun, commits, and leaves the group.
    pub(crate) async fn end(mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.broken().await;
    }
}

impl Drop for Session {
    /// A membership that nobody holds is left without waiting.
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

fn poll(member: &Arc<Member>, stop: &AtomicBool) -> End {
    let mut troubles = Troubles::default();
    let mut end = End::Stopped;
    while !stop.load(Ordering::Relaxed) {
        if member.context().is_stuck(Instant::now()) {
            tracing::warn!("the group was not joined in time; joining anew");
            end = End::Stuck;
            break;
        }
        match member.poll(POLL) {
            Some(Ok(message)) => member.context().send_back(&message),
            Some(Err(error)) => {
                troubles.log(&error);
                if is_the_end(&error) {
                    end = End::Broken;
                    break;
                }
            }
            None => {}
        }
    }
    member.context().end_all();
    match member.commit_consumer_state(CommitMode::Sync) {
        Ok(()) | Err(KafkaError::ConsumerCommit(RDKafkaErrorCode::NoOffset)) => {}
        Err(error) => tracing::warn!(%error, "last offsets are not committed; their records come again"),
    }
    end
}

/// Whether only a new membership, perhaps with newer credentials, can help.
fn is_the_end(error: &KafkaError) -> bool {
    matches!(error, KafkaError::MessageConsumptionFatal(_))
        || matches!(
            error.rdkafka_error_code(),
            Some(RDKafkaErrorCode::Authentication | RDKafkaErrorCode::SaslAuthenticationFailed)
        )
}

/// What was logged last, and when.
#[derive(Default)]
struct Troubles(Option<(RDKafkaErrorCode, Instant)>);

impl Troubles {
    fn log(&mut self, error: &KafkaError) {
        let code = error.rdkafka_error_code().unwrap_or(RDKafkaErrorCode::Unknown);
        let is_known = self.0.is_some_and(|(known, at)| known == code && at.elapsed() < REPEAT);
        if !is_known {
            self.0 = Some((code, Instant::now()));
            tracing::warn!(%error, "Kafka");
        }
    }
}
