//! The partitions that this process owns, each with its worker. All changes come from the
//! consumer's own callbacks, on the poller's thread.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use futures::future::join_all;
use rdkafka::client::ClientContext;
use rdkafka::consumer::base_consumer::PartitionQueue;
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext, Rebalance};
use rdkafka::message::{BorrowedMessage, Message, OwnedMessage};
use rdkafka::{Offset, Statistics, TopicPartitionList};
use tokio::runtime::Handle;
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::inbox::Inbox;
use super::progress::Progress;
use super::worker::{Worker, Workshop};
use crate::stop::{Stop, Stopper};

/// How long joining may take: the group waits for its slowest member (`max.poll.interval.ms`).
const JOINS_WITHIN: Duration = Duration::from_secs(25);

/// How long the client gets to note that it fetches a record again.
const SEEK_WITHIN: Duration = Duration::from_secs(5);

/// How long a partition that is taken away may finish its delivery. Then its next owner gets the
/// same records.
const FINISH_WITHIN: Duration = Duration::from_secs(10);

/// A consumer that knows its partitions' workers.
pub(crate) type Member = BaseConsumer<Partitions>;

/// The owned partitions, by topic and number.
pub(crate) struct Partitions {
    workshop: Arc<Workshop>,
    runtime: Handle,
    member: OnceLock<Weak<Member>>,
    owned: Mutex<HashMap<String, HashMap<i32, Owned>>>,
    joining: Mutex<Joining>,
}

/// How the client's way into the group was last seen.
struct Joining {
    /// Its state and its join state, in librdkafka's words.
    states: (String, String),
    /// When it last was in the group, or got one step further.
    moved: Instant,
}

struct Owned {
    /// Held here only, and not by a worker: a handler that blocks must not keep the member alive.
    _queue: Arc<PartitionQueue<Partitions>>,
    stop: Stopper,
    work: JoinHandle<()>,
    progress: Arc<Progress>,
}

impl Partitions {
    pub(crate) fn new(workshop: Arc<Workshop>, runtime: Handle) -> Self {
        Self {
            workshop,
            runtime,
            member: OnceLock::new(),
            owned: Mutex::default(),
            joining: Mutex::new(Joining { states: Default::default(), moved: Instant::now() }),
        }
    }

    /// Tells the workers whose offsets they store; once, before the first poll.
    pub(crate) fn of(&self, member: &Arc<Member>) {
        self.member.get_or_init(|| Arc::downgrade(member));
    }

    /// A record that came to the poller and not to its partition's queue, which is split off before
    /// anything is fetched: it is fetched again, so that it is late rather than lost.
    pub(crate) fn send_back(&self, message: &BorrowedMessage<'_>) {
        let (topic, partition, offset) = (message.topic(), message.partition(), message.offset());
        tracing::warn!(topic, partition, offset, "a record has no worker");
        if let Some(member) = self.member.get().and_then(Weak::upgrade)
            && let Err(error) = member.seek(topic, partition, Offset::Offset(offset), SEEK_WITHIN)
        {
            tracing::warn!(%error, topic, partition, "the partition is not ours any more");
        }
    }

    /// Ends all workers; each finishes its delivery first.
    pub(crate) fn end_all(&self) {
        let owned = std::mem::take(&mut *self.owned());
        self.end(owned.into_iter().flat_map(|(topic, partitions)| {
            partitions.into_iter().map(move |(partition, owned)| (topic.clone(), partition, owned))
        }));
    }

