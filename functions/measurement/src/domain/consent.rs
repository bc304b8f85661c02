//! Consent to being counted: unknown is no, and what counts is what is known at the close.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::pseudonym::Pseudonym;

/// A decision of somebody.
#[derive(Clone, Debug)]
pub struct Decision {
    /// The event's id, which decides between two of the same moment.
    pub event_id: Uuid,
    /// Who decided.
    pub subject: Pseudonym,
    /// Given, or withdrawn.
    pub granted: bool,
    /// When, by identity's clock.
    pub at: DateTime<Utc>,
}

/// Since when each of those who consent has done so without a break.
#[derive(Default)]
pub struct Consents(HashMap<Pseudonym, DateTime<Utc>>);

impl Consents {
    /// From all decisions that are known, in any order.
    pub fn of(mut decisions: Vec<Decision>) -> Self {
        decisions.sort_by_key(|decision| (decision.subject, decision.at, decision.event_id));
        let mut since = HashMap::new();
        for Decision { subject, granted, at, .. } in decisions {
            if granted {
                since.entry(subject).or_insert(at);
            } else {
                since.remove(&subject);
            }
        }
        Self(since)
    }

    /// Since when somebody consents, who does.
    pub fn since(&self, subject: Pseudonym) -> Option<DateTime<Utc>> {
        self.0.get(&subject).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decision(n: u128, granted: bool, minute: i64) -> Decision {
        let at = DateTime::from_timestamp(minute * 60, 0).unwrap();
        Decision { event_id: Uuid::from_u128(n), subject: Pseudonym([1; 16]), granted, at }
    }

    fn since(decisions: Vec<Decision>) -> Option<i64> {
        Consents::of(decisions).since(Pseudonym([1; 16])).map(|at| at.timestamp() / 60)
    }

    #[test]
    fn unknown_is_no() {
        assert_eq!(since(vec![]), None);
    }

    #[test]
    fn consent_counts_from_where_it_was_not_broken_any_more() {
        let history =
            vec![decision(1, true, 1), decision(2, false, 5), decision(3, true, 9), decision(4, true, 12)];
        assert_eq!(since(history.clone()), Some(9));
        assert_eq!(since(history.into_iter().rev().collect()), Some(9));
    }

    #[test]
    fn who_withdrew_does_not_consent_for_what_was_before_either() {
        assert_eq!(since(vec![decision(1, true, 1), decision(2, false, 5)]), None);
    }
}
