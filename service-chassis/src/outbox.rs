//! The outbox: an event is written with the change that it announces, in one transaction, and
//! sent right after commit without making the caller wait. What could not be sent waits for
//! the broker; a schedule trigger sends what a frozen or killed process left behind.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures::future::join_all;
use sqlx::{PgConnection, PgPool};
use tokio::{
    sync::{Mutex, Notify},
    time::Instant,
};

use crate::{
    events::Event,
    producer::Producer,
    store::{Schema, outbox as store},
};

/// Events that one transaction sends at most.
const BATCH: i64 = 500;
/// After this, an outbox that another instance was sending from is looked at again: what was committed
/// after that one had looked would wait for nobody else.
const OTHERS_TURN: Duration = Duration::from_millis(200);
/// Pauses between tries while the broker is away.
const SHORTEST_PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Why waiting events stayed in the outbox.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    /// The database did not give or take rows.
    #[error("the outbox table: {0}")]
    Database(#[from] sqlx::Error),
    /// The broker took only a part, or nothing.
    #[error("the broker has not acknowledged {left} of {tried} events: {reason}")]
    Broker {
        /// Events that were tried.
        tried: usize,
        /// Events that stay.
        left: usize,
        /// What the client said of the first of them.
        reason: String,
    },
}

/// What one transaction did.
enum Batch {
    Sent(usize),
    Empty,
    /// Another instance is at it.
    OthersTurn,
}

/// What a run did.
struct Run {
    sent: usize,
    /// The outbox was seen empty.
    emptied: bool,
}

/// The outbox of one service.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    schema: Schema,
    database: PgPool,
    producer: Producer,
    written: Notify,
    /// One task of this process sends at a time; others wait, and then see what it has left.
    sending: Mutex<()>,
    /// Something was written since the last time that the outbox was seen empty.
    waiting: AtomicBool,
}

impl Outbox {
    /// The outbox table of `schema`, sent through `producer`.
    pub fn new(schema: Schema, database: PgPool, producer: Producer) -> Self {
        let waiting = AtomicBool::new(true);
        Self(Arc::new(Inner {
            schema,
            database,
            producer,
            written: Notify::new(),
            sending: Mutex::default(),
            waiting,
        }))
    }

    /// Writes an event in the caller's transaction. It exists if, and only if, that commits.
    pub async fn append(&self, conn: &mut PgConnection, event: &Event) -> Result<(), sqlx::Error> {
        store::append(
            conn,
            self.0.schema,
            event.id,
            event.topic,
            &event.key,
            &event.payload,
            event.traceparent.as_deref(),
        )
        .await
    }

    /// Says that a transaction with events was committed; returns at once.
    pub fn send_soon(&self) {
        self.0.waiting.store(true, Ordering::Release);
        self.0.written.notify_one();
    }

    /// Sends until the outbox is empty. Returns how many events were sent; none when another
    /// instance is at it.
    pub async fn send_waiting(&self) -> Result<usize, OutboxError> {
        Ok(self.run().await?.sent)
    }

    async fn run(&self) -> Result<Run, OutboxError> {
        let _turn = self.0.sending.lock().await;
        let mut sent = 0;
        loop {
            self.0.waiting.store(false, Ordering::Release);
            let batch = self.send_batch().await;
            if !matches!(batch, Ok(Batch::Empty)) {
                self.0.waiting.store(true, Ordering::Release);
            }
            match batch? {
                Batch::Sent(more) => sent += more,
                Batch::Empty => return Ok(Run { sent, emptied: true }),
                Batch::OthersTurn => return Ok(Run { sent, emptied: false }),
            }
        }
    }

    /// On Lambda, before an answer leaves and the process freezes.
    pub async fn send_before_freeze(&self) {
        if self.0.waiting.load(Ordering::Acquire)
            && let Err(error) = self.send_waiting().await
        {
            tracing::warn!(%error, "events wait for the schedule");
        }
    }

