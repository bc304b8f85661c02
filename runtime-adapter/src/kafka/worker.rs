//! One partition's worker: a batch at a time, in order, until each record is done or buried.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use futures::FutureExt;
use rdkafka::message::{Message, OwnedMessage};
use tokio::time::{Instant, timeout};

use super::batch;
use super::dead_letters::DeadLetters;
use super::inbox::Inbox;
use super::progress::Progress;
use super::retry::{self, Settlement, Step};
use super::verdict::{self, Failure, Verdict};
use crate::function::{BatchAnswer, BoxError, KafkaFn, Retry};
use crate::host::Now;
use crate::identifiers;
use crate::manifest::KafkaMapping;
use crate::stop::Stop;

/// What all workers of a function share.
pub(crate) struct Workshop {
    pub(crate) handler: KafkaFn,
    pub(crate) bootstrap: String,
    pub(crate) mappings: Vec<KafkaMapping>,
    pub(crate) dead_letters: DeadLetters,
    pub(crate) now: Now,
}

/// One partition's worker.
pub(crate) struct Worker {
    pub(crate) workshop: Arc<Workshop>,
    pub(crate) mapping: KafkaMapping,
    /// `topic-partition`.
    pub(crate) name: String,
    pub(crate) inbox: Inbox,
    /// Moves the partition's offset: everything below it is done.
    pub(crate) commit: Box<dyn Fn(i64) + Send + Sync>,
    pub(crate) progress: Arc<Progress>,
    pub(crate) stop: Stop,
}

impl Worker {
    /// Works until `stop`, and then finishes the delivery that has begun.
    pub(crate) async fn run(mut self) {
        let size = self.mapping.batch_size as usize;
        loop {
            let batch = tokio::select! {
                biased;
                () = self.stop.wished() => return,
                batch = self.inbox.batch(size, self.mapping.window) => batch,
            };
            if let Some(first) = batch.first() {
                self.progress.came(first.offset());
            }
            self.settle(batch).await;
            self.progress.rests();
            // a handler that never waits must not keep its thread from the others
            tokio::task::consume_budget().await;
        }
    }

    async fn settle(&mut self, batch: Vec<OwnedMessage>) {
        let KafkaMapping { on_error, retries, .. } = self.mapping;
        let mut settlement = Settlement::new(batch, on_error, retries);
        while let Some(part) = settlement.next() {
            if self.stop.is_wished() {
                return;
            }
            let verdict = self.deliver(&part.records).await;
            for step in settlement.decide(part, verdict, |message| self.is_too_old(message)) {
                match step {
                    Step::Done(records) => self.move_past(&records),
                    Step::GivenUp { records, failure, tries } => {
                        if !self.bury(&records, &failure, tries).await {
                            return;
                        }
                        self.move_past(&records);
                    }
                    Step::Again(failure) => {
                        tracing::warn!(
                            partition = self.name,
                            error = failure.error,
                            code = failure.code,
                            "records are delivered again"
                        );
                        self.pause(settlement.pause(identifiers::fraction())).await;
                    }
                }
            }
        }
    }

    /// Calls the handler within its deadline.
    async fn deliver(&self, records: &[OwnedMessage]) -> Verdict {
        let begun = Instant::now();
        self.progress.works_at(records.first().and_then(|first| first.timestamp().to_millis()));
        let event = batch::event(&self.workshop.bootstrap, &self.name, records);
        let call = AssertUnwindSafe(async { (self.workshop.handler)(event).await }).catch_unwind();
        let verdict = match timeout(self.mapping.timeout, call).await {
            Ok(Ok(answer)) => self.verdict(records, answer),
            Ok(Err(_panic)) => failed("panicked", "the handler panicked"),
            Err(_elapsed) => failed("timed_out", &format!("no answer within {:?}", self.mapping.timeout)),
        };
        self.count(records.len(), &verdict, begun.elapsed());
        verdict
    }

    fn verdict(&self, records: &[OwnedMessage], answer: Result<BatchAnswer, BoxError>) -> Verdict {
        match answer {
            Ok(answer) => verdict::of_answer(&self.name, records, answer),
            Err(error) => failed("handler_failed", &error.to_string()),
        }
    }

    fn count(&self, records: usize, verdict: &Verdict, took: Duration) {
        let outcome = match verdict {
            Verdict::Done => "done",
            Verdict::FailedAt(_, failure) | Verdict::Failed(failure) => failure.code,
        };
        let topic = self.mapping.topic.clone();
        tracing::info!(
            partition = self.name,
            records,
            outcome,
            duration_ms = took.as_secs_f64() * 1000.0,
            "batch"
        );
        metrics::counter!("kafka_batches_total", "topic" => topic.clone(), "outcome" => outcome).increment(1);
        metrics::histogram!("kafka_batch_duration_seconds", "topic" => topic).record(took.as_secs_f64());
    }

    fn is_too_old(&self, message: &OwnedMessage) -> bool {
        let limit = self.mapping.max_age.and_then(|age| TimeDelta::from_std(age).ok());
        let Some((limit, millis)) = limit.zip(message.timestamp().to_millis()) else { return false };
        (self.workshop.now)().timestamp_millis().saturating_sub(millis) > limit.num_milliseconds()
    }

    fn move_past(&self, records: &[OwnedMessage]) {
        let Some(last) = records.last() else { return };
        (self.commit)(last.offset() + 1);
        metrics::counter!("kafka_records_total", "topic" => self.mapping.topic.clone())
            .increment(records.len() as u64);
    }

    /// Whether the records are in the dead letters. While they cannot be written there, the
    /// partition waits: nothing is skipped.
    async fn bury(&mut self, records: &[OwnedMessage], failure: &Failure, tries: u32) -> bool {
        for message in records {
            let mut failures = 0;
            while let Err(error) = self.bury_one(message, failure, tries).await {
                tracing::error!(partition = self.name, %error, "a dead letter cannot be written");
                failures += 1;
                self.pause(retry::pause(failures, identifiers::fraction())).await;
                if self.stop.is_wished() {
                    return false;
                }
            }
            tracing::error!(
                partition = self.name,
                offset = message.offset(),
                code = failure.code,
                tries,
                "a record goes to the dead letters"
            );
            metrics::counter!("kafka_dead_letters_total", "topic" => self.mapping.topic.clone()).increment(1);
        }
        true
    }

    async fn bury_one(&self, message: &OwnedMessage, failure: &Failure, tries: u32) -> Result<(), BoxError> {
        self.workshop.dead_letters.bury(message, failure, tries, self.mapping.dead_letter).await
    }

    #[expect(clippy::disallowed_methods, reason = "what failed is given time to recover")]
    async fn pause(&mut self, pause: Duration) {
        tokio::select! {
            () = self.stop.wished() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

fn failed(code: &'static str, error: &str) -> Verdict {
    Verdict::Failed(Failure { code, error: error.to_owned(), retry: Retry::MayHelp })
}
