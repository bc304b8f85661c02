//! The kind `allergen`: five states of presence, and what each comes to.

use shared_contracts::personalization::{Outcome, Sensitivity};

use super::Finding;
use crate::domain::{
    allergens::{self, Set},
    facts::{Facts, Place, Presence},
    rule_set::AllergenRule,
};

/// What is known of an allergen in a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Contains,
    MayContain,
    /// A positive claim, and nothing against it.
    FreeFrom,
    /// A complete statement of who answers for it, all of it understood, without it.
    NotDeclared,
    /// A claim, and something against it.
    Contradicted,
    Unknown,
}

pub(super) fn judge(rule: &AllergenRule, sensitivity: Sensitivity, facts: &Facts<'_>) -> Finding {
    let (state, place) = state(rule, facts);
    let finding = told(state, sensitivity, facts);
    let finding = match (&facts.declared.unmapped, finding.outcome) {
        // A declared value that nobody understands may be this very allergen.
        (Some(unmapped), Outcome::Suitable) => {
            Finding::unknown("allergen.unmapped", "allergens.understood").at(unmapped.clone())
        }
        _ => Finding { place: place.or(finding.place), ..finding },
    };
    finding.param("allergen", rule.allergen.as_str())
}

fn state(rule: &AllergenRule, facts: &Facts<'_>) -> (State, Option<Place>) {
    if let Some(claim) = rule.claim.and_then(|claim| facts.declared.claim(claim)) {
        return match facts.declared.worst(rule.contradicted_by) {
            Some(against) => (State::Contradicted, Some(against.place.clone())),
            None => (State::FreeFrom, Some(claim.clone())),
        };
    }
    let speaking = allergens::spoken_for_by(rule.allergen);
    let claim = facts.declared.free_from.iter().find(|claim| claim.allergens.meets(speaking));
    let against = facts.declared.worst(allergens::related(rule.allergen));
    match (against, claim) {
        (Some(against), Some(_)) => (State::Contradicted, Some(against.place.clone())),
        (Some(against), None) => {
            let state =
                if against.presence == Presence::Contains { State::Contains } else { State::MayContain };
            (state, Some(against.place.clone()))
        }
        (None, Some(claim)) => match belied(claim.allergens, speaking, facts) {
            Some(place) => (State::Contradicted, Some(place)),
            None => (State::FreeFrom, Some(claim.place.clone())),
        },
        (None, None) if facts.untold().is_none() => (State::NotDeclared, Some(Place::Statement)),
        (None, None) => (State::Unknown, None),
    }
}

/// A claim for a whole group that one of its members belies is worth nothing for the others.
fn belied(claimed: Set, speaking: Set, facts: &Facts<'_>) -> Option<Place> {
    let claimed = claimed.codes().filter(|code| speaking.meets(Set::of(*code))).collect();
    facts.declared.belying(claimed).map(|against| against.place.clone())
}

fn told(state: State, sensitivity: Sensitivity, facts: &Facts<'_>) -> Finding {
    let is_strict = sensitivity == Sensitivity::Strict;
    match state {
        State::Contains => Finding::new(Outcome::Avoid, "allergen.contains"),
        State::MayContain if is_strict => Finding::new(Outcome::Avoid, "allergen.may_contain"),
        State::MayContain => Finding::new(Outcome::Caution, "allergen.may_contain"),
        State::FreeFrom => Finding::new(Outcome::Suitable, "allergen.free_from"),
        State::NotDeclared if is_strict => Finding::new(Outcome::Caution, "allergen.not_declared"),
        State::NotDeclared => Finding::new(Outcome::Suitable, "allergen.not_declared"),
        State::Contradicted => Finding::unknown("allergen.contradicted", "allergens.consistent"),
        State::Unknown => match facts.untold() {
            Some(untold) => Finding::untold("allergen.unknown", untold),
            None => Finding::unknown("allergen.unknown", "allergens.statement"),
        },
    }
}
