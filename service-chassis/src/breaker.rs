//! A circuit breaker: a service that gives no answers is not asked by everybody.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use crate::clock::Clock;

/// While the circuit is open, one call in this many microseconds goes through as a trial.
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
#[derive(Debug)]
pub struct Breaker {
    clock: Clock,
    failures: u32,
    circuit: Mutex<Circuit>,
}

#[derive(Clone, Copy, Debug)]
enum Circuit {
    /// Calls go through; so many in a row had no answer.
    Closed { silent: u32 },
    /// The next trial is due at this moment, in microseconds.
    Open { until: i64 },
}

impl Breaker {
    /// One that so many calls in a row without an answer open.
    pub fn new(failures: u32, clock: Clock) -> Self {
        Self { clock, failures, circuit: Mutex::new(Circuit::Closed { silent: 0 }) }
    }

    /// Lets a call through, or says how long to wait. A trial that nobody hears of again is
    /// followed by the next one, and a clock that is set back keeps nothing shut.
    ///
    /// # Errors
    /// The time until the next trial.
    pub fn enter(&self) -> Result<(), Duration> {
        let now = self.now();
        let mut circuit = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        match *circuit {
            Circuit::Closed { .. } => Ok(()),
            Circuit::Open { until } if now < until && until <= now + PAUSE => {
                Err(Duration::from_micros((until - now).unsigned_abs()))
            }
            Circuit::Open { .. } => {
                *circuit = Circuit::Open { until: now + PAUSE };
                Ok(())
            }
        }
    }

    /// Learns what became of a call.
    pub fn learn(&self, outcome: Outcome) {
        let now = self.now();
        let mut circuit = self.circuit.lock().unwrap_or_else(PoisonError::into_inner);
        *circuit = match (outcome, *circuit) {
            (Outcome::Answered, _) => Circuit::Closed { silent: 0 },
            (Outcome::Silent, Circuit::Closed { silent }) if silent + 1 < self.failures => {
                Circuit::Closed { silent: silent + 1 }
            }
            (Outcome::Silent, _) => Circuit::Open { until: now + PAUSE },
        };
    }

    fn now(&self) -> i64 {
        self.clock.now().timestamp_micros()
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};

    use super::*;

    const FAILURES: u32 = 10;
    const PAUSE: TimeDelta = TimeDelta::microseconds(super::PAUSE);

    fn closed() -> (Breaker, Clock) {
        let clock = Clock::fixed(DateTime::from_timestamp(1_795_341_600, 0).unwrap());
        (Breaker::new(FAILURES, clock.clone()), clock)
    }

    fn opened() -> (Breaker, Clock) {
        let (breaker, clock) = closed();
        for _ in 0..FAILURES {
            assert_eq!(breaker.enter(), Ok(()));
            breaker.learn(Outcome::Silent);
        }
        (breaker, clock)
    }

    #[test]
    fn silence_ten_times_in_a_row_opens_it() {
        let (breaker, clock) = opened();
        assert_eq!(breaker.enter(), Err(Duration::from_secs(1)));
        clock.advance(PAUSE - TimeDelta::microseconds(1));
        assert_eq!(breaker.enter(), Err(Duration::from_micros(1)));
    }

    #[test]
    fn an_answer_in_between_starts_the_count_again() {
        let (breaker, _) = closed();
        for _ in 0..5 {
            (1..FAILURES).for_each(|_| breaker.learn(Outcome::Silent));
            breaker.learn(Outcome::Answered);
        }
        assert_eq!(breaker.enter(), Ok(()));
    }

    #[test]
    fn after_the_pause_one_call_tries_and_its_answer_closes_it() {
        let (breaker, clock) = opened();
        clock.advance(PAUSE);
        assert_eq!(breaker.enter(), Ok(()));
        assert!(breaker.enter().is_err(), "only one tries");
        breaker.learn(Outcome::Silent);
        assert!(breaker.enter().is_err());
        clock.advance(PAUSE);
        assert_eq!(breaker.enter(), Ok(()));
        breaker.learn(Outcome::Answered);
        assert_eq!((breaker.enter(), breaker.enter()), (Ok(()), Ok(())));
    }

    #[test]
    fn a_clock_that_is_set_back_keeps_nothing_shut() {
        let (breaker, clock) = opened();
        clock.advance(TimeDelta::hours(-1));
        assert_eq!(breaker.enter(), Ok(()));
    }
}
