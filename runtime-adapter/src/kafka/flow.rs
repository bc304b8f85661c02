//! A partition's records between the poller and their worker. A full inbox pauses the partition
//! instead of piling up.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rdkafka::message::OwnedMessage;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::time::{Instant, timeout_at};

use super::batch::{WEIGHT_LIMIT, weight};

/// Below this many records an inbox is full by its weight only: a pause makes the broker's client
/// forget what it has fetched ahead, a megabyte and more, and fetching that again costs more than they.
const AT_LEAST: usize = 10_000;

/// What is asked of the broker's client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gate {
    /// No more records of this partition.
    Pause,
    /// More of them.
    Resume,
}

/// Where the poller puts a partition's records.
pub(crate) struct Outlet {
    sender: UnboundedSender<OwnedMessage>,
    flow: Arc<Flow>,
}

/// Where the worker takes them.
pub(crate) struct Inbox {
    receiver: UnboundedReceiver<OwnedMessage>,
    carried: Option<OwnedMessage>,
    flow: Arc<Flow>,
}

struct Flow {
    held: Mutex<Held>,
    full: usize,
    gate: Box<dyn Fn(Gate) + Send + Sync>,
}

struct Held {
    records: usize,
    weight: usize,
    paused: bool,
}

/// An inbox for batches of this size.
pub(crate) fn pair(batch_size: usize, gate: impl Fn(Gate) + Send + Sync + 'static) -> (Outlet, Inbox) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let held = Mutex::new(Held { records: 0, weight: 0, paused: false });
    let flow = Arc::new(Flow { held, full: AT_LEAST.max(2 * batch_size), gate: Box::new(gate) });
    (Outlet { sender, flow: Arc::clone(&flow) }, Inbox { receiver, carried: None, flow })
}

impl Outlet {
    /// Puts a record in; the partition is paused when the inbox is full.
    pub(crate) fn put(&self, message: OwnedMessage) {
        self.flow.came(weight(&message));
        // without a worker the partition is being revoked, and its next owner gets the record
        let _no_worker = self.sender.send(message);
    }
}

impl Inbox {
    /// The next batch: closed by its size, its weight, or the window after its first record.
    /// `None` when no more will come.
    pub(crate) async fn batch(&mut self, size: usize, window: Duration) -> Option<Vec<OwnedMessage>> {
        let first = match self.carried.take() {
            Some(carried) => carried,
            None => self.receiver.recv().await?,
        };
        let closes = Instant::now() + window;
        let mut total = weight(&first);
        let mut batch = vec![first];
        while batch.len() < size
            && let Some(message) = self.next_until(closes).await
        {
            total += weight(&message);
            if total > WEIGHT_LIMIT {
                self.carried = Some(message);
                break;
            }
            batch.push(message);
        }
        self.flow.went(&batch);
        Some(batch)
    }

    async fn next_until(&mut self, closes: Instant) -> Option<OwnedMessage> {
        match self.receiver.try_recv() {
            Ok(message) => Some(message),
            Err(_) => timeout_at(closes, self.receiver.recv()).await.ok().flatten(),
        }
    }
}

impl Flow {
    fn came(&self, weight: usize) {
        let mut held = self.held();
        held.records += 1;
        held.weight += weight;
        if !held.paused && (held.records >= self.full || held.weight >= WEIGHT_LIMIT) {
            held.paused = true;
            (self.gate)(Gate::Pause);
        }
    }

    fn went(&self, batch: &[OwnedMessage]) {
        let mut held = self.held();
        held.records -= batch.len();
        held.weight -= batch.iter().map(weight).sum::<usize>();
        if held.paused && held.records <= self.full / 2 && held.weight <= WEIGHT_LIMIT / 2 {
            held.paused = false;
            (self.gate)(Gate::Resume);
        }
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        // plain numbers, which a panic elsewhere cannot leave half-written
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use rdkafka::Timestamp;

    use super::*;

    const WINDOW: Duration = Duration::from_millis(50);

    fn message(offset: i64, bytes: usize) -> OwnedMessage {
        let time = Timestamp::NotAvailable;
        OwnedMessage::new(Some(vec![0; bytes]), None, "a.b.v1".to_owned(), time, 0, offset, None)
    }

    fn offsets(batch: &[OwnedMessage]) -> Vec<i64> {
        batch.iter().map(rdkafka::Message::offset).collect()
    }

    fn watched(size: usize) -> (Outlet, Inbox, Arc<Mutex<Vec<Gate>>>) {
        let gates = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&gates);
        let (outlet, inbox) = pair(size, move |gate| seen.lock().unwrap().push(gate));
        (outlet, inbox, gates)
    }

    #[tokio::test]
    async fn a_batch_closes_at_its_size() {
        let (outlet, mut inbox, _) = watched(3);
        (0..7).for_each(|offset| outlet.put(message(offset, 1)));
        let hour = Duration::from_hours(1);
        assert_eq!(offsets(&inbox.batch(3, hour).await.unwrap()), [0, 1, 2]);
        assert_eq!(offsets(&inbox.batch(3, hour).await.unwrap()), [3, 4, 5]);
    }

    #[tokio::test]
    async fn a_batch_closes_at_the_end_of_its_window() {
        let (outlet, mut inbox, _) = watched(3);
        outlet.put(message(0, 1));
        assert_eq!(offsets(&inbox.batch(3, WINDOW).await.unwrap()), [0]);
    }

    #[tokio::test]
    async fn a_batch_closes_at_6_mb_counted_with_base64() {
        let (outlet, mut inbox, _) = watched(100);
        (0..3).for_each(|offset| outlet.put(message(offset, 2 * 1024 * 1024)));
        assert_eq!(offsets(&inbox.batch(100, WINDOW).await.unwrap()), [0, 1]);
        assert_eq!(offsets(&inbox.batch(100, WINDOW).await.unwrap()), [2]);
    }

    #[tokio::test]
    async fn a_full_inbox_pauses_and_a_half_empty_one_resumes() {
        let (outlet, mut inbox, gates) = watched(6_000);
        (0..11_999).for_each(|offset| outlet.put(message(offset, 1)));
        assert_eq!(*gates.lock().unwrap(), []);
        outlet.put(message(11_999, 1));
        outlet.put(message(12_000, 1));
        assert_eq!(*gates.lock().unwrap(), [Gate::Pause]);
        inbox.batch(6_000, WINDOW).await.unwrap();
        assert_eq!(*gates.lock().unwrap(), [Gate::Pause]);
        inbox.batch(6_000, WINDOW).await.unwrap();
        assert_eq!(*gates.lock().unwrap(), [Gate::Pause, Gate::Resume]);
    }

    #[tokio::test]
    async fn heavy_records_pause_as_well() {
        let (outlet, mut inbox, gates) = watched(1);
        outlet.put(message(0, WEIGHT_LIMIT));
        assert_eq!(*gates.lock().unwrap(), [Gate::Pause]);
        inbox.batch(1, WINDOW).await.unwrap();
        assert_eq!(*gates.lock().unwrap(), [Gate::Pause, Gate::Resume]);
    }
}
