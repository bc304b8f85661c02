//! The parameters of the promise, and the check without which nothing is ever released.

use shared_contracts::events::{BatchStatus, Mechanism, Privacy, Unit};

use super::exact::{self, Rational, decimal, whole};

/// Version of these rules; another one whenever a brand's numbers mean something else.
pub const POLICY_VERSION: &str = "1";
/// How much one person counts in a group (L∞).
pub const MAX_PER_GROUP: u32 = 1;
/// How often the true number is in the interval.
const CI_LEVEL: &str = "0.95";
/// What is promised to people; settings may promise more and never less.
const PROMISED_EPSILON: &str = "2";
const PROMISED_DELTA: &str = "0.000001";
const PROMISED_MIN_PERSONS: u32 = 10;
/// Terms of the series that bound an exponential; doubled while they do not decide.
const TERMS: u32 = 32;
const MOST_TERMS: u32 = 4_096;

/// The parameters as somebody wants them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameters {
    /// ε, a decimal.
    pub epsilon: String,
    /// δ, a decimal.
    pub delta: String,
    /// Scale of the noise, a decimal.
    pub scale: String,
    /// Groups of product and metric in which one person counts at most (L0).
    pub max_groups: u32,
    /// A group of fewer persons is never shown (k).
    pub min_persons: u32,
    /// A number below this, noise included, is not shown (τ).
    pub release_threshold: u32,
}

impl Default for Parameters {
    fn default() -> Self {
        let (epsilon, delta) = (PROMISED_EPSILON.to_owned(), PROMISED_DELTA.to_owned());
        Self { epsilon, delta, scale: "2".to_owned(), max_groups: 4, min_persons: 10, release_threshold: 40 }
    }
}

/// Why parameters break the promise.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// It is no decimal.
    #[error("{name} is {text:?}, which is no decimal like 0.5")]
    NoDecimal {
        /// The parameter.
        name: &'static str,
        /// What stands there.
        text: String,
    },
    /// Zero means nothing here.
    #[error("{0} is zero")]
    Zero(&'static str),
    /// ε is above the promise.
    #[error("epsilon {epsilon} is above {PROMISED_EPSILON}, which people were promised")]
    Epsilon {
        /// As it stands there.
        epsilon: String,
    },
    /// δ is above the promise.
    #[error("delta {delta} is above {PROMISED_DELTA}, which people were promised")]
    Delta {
        /// As it stands there.
        delta: String,
    },
    /// k is below the promise.
    #[error("min_persons {min_persons} is below {PROMISED_MIN_PERSONS}, which people were promised")]
    MinPersons {
        /// As it stands there.
        min_persons: u32,
    },
    /// The noise is too small for ε.
    #[error(
        "noise of scale {scale} hides {max_groups} groups for an epsilon of {max_groups}/{scale} only, \
         which is above {epsilon}"
    )]
    Scale {
        /// As it stands there.
        scale: String,
        /// As it stands there.
        max_groups: u32,
        /// As it stands there.
        epsilon: String,
    },
    /// The threshold is too low for δ.
    #[error(
        "release_threshold {release_threshold} shows a group that one person made possible more often \
         than delta {delta} allows; the lowest that holds is {lowest}"
    )]
    Threshold {
        /// As it stands there.
        release_threshold: u32,
        /// As it stands there.
        delta: String,
        /// The one that would hold.
        lowest: u64,
    },
}

/// Parameters that keep the promise: the only ones that anything is released with.
#[derive(Clone, Debug)]
pub struct Policy {
    parameters: Parameters,
    scale: Rational,
    micro_epsilon: u64,
    ci_half_width: u32,
}

impl Parameters {
    /// Checks the promise by exact arithmetic.
    pub fn check(self) -> Result<Policy, Broken> {
        let epsilon = positive("epsilon", &self.epsilon)?;
        let delta = positive("delta", &self.delta)?;
        let scale = positive("scale", &self.scale)?;
        if self.max_groups == 0 {
            return Err(Broken::Zero("max_groups"));
        }
        if epsilon > decimal(PROMISED_EPSILON).unwrap_or_default() {
            return Err(Broken::Epsilon { epsilon: self.epsilon });
        }
        if delta > decimal(PROMISED_DELTA).unwrap_or_default() {
            return Err(Broken::Delta { delta: self.delta });
        }
        if self.min_persons < PROMISED_MIN_PERSONS {
            return Err(Broken::MinPersons { min_persons: self.min_persons });
        }
        // One person moves each of max_groups counts by MAX_PER_GROUP at most.
        let sensitivity = whole(u64::from(self.max_groups) * u64::from(MAX_PER_GROUP));
        if &epsilon * &scale < sensitivity {
            let Self { scale, max_groups, epsilon, .. } = self;
            return Err(Broken::Scale { scale, max_groups, epsilon });
        }
        let lowest = u64::from(self.min_persons) + distance(&scale, &delta, self.max_groups);
        if u64::from(self.release_threshold) < lowest {
            let Self { release_threshold, delta, .. } = self;
            return Err(Broken::Threshold { release_threshold, delta, lowest });
        }
        let micro_epsilon = (epsilon * whole(1_000_000)).ceil().to_integer();
        let micro_epsilon = u64::try_from(micro_epsilon).unwrap_or(u64::MAX);
        let ci_half_width = half_width(&scale);
        Ok(Policy { parameters: self, scale, micro_epsilon, ci_half_width })
    }
}

