//! What is tried next, and when. Pure: no clock, no broker.

use std::collections::VecDeque;
use std::time::Duration;

use crate::function::Retry;
use crate::manifest::OnError;

use super::verdict::{Failure, Verdict};

const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A batch that is being settled: parts of it wait for delivery, in order.
pub(crate) struct Settlement<R> {
    parts: VecDeque<Part<R>>,
    on_error: OnError,
    retries: u32,
    failures_in_a_row: u32,
}

/// Records that are delivered together.
pub(crate) struct Part<R> {
    pub(crate) records: Vec<R>,
    /// How often exactly these records have failed.
    failed: u32,
}

/// What follows from a delivery.
pub(crate) enum Step<R> {
    /// These records are done; the offset moves past them.
    Done(Vec<R>),
    /// These records have failed for good.
    GivenUp {
        /// They go to the dead letters.
        records: Vec<R>,
        /// Why they failed last.
        failure: Failure,
        /// How often they were tried.
        tries: u32,
    },
    /// What failed is delivered again after a pause.
    Again(Failure),
}

impl<R> Settlement<R> {
    pub(crate) fn new(batch: Vec<R>, on_error: OnError, retries: u32) -> Self {
        let parts = VecDeque::from([Part { records: batch, failed: 0 }]);
        Self { parts, on_error, retries, failures_in_a_row: 0 }
    }

    /// The part to deliver next; `None` when the batch is settled.
    pub(crate) fn next(&mut self) -> Option<Part<R>> {
        self.parts.pop_front()
    }

    /// Decides what follows from a part's delivery, in the order of the steps. `too_old` says
    /// that a record is not worth another try.
    pub(crate) fn decide(
        &mut self,
        mut part: Part<R>,
        verdict: Verdict,
        too_old: impl Fn(&R) -> bool,
    ) -> Vec<Step<R>> {
        let (failed_at, failure) = match verdict {
            Verdict::Done => {
                self.failures_in_a_row = 0;
                return vec![Step::Done(part.records)];
            }
            Verdict::FailedAt(index, failure) => (Some(index), failure),
            Verdict::Failed(failure) => (None, failure),
        };
        self.failures_in_a_row += 1;
        let mut steps = Vec::new();
        if let Some(index) = failed_at {
            let after = part.records.split_off(index + 1);
            let failed = part.records.split_off(index);
            if !part.records.is_empty() {
                // something was done: the trouble is the record's, not the world's
                self.failures_in_a_row = 1;
                steps.push(Step::Done(part.records));
            }
            // delivered alone from now on, so its failures count from here
            let failures = if index == 0 && after.is_empty() { part.failed } else { 0 };
            self.put_back(after, 0);
            part = Part { records: failed, failed: failures };
        } else if part.records.len() > 1 && self.on_error == OnError::Bisect {
            let second = part.records.split_off(part.records.len().div_ceil(2));
            self.put_back(second, 0);
            self.put_back(part.records, 0);
            steps.push(Step::Again(failure));
            return steps;
        }
        part.failed += 1;
        let given_up = failure.retry == Retry::IsUseless || part.failed > self.retries;
        if given_up || part.records.iter().all(too_old) {
            steps.push(Step::GivenUp { records: part.records, failure, tries: part.failed });
        } else {
            self.put_back(part.records, part.failed);
            steps.push(Step::Again(failure));
        }
        steps
    }

    fn put_back(&mut self, records: Vec<R>, failed: u32) {
        if !records.is_empty() {
            self.parts.push_front(Part { records, failed });
        }
    }

    /// How long to wait before what failed is delivered again: doubling, at most 30 s, and
    /// between half and all of it by chance, so that partitions do not try in step.
    pub(crate) fn pause(&self, fraction: f64) -> Duration {
        pause(self.failures_in_a_row, fraction)
    }
}

/// The pause after so many failures in a row.
pub(crate) fn pause(failures: u32, fraction: f64) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1 << failures.saturating_sub(1).min(16));
    doubled.min(LONGEST_PAUSE).mul_f64(0.5 + fraction / 2.0)
}

#[cfg(test)]
mod tests;