    fn begin(&self, topic: &str, partition: i32) {
        let mapping = self.workshop.mappings.iter().find(|mapping| mapping.topic == topic);
        let Some((mapping, member)) = mapping.zip(self.member.get()) else { return };
        let split = member.upgrade().and_then(|member| member.split_partition_queue(topic, partition));
        let Some(mut queue) = split else {
            tracing::error!(topic, partition, "a partition without a queue");
            return;
        };
        let came = Arc::new(Notify::new());
        let told = Arc::clone(&came);
        queue.set_nonempty_callback(move || told.notify_one());
        let queue = Arc::new(queue);
        let taken = Arc::downgrade(&queue);
        let inbox = Inbox { take: Box::new(move || take(&taken)), came, carried: None };
        let (topic_of_offsets, member) = (topic.to_owned(), Weak::clone(member));
        let (stop, stopping) = Stop::pair();
        let progress = Arc::new(Progress::default());
        let progress_of_offsets = Arc::clone(&progress);
        let worker = Worker {
            workshop: Arc::clone(&self.workshop),
            mapping: mapping.clone(),
            name: format!("{topic}-{partition}"),
            inbox,
            commit: Box::new(move |offset| {
                store(&member, &topic_of_offsets, partition, offset);
                progress_of_offsets.moved_to(offset);
            }),
            progress: Arc::clone(&progress),
            stop: stopping,
        };
        let work = self.runtime.spawn(worker.run());
        let owned = Owned { _queue: queue, stop, work, progress };
        self.owned().entry(topic.to_owned()).or_default().insert(partition, owned);
        tracing::info!(topic, partition, "partition assigned");
    }

    /// Blocks the poller's thread until the workers have ended; the consumer's heartbeats go on.
    fn end(&self, ending: impl Iterator<Item = (String, i32, Owned)>) {
        let mut works = Vec::new();
        for (topic, partition, owned) in ending {
            owned.stop.wish();
            works.push(owned.work);
            lag(&topic, partition).set(0.0);
            age_of_oldest(&topic, partition).set(0.0);
            tracing::info!(topic, partition, "partition given back");
        }
        let aborts: Vec<_> = works.iter().map(JoinHandle::abort_handle).collect();
        let ended = async { timeout(FINISH_WITHIN, join_all(works)).await };
        if self.runtime.block_on(ended).is_err() {
            tracing::warn!("deliveries are dropped; their records will be delivered again");
            aborts.iter().for_each(tokio::task::AbortHandle::abort);
        }
    }

    /// Whether the client has stood at one place outside the group for longer than joining takes. A broker
    /// that went away at the wrong moment leaves librdkafka waiting for an answer to a request that is lost.
    pub(crate) fn is_stuck(&self, now: Instant) -> bool {
        now.duration_since(self.joining().moved) > JOINS_WITHIN
    }

    fn joining(&self) -> MutexGuard<'_, Joining> {
        // a moment and two words, which a panic elsewhere cannot leave half-written
        self.joining.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn owned(&self) -> MutexGuard<'_, HashMap<String, HashMap<i32, Owned>>> {
        // a map of handles, which a panic elsewhere cannot leave half-changed
        self.owned.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn measure(&self, statistics: &Statistics) {
        let now = (self.workshop.now)().timestamp_millis();
        for (topic, partitions) in &*self.owned() {
            for (partition, owned) in partitions {
                age_of_oldest(topic, *partition).set(owned.progress.age(now).as_secs_f64());
                let known = statistics.topics.get(topic).and_then(|t| t.partitions.get(partition));
                if let Some(behind) = known.and_then(|known| owned.progress.behind(known.hi_offset)) {
                    lag(topic, *partition).set(f64::from(behind));
                }
            }
        }
    }
}

impl ClientContext for Partitions {
    fn stats(&self, statistics: Statistics) {
        if let Some(group) = &statistics.cgrp {
            let states = (group.state.clone(), group.join_state.clone());
            let mut joining = self.joining();
            if group.join_state == "steady" || states != joining.states {
                *joining = Joining { states, moved: Instant::now() };
            }
        }
        self.measure(&statistics);
    }
}

