//! A circuit breaker: a service that gives no answers is not asked by everybody.

use std::time::Duration;

/// Calls in a row without an answer that open the circuit.
const FAILURES: u32 = 10;
/// While it is open, one call in this many microseconds goes through as a trial.
const PAUSE: i64 = 1_000_000;

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer, whatever its status.
    Answered,
    /// None: refused, broken off, or too late.
    Silent,
}

/// The circuit to one service, of this process.
#[derive(Clone, Copy, Debug)]
pub enum Breaker {
    /// Calls go through; so many in a row had no answer.
    Closed {
        /// Calls in a row without an answer.
        silent: u32,
    },
    /// The next trial is due at this moment, in microseconds.
    Open {
        /// When.
        until: i64,
    },
}

impl Default for Breaker {
    fn default() -> Self {
        Self::Closed { silent: 0 }
    }
}

impl Breaker {
    /// Lets a call through, or says how long to wait. A trial that nobody hears of again is
    /// followed by the next one.
    pub fn enter(&mut self, now: i64) -> Result<(), Duration> {
        match *self {
            Self::Open { until } if (now..=now + PAUSE).contains(&until) && until > now => {
                Err(Duration::from_micros((until - now).unsigned_abs()))
            }
            Self::Open { .. } => {
                *self = Self::Open { until: now + PAUSE };
                Ok(())
            }
            Self::Closed { .. } => Ok(()),
        }
    }

    /// Learns what became of a call.
    pub fn learn(&mut self, outcome: Outcome, now: i64) {
        *self = match (outcome, *self) {
            (Outcome::Answered, _) => Self::Closed { silent: 0 },
            (Outcome::Silent, Self::Closed { silent }) if silent + 1 < FAILURES => {
                Self::Closed { silent: silent + 1 }
            }
            (Outcome::Silent, _) => Self::Open { until: now + PAUSE },
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened() -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES {
            assert_eq!(breaker.enter(0), Ok(()));
            breaker.learn(Outcome::Silent, 0);
        }
        breaker
    }

    #[test]
    fn silence_ten_times_in_a_row_opens_it() {
        assert_eq!(opened().enter(0), Err(Duration::from_secs(1)));
        assert_eq!(opened().enter(PAUSE - 1), Err(Duration::from_micros(1)));
    }

    #[test]
    fn an_answer_in_between_starts_the_count_again() {
        let mut breaker = Breaker::default();
        for _ in 0..5 {
            (1..FAILURES).for_each(|_| breaker.learn(Outcome::Silent, 0));
            breaker.learn(Outcome::Answered, 0);
        }
        assert_eq!(breaker.enter(0), Ok(()));
    }

    #[test]
    fn after_the_pause_one_call_tries_and_its_answer_closes_it() {
        let mut breaker = opened();
        assert_eq!(breaker.enter(PAUSE), Ok(()));
        assert!(breaker.enter(PAUSE).is_err(), "only one tries");
        breaker.learn(Outcome::Silent, PAUSE);
        assert!(breaker.enter(PAUSE + 1).is_err());
        assert_eq!(breaker.enter(2 * PAUSE), Ok(()));
        breaker.learn(Outcome::Answered, 2 * PAUSE);
        assert_eq!(breaker.enter(2 * PAUSE), Ok(()));
        assert_eq!(breaker.enter(2 * PAUSE), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nothing_shut() {
        let mut breaker = opened();
        assert_eq!(breaker.enter(-3_600 * PAUSE), Ok(()));
    }
}
