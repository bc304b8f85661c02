//! How far a partition is, for its metrics.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

/// No offset and no time: both are never negative.
const NONE: i64 = -1;

/// Written by a partition's worker, read by its metrics.
pub(crate) struct Progress {
    /// The first offset that is not done.
    next: AtomicI64,
    /// The time of the oldest record that is being worked on, in ms.
    working_on: AtomicI64,
}

impl Default for Progress {
    fn default() -> Self {
        Self { next: AtomicI64::new(NONE), working_on: AtomicI64::new(NONE) }
    }
}

impl Progress {
    /// A record came; the first one says where the partition stands.
    pub(crate) fn came(&self, offset: i64) {
        if self.next.load(Ordering::Relaxed) == NONE {
            self.next.store(offset, Ordering::Relaxed);
        }
    }

    /// Everything below the offset is done.
    pub(crate) fn moved_to(&self, offset: i64) {
        self.next.store(offset, Ordering::Relaxed);
    }

    /// A record of this time is being worked on.
    pub(crate) fn works_at(&self, millis: Option<i64>) {
        self.working_on.store(millis.unwrap_or(NONE), Ordering::Relaxed);
    }

    /// Nothing is being worked on.
    pub(crate) fn rests(&self) {
        self.works_at(None);
    }

    /// Records that are not done, if the partition ends here; unknown before the first record.
    pub(crate) fn behind(&self, end: i64) -> Option<u32> {
        let next = self.next.load(Ordering::Relaxed);
        if next == NONE || end < 0 {
            return None;
        }
        u32::try_from((end - next).max(0)).ok()
    }

    /// How old the record is that is being worked on.
    pub(crate) fn age(&self, now: i64) -> Duration {
        match self.working_on.load(Ordering::Relaxed) {
            NONE => Duration::ZERO,
            time => Duration::from_millis(now.saturating_sub(time).max(0).unsigned_abs()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lag_is_unknown_until_a_record_came_and_then_counts_what_is_not_done() {
        let progress = Progress::default();
        assert_eq!(progress.behind(30), None);
        progress.came(10);
        progress.came(11);
        assert_eq!((progress.behind(-1001), progress.behind(30)), (None, Some(20)));
        progress.moved_to(30);
        assert_eq!(progress.behind(30), Some(0));
    }

    #[test]
    fn age_is_that_of_the_record_being_worked_on() {
        let progress = Progress::default();
        assert_eq!(progress.age(5000), Duration::ZERO);
        progress.works_at(Some(2000));
        assert_eq!(progress.age(5000), Duration::from_secs(3));
        progress.rests();
        assert_eq!(progress.age(5000), Duration::ZERO);
    }
}