    /// The host's loop: sends when something was written, looks again after another instance has sent,
    /// and tries again with growing pauses while it cannot. Ends with the process.
    pub async fn keep_sending(self) {
        let mut pause = SHORTEST_PAUSE;
        loop {
            match self.run().await {
                Ok(run) => {
                    pause = SHORTEST_PAUSE;
                    if run.emptied {
                        self.0.written.notified().await;
                    } else {
                        tokio::time::sleep_until(Instant::now() + OTHERS_TURN).await;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, pause_ms = pause.as_millis(), "events wait in the outbox");
                    metrics::counter!("outbox_send_failures_total").increment(1);
                    tokio::time::sleep_until(Instant::now() + pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }

    /// Puts the number of waiting events and the age of the oldest into the metrics.
    pub async fn measure(&self) -> Result<(), sqlx::Error> {
        let mut conn = self.0.database.acquire().await?;
        let (count, age) = store::backlog(&mut conn, self.0.schema).await?;
        metrics::gauge!("outbox_waiting_events").set(f64::from(i32::try_from(count).unwrap_or(i32::MAX)));
        metrics::gauge!("outbox_oldest_age_seconds").set(age);
        Ok(())
    }

    async fn send_batch(&self) -> Result<Batch, OutboxError> {
        let mut tx = self.0.database.begin().await?;
        if !store::take_turn(&mut tx, self.0.schema).await? {
            tx.rollback().await?;
            return Ok(Batch::OthersTurn);
        }
        let events = store::oldest(&mut tx, self.0.schema, BATCH).await?;
        if events.is_empty() {
            // Not left to the drop: the turn would outlast this call, and our next look would find it taken.
            tx.rollback().await?;
            return Ok(Batch::Empty);
        }
        let answers = join_all(events.iter().map(|event| self.0.producer.send(event))).await;
        let (taken, refused) = sort_out(&events, answers);
        store::remove(&mut tx, self.0.schema, &taken).await?;
        tx.commit().await?;
        metrics::counter!("outbox_sent_events_total").increment(taken.len() as u64);
        match refused {
            None => Ok(Batch::Sent(taken.len())),
            Some(reason) => {
                Err(OutboxError::Broker { tried: events.len(), left: events.len() - taken.len(), reason })
            }
        }
    }
}

/// The positions that may go, and the first reason for which others must stay. Once an event
/// of a key has stayed, later ones of that key stay too, so that the order holds.
fn sort_out(
    events: &[store::WaitingEvent],
    answers: Vec<Result<(), crate::producer::ProduceError>>,
) -> (Vec<i64>, Option<String>) {
    let mut taken = Vec::with_capacity(events.len());
    let mut stuck = std::collections::HashSet::new();
    let mut reason = None;
    for (event, answer) in events.iter().zip(answers) {
        match answer {
            Ok(()) if !stuck.contains(event.key.as_str()) => taken.push(event.position),
            Ok(()) => {}
            Err(error) => {
                stuck.insert(event.key.as_str());
                reason.get_or_insert_with(|| error.to_string());
            }
        }
    }
    (taken, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::producer::ProduceError;

    fn waiting(position: i64, key: &str) -> store::WaitingEvent {
        store::WaitingEvent {
            position,
            event_id: uuid::Uuid::nil(),
            topic: "t".to_owned(),
            key: key.to_owned(),
            payload: String::new(),
            traceparent: None,
        }
    }

    #[test]
    fn an_event_does_not_overtake_a_stuck_one_of_its_key() {
        let events = [waiting(1, "a"), waiting(2, "b"), waiting(3, "a"), waiting(4, "b")];
        let answers = vec![Err(ProduceError::Refused("away".to_owned())), Ok(()), Ok(()), Ok(())];
        let (taken, reason) = sort_out(&events, answers);
        assert_eq!(taken, [2, 4]);
        assert!(reason.unwrap().contains("away"));
    }
}
