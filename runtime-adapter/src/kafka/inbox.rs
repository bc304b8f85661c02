//! A partition's records on their way to their worker. They wait in the broker's client and nowhere else:
//! it stops fetching a partition of which enough waits (`queued.*` in the connection's settings), so that
//! nothing piles up, and nothing that was fetched is fetched again.

use std::sync::Arc;
use std::time::Duration;

use rdkafka::message::OwnedMessage;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use super::batch::{WEIGHT_LIMIT, weight};

/// Where a worker takes its records from.
pub(crate) struct Inbox {
    /// The next record that is here already.
    pub(crate) take: Box<dyn Fn() -> Option<OwnedMessage> + Send + Sync>,
    /// Told whenever records come where there were none.
    pub(crate) came: Arc<Notify>,
    /// The record that would have made the last batch too heavy.
    pub(crate) carried: Option<OwnedMessage>,
}

impl Inbox {
    /// The next batch: closed by its size, its weight, or the window after its first record.
    pub(crate) async fn batch(&mut self, size: usize, window: Duration) -> Vec<OwnedMessage> {
        let first = match self.carried.take() {
            Some(carried) => carried,
            None => self.next().await,
        };
        let closes = Instant::now() + window;
        let mut total = weight(&first);
        let mut batch = Vec::with_capacity(size);
        batch.push(first);
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
        batch
    }

    async fn next_until(&self, closes: Instant) -> Option<OwnedMessage> {
        match (self.take)() {
            Some(message) => Some(message),
            None => timeout_at(closes, self.next()).await.ok(),
        }
    }

    async fn next(&self) -> OwnedMessage {
        loop {
            if let Some(message) = (self.take)() {
                return message;
            }
            self.came.notified().await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use rdkafka::Timestamp;

    use super::*;

    const WINDOW: Duration = Duration::from_millis(50);
    const HOUR: Duration = Duration::from_hours(1);

    fn message(offset: i64, bytes: usize) -> OwnedMessage {
        let time = Timestamp::NotAvailable;
        OwnedMessage::new(Some(vec![0; bytes]), None, "a.b.v1".to_owned(), time, 0, offset, None)
    }

    fn offsets(batch: &[OwnedMessage]) -> Vec<i64> {
        batch.iter().map(rdkafka::Message::offset).collect()
    }

    fn inbox(waiting: impl IntoIterator<Item = OwnedMessage>) -> (Inbox, Arc<Mutex<VecDeque<OwnedMessage>>>) {
        let waiting = Arc::new(Mutex::new(waiting.into_iter().collect::<VecDeque<_>>()));
        let queue = Arc::clone(&waiting);
        let take = Box::new(move || queue.lock().unwrap().pop_front());
        (Inbox { take, came: Arc::default(), carried: None }, waiting)
    }

    #[tokio::test]
    async fn a_batch_closes_at_its_size() {
        let (mut inbox, _) = inbox((0..7).map(|offset| message(offset, 1)));
        assert_eq!(offsets(&inbox.batch(3, HOUR).await), [0, 1, 2]);
        assert_eq!(offsets(&inbox.batch(3, HOUR).await), [3, 4, 5]);
    }

    #[tokio::test]
    async fn a_batch_closes_at_the_end_of_its_window() {
        let (mut inbox, _) = inbox([message(0, 1)]);
        assert_eq!(offsets(&inbox.batch(3, WINDOW).await), [0]);
    }

    #[tokio::test]
    async fn a_batch_closes_at_6_mb_counted_with_base64() {
        let (mut inbox, _) = inbox((0..3).map(|offset| message(offset, 2 * 1024 * 1024)));
        assert_eq!(offsets(&inbox.batch(100, WINDOW).await), [0, 1]);
        assert_eq!(offsets(&inbox.batch(100, WINDOW).await), [2]);
    }

    #[tokio::test]
    async fn records_that_come_while_a_batch_waits_are_in_it() {
        let (mut inbox, waiting) = inbox([]);
        let came = Arc::clone(&inbox.came);
        let batch = tokio::spawn(async move { offsets(&inbox.batch(2, HOUR).await) });
        for offset in 0..2 {
            tokio::task::yield_now().await;
            waiting.lock().unwrap().push_back(message(offset, 1));
            came.notify_one();
        }
        assert_eq!(batch.await.unwrap(), [0, 1]);
    }
}
