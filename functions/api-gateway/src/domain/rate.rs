//! Token buckets, in the form of the generic cell rate algorithm (ITU-T I.371): one number each.

use std::{
    convert::Infallible,
    hash::Hash,
    num::NonZeroU32,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use quick_cache::sync::Cache;

/// Microseconds in a second.
const SECOND: i64 = 1_000_000;
/// Callers that one limiter remembers; who is forgotten begins with a full bucket.
const CALLERS: usize = 50_000;

/// So many in a span of time, all of them at once if need be.
#[derive(Clone, Copy, Debug)]
pub struct Rate {
    /// Microseconds until one more is allowed.
    interval: i64,
    /// Microseconds of the span, which is also the most that a bucket holds.
    span: i64,
}

impl Rate {
    /// `count` a second; finer than a microsecond is not told apart.
    pub fn per_second(count: NonZeroU32) -> Self {
        Self::within(SECOND, count)
    }

    /// `count` a minute.
    pub fn per_minute(count: NonZeroU32) -> Self {
        Self::within(60 * SECOND, count)
    }

    fn within(span: i64, count: NonZeroU32) -> Self {
        Self { interval: (span / i64::from(count.get())).max(1), span }
    }
}

/// One bucket: the moment, in microseconds, at which it will be full again.
#[derive(Debug, Default)]
pub struct Bucket(AtomicI64);

impl Bucket {
    /// Takes one at `now` (microseconds), or says how long to wait for it.
    pub fn take(&self, rate: Rate, now: i64) -> Result<(), Duration> {
        let mut full_at = self.0.load(Ordering::Relaxed);
        loop {
            // A moment this far off is from before the clock was set back: it says nothing now.
            let known = if full_at > now + 2 * rate.span { now } else { full_at.max(now) };
            let next = known + rate.interval;
            let wait = next - (now + rate.span);
            if wait > 0 {
                return Err(Duration::from_micros(wait.unsigned_abs()));
            }
            match self.0.compare_exchange_weak(full_at, next, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return Ok(()),
                Err(changed) => full_at = changed,
            }
        }
    }
}

/// A bucket for each caller, in bounded memory.
pub struct Limiter<K> {
    rate: Rate,
    buckets: Cache<K, Arc<Bucket>>,
}

impl<K: Copy + Eq + Hash> Limiter<K> {
    /// This rate for each caller.
    pub fn new(rate: Rate) -> Self {
        Self { rate, buckets: Cache::new(CALLERS) }
    }

    /// Takes one for `caller` at `now` (microseconds), or says how long to wait for it.
    pub fn take(&self, caller: K, now: i64) -> Result<(), Duration> {
        let Ok(bucket) = self.buckets.get_or_insert_with::<_, Infallible>(&caller, || Ok(Arc::default()));
        bucket.take(self.rate, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_800_000_000 * SECOND;

    fn rate(count: u32) -> Rate {
        Rate::per_second(NonZeroU32::new(count).unwrap())
    }

    fn taken(bucket: &Bucket, count: u32, now: i64) -> usize {
        std::iter::from_fn(|| bucket.take(rate(count), now).ok()).take(10_000).count()
    }

    #[test]
    fn a_seconds_worth_may_come_at_once_and_no_more() {
        let bucket = Bucket::default();
        assert_eq!(taken(&bucket, 50, NOW), 50);
        assert_eq!(bucket.take(rate(50), NOW), Err(Duration::from_millis(20)));
        assert_eq!(taken(&bucket, 50, NOW + SECOND / 10), 5);
        assert_eq!(taken(&bucket, 50, NOW + 100 * SECOND), 50);
    }

    #[test]
    fn a_minutes_worth_may_come_at_once_and_no_more() {
        let (bucket, five) = (Bucket::default(), Rate::per_minute(NonZeroU32::new(5).unwrap()));
        assert_eq!(std::iter::from_fn(|| bucket.take(five, NOW).ok()).take(20).count(), 5);
        assert_eq!(bucket.take(five, NOW), Err(Duration::from_secs(12)));
        assert_eq!(bucket.take(five, NOW + 12 * SECOND), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let bucket = Bucket::default();
        assert_eq!(taken(&bucket, 50, NOW), 50);
        let before = NOW - 3_600 * SECOND;
        assert_eq!(taken(&bucket, 50, before), 50);
        assert_eq!(taken(&bucket, 50, before - SECOND), 0, "a little back is only a pause");
    }

    proptest::proptest! {
        #[test]
        fn no_window_of_a_second_lets_twice_the_rate_pass(count in 1_u32..200, steps in proptest::collection::vec(0_i64..300_000, 1..200)) {
            let bucket = Bucket::default();
            let (mut now, mut passed) = (NOW, Vec::new());
            for step in steps {
                now += step;
                if bucket.take(rate(count), now).is_ok() {
                    passed.push(now);
                }
            }
            for start in &passed {
                let in_window = passed.iter().filter(|at| (*start..*start + SECOND).contains(at)).count();
                proptest::prop_assert!(in_window <= 2 * count as usize);
            }
        }
    }
}
