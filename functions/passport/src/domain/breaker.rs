//! A circuit breaker: while personalization gives no answers, scans do not wait for it.

/// Calls in a row without an answer that open the circuit.
const FAILURES: u32 = 5;
/// While it is open, one call in this many microseconds goes through as a trial.
const PAUSE: i64 = 1_000_000;

/// What a call came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// An answer, whatever it says.
    Answered,
    /// None.
    Silent,
}

/// The circuit, of this process.
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
    /// Whether a call may go through now. A trial that nobody hears of again is followed by the
    /// next one, and a clock that is set back keeps nothing shut.
    pub fn enter(&mut self, now: i64) -> bool {
        match *self {
            Self::Open { until } if until > now && until <= now + PAUSE => false,
            Self::Open { .. } => {
                *self = Self::Open { until: now + PAUSE };
                true
            }
            Self::Closed { .. } => true,
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
            assert!(breaker.enter(0));
            breaker.learn(Outcome::Silent, 0);
        }
        breaker
    }

    #[test]
    fn silence_in_a_row_opens_it_and_an_answer_in_between_does_not() {
        assert!(!opened().enter(0));
        let mut breaker = Breaker::default();
        for _ in 0..3 {
            (1..FAILURES).for_each(|_| breaker.learn(Outcome::Silent, 0));
            breaker.learn(Outcome::Answered, 0);
        }
        assert!(breaker.enter(0));
    }

    #[test]
    fn after_the_pause_one_call_tries_and_its_answer_closes_it() {
        let mut breaker = opened();
        assert!(breaker.enter(PAUSE));
        assert!(!breaker.enter(PAUSE), "only one tries");
        breaker.learn(Outcome::Answered, PAUSE);
        assert!(breaker.enter(PAUSE) && breaker.enter(PAUSE));
        assert!(opened().enter(-3_600 * PAUSE), "a clock that is set back");
    }
}
