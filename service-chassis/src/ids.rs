//! Ids, as everything in PackyTrace makes them: from a value that tests can fix.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, Utc};
use uuid::{Builder, ContextV7, Timestamp, Uuid};

/// Makes ids. UUIDv7 for what we create, so that ids sort by time; `UUIDv4` where an id must
/// say nothing at all.
#[derive(Clone, Debug, Default)]
pub struct Ids(Source);

#[derive(Clone, Debug, Default)]
enum Source {
    #[default]
    System,
    Counted(Arc<AtomicU64>),
}

impl Ids {
    /// Ids with the operating system's randomness.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// Ids that count up from one: the same in every run of a test.
    pub fn counted() -> Self {
        Self(Source::Counted(Arc::default()))
    }

    /// A UUIDv7 (RFC 9562, section 5.7) of the given moment.
    pub fn next(&self, at: DateTime<Utc>) -> Uuid {
        let seconds = u64::try_from(at.timestamp()).unwrap_or(0);
        match &self.0 {
            Source::System => {
                let context = ContextV7::new();
                Uuid::new_v7(Timestamp::from_unix(&context, seconds, at.timestamp_subsec_nanos()))
            }
            Source::Counted(count) => {
                let millis = seconds * 1_000 + u64::from(at.timestamp_subsec_millis());
                let mut tail = [0; 10];
                tail[2..].copy_from_slice(&Self::count(count).to_be_bytes());
                Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
            }
        }
    }

    /// A `UUIDv4` (RFC 9562, section 5.4): 122 random bits and nothing else.
    pub fn random(&self) -> Uuid {
        match &self.0 {
            Source::System => system_random(),
            Source::Counted(count) => {
                let mut bytes = [0; 16];
                bytes[8..].copy_from_slice(&Self::count(count).to_be_bytes());
                Builder::from_random_bytes(bytes).into_uuid()
            }
        }
    }

    fn count(count: &AtomicU64) -> u64 {
        count.fetch_add(1, Ordering::Relaxed) + 1
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that draws random ids")]
fn system_random() -> Uuid {
    Uuid::new_v4()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_later_moments_sort_later() {
        let ids = Ids::system();
        let first = ids.next(DateTime::from_timestamp(1_000, 0).unwrap());
        let second = ids.next(DateTime::from_timestamp(1_001, 0).unwrap());
        assert!(first < second);
        assert_eq!(first.get_version_num(), 7);
        assert_eq!(ids.random().get_version_num(), 4);
    }

    #[test]
    fn counted_ids_are_the_same_in_every_run() {
        let at = DateTime::from_timestamp(1_000, 0).unwrap();
        assert_eq!(Ids::counted().next(at), Ids::counted().next(at));
    }
}