fn positive(name: &'static str, text: &str) -> Result<Rational, Broken> {
    let value = decimal(text).ok_or_else(|| Broken::NoDecimal { name, text: text.to_owned() })?;
    if value == whole(0) { Err(Broken::Zero(name)) } else { Ok(value) }
}

/// The smallest t such that `groups` numbers, each of them max to be shown k persons or more, pass
/// k + t with a chance of δ at most, where one person brought them to k.
fn distance(scale: &Rational, delta: &Rational, groups: u32) -> u64 {
    let holds = |t: u64| stays_hidden(scale, delta, groups, t);
    let mut above = 1;
    while !holds(above) {
        above *= 2;
    }
    let mut below = above / 2;
    while above - below > 1 {
        let middle = below.midpoint(above);
        if holds(middle) { above = middle } else { below = middle }
    }
    above
}

/// Whether (1 − p)^groups ≥ 1 − δ with p = P(noise ≥ t), which is the same as
/// p ≤ 1 − (1 − δ)^(1/groups). Bounds that do not decide are made closer; what they cannot decide
/// does not hold.
fn stays_hidden(scale: &Rational, delta: &Rational, groups: u32, t: u64) -> bool {
    let wanted = if *delta < whole(1) { whole(1) - delta } else { whole(0) };
    let mut terms = TERMS;
    while terms <= MOST_TERMS {
        let chance = exact::tail(scale, t, terms);
        if power(&(whole(1) - &chance.high), groups) >= wanted {
            return true;
        }
        if power(&(whole(1) - &chance.low), groups) < wanted {
            return false;
        }
        terms *= 2;
    }
    false
}

fn power(base: &Rational, exponent: u32) -> Rational {
    (0..exponent).fold(whole(1), |product, _| product * base)
}

/// The smallest w such that noise is farther than w from zero with a chance of 1 − level at most.
fn half_width(scale: &Rational) -> u32 {
    let outside = whole(1) - decimal(CI_LEVEL).unwrap_or_default();
    let holds = |width: &u32| whole(2) * exact::tail(scale, u64::from(*width) + 1, TERMS).high <= outside;
    (1..u32::MAX).find(holds).unwrap_or(u32::MAX)
}

impl Policy {
    /// The parameters.
    pub fn parameters(&self) -> &Parameters {
        &self.parameters
    }

    /// Scale of the noise.
    pub fn scale(&self) -> &Rational {
        &self.scale
    }

    /// What a window spends, in millionths of ε.
    pub fn micro_epsilon(&self) -> u64 {
        self.micro_epsilon
    }

    /// Half of the interval's width.
    pub fn ci_half_width(&self) -> u32 {
        self.ci_half_width
    }

    /// The number that is shown, if it is: n persons after bounding, with noise on them.
    pub fn shown(&self, persons: u64, noise: i64) -> Option<i64> {
        let value = i64::try_from(persons).ok()?.checked_add(noise)?;
        let enough = persons >= u64::from(self.parameters.min_persons);
        (enough && value >= i64::from(self.parameters.release_threshold)).then_some(value)
    }

    /// What a batch says of all this.
    pub fn told(&self, batch_status: BatchStatus) -> Privacy {
        let Parameters { epsilon, delta, scale, max_groups, min_persons, release_threshold } =
            self.parameters.clone();
        Privacy {
            policy_version: POLICY_VERSION.to_owned(),
            unit: Unit::Person,
            mechanism: Mechanism::DiscreteLaplaceThreshold,
            epsilon,
            delta,
            scale,
            max_groups_per_person: max_groups,
            max_per_group: MAX_PER_GROUP,
            min_persons,
            release_threshold,
            ci_level: CI_LEVEL.to_owned(),
            ci_half_width: self.ci_half_width,
            batch_status,
        }
    }
}

#[cfg(test)]
mod tests;