impl ConsumerContext for Partitions {
    fn pre_rebalance(&self, _: &Member, rebalance: &Rebalance<'_>) {
        match rebalance {
            // before anything is fetched, so that no record goes past the partition's own queue
            Rebalance::Assign(assigned) => {
                for element in assigned.elements() {
                    self.begin(element.topic(), element.partition());
                }
            }
            Rebalance::Revoke(revoked) => {
                let mut ending = Vec::new();
                for element in revoked.elements() {
                    let mut owned = self.owned();
                    let partitions = owned.get_mut(element.topic());
                    if let Some(owned) = partitions.and_then(|topic| topic.remove(&element.partition())) {
                        ending.push((element.topic().to_owned(), element.partition(), owned));
                    }
                }
                self.end(ending.into_iter());
            }
            Rebalance::Error(error) => tracing::error!(%error, "rebalance failed"),
        }
    }

    fn commit_callback(&self, result: rdkafka::error::KafkaResult<()>, _: &TopicPartitionList) {
        if let Err(error) = result {
            tracing::warn!(%error, "offsets are not committed yet");
        }
    }
}

/// Records that are not done yet.
fn lag(topic: &str, partition: i32) -> metrics::Gauge {
    metrics::gauge!(
        "kafka_lag_records", "topic" => topic.to_owned(), "partition" => partition.to_string()
    )
}

/// How old the oldest record is that is being worked on.
fn age_of_oldest(topic: &str, partition: i32) -> metrics::Gauge {
    metrics::gauge!(
        "kafka_oldest_record_age_seconds",
        "topic" => topic.to_owned(), "partition" => partition.to_string()
    )
}

/// The next record of a partition that the client has fetched already.
fn take(queue: &Weak<PartitionQueue<Partitions>>) -> Option<OwnedMessage> {
    let queue = queue.upgrade()?;
    loop {
        match queue.poll(Duration::ZERO)? {
            Ok(message) => return Some(message.detach()),
            Err(error) => tracing::warn!(%error, "Kafka"),
        }
    }
}

/// Stores an offset, to be committed within half a second.
fn store(member: &Weak<Member>, topic: &str, partition: i32, offset: i64) {
    let Some(member) = member.upgrade() else { return };
    let mut list = TopicPartitionList::new();
    let stored = list
        .add_partition_offset(topic, partition, Offset::Offset(offset))
        .and_then(|()| member.store_offsets(&list));
    if let Err(error) = stored {
        tracing::warn!(%error, topic, partition, "the partition is not ours any more");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::BatchAnswer;
    use crate::host::{KafkaConnection, KafkaTransport};
    use crate::kafka::dead_letters::DeadLetters;

    fn partitions() -> Partitions {
        let connection = KafkaConnection {
            bootstrap: "broker:9092".to_owned(),
            group: "fixture".to_owned(),
            transport: KafkaTransport::Plaintext,
            credentials: None,
        };
        let now: crate::host::Now = Arc::new(chrono::DateTime::default);
        let workshop = Workshop {
            handler: Arc::new(|_| Box::pin(async { Ok(BatchAnswer::success()) })),
            bootstrap: connection.bootstrap.clone(),
            mappings: Vec::new(),
            dead_letters: DeadLetters::new("fixture", connection, Arc::clone(&now)),
            now,
        };
        Partitions::new(Arc::new(workshop), Handle::current())
    }

    fn told(state: &str, join_state: &str) -> Statistics {
        let mut group = rdkafka::statistics::ConsumerGroup::default();
        state.clone_into(&mut group.state);
        join_state.clone_into(&mut group.join_state);
        Statistics { cgrp: Some(group), ..Statistics::default() }
    }

    #[tokio::test]
    async fn a_member_that_stands_still_outside_the_group_is_stuck() {
        let partitions = partitions();
        let stands = |state: &str, join_state: &str| {
            partitions.joining().moved -= 2 * JOINS_WITHIN;
            partitions.stats(told(state, join_state));
            partitions.is_stuck(Instant::now())
        };
        assert!(!stands("up", "wait-join"), "one step further");
        assert!(stands("up", "wait-join"));
        assert!(!stands("wait-coord", "wait-join"), "the broker is away");
        assert!(!stands("up", "steady"));
        assert!(!stands("up", "steady"));
    }
}
