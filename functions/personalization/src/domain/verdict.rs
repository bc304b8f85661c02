//! The verdict: every rule that applies to a profile, the worst first.

use std::borrow::Cow;

use shared_contracts::personalization::{FactRef, HealthProfile, Message, Outcome, Reason};

use super::{
    facts::Facts,
    interpret::{Case, Circumstances, Finding, Wish, interpret},
    rule_set::{Applies, Rule, RuleSet},
};

/// What the rules say to one profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Opinion {
    /// The worst outcome.
    pub headline: Outcome,
    /// How many checks could not be made.
    pub unchecked: u32,
    /// What each rule said, the worst first.
    pub reasons: Vec<Reason>,
}

/// Judges a product for a profile. The same rules, profile, facts and circumstances give the same
/// opinion, byte for byte.
pub fn judge(rules: &RuleSet, profile: &HealthProfile, facts: &Facts<'_>, at: Circumstances<'_>) -> Opinion {
    let case = Case { facts, at };
    let mut reasons = Vec::with_capacity(rules.rules.len());
    for rule in &rules.rules {
        for_each_wish(rule, profile, |id, wish| {
            if let Some(finding) = interpret(&rule.kind, wish, case) {
                reasons.push(reason(id, rule, finding, facts));
            }
        });
    }
    // Stable: among equals the order of the rule set.
    reasons.sort_by_key(|reason| reason.outcome);
    let unknown = reasons.iter().filter(|reason| reason.outcome == Outcome::Unknown).count();
    Opinion {
        headline: reasons.first().map_or(Outcome::Suitable, |worst| worst.outcome),
        unchecked: u32::try_from(unknown).unwrap_or(u32::MAX),
        reasons,
    }
}

/// What of the profile a rule is about: nothing, one thing, or several.
fn for_each_wish<'p>(rule: &Rule, profile: &'p HealthProfile, mut each: impl FnMut(String, Wish<'p>)) {
    let id = || rule.id.clone();
    match rule.applies {
        Applies::Everyone => each(id(), Wish::Plain),
        Applies::Allergen(code) => {
            // Of two entries the stricter one, which the enum has first.
            let entries = profile.allergens.iter().filter(|avoided| avoided.code == code);
            if let Some(avoided) = entries.min_by_key(|avoided| avoided.sensitivity as u8) {
                each(id(), Wish::Allergen(avoided.sensitivity));
            }
        }
        Applies::Diet(diet) if profile.diets.contains(&diet) => each(id(), Wish::Plain),
        Applies::Condition(condition) if profile.conditions.contains(&condition) => each(id(), Wish::Plain),
        Applies::Diet(_) | Applies::Condition(_) => {}
        Applies::OwnLimits => {
            for (index, limit) in profile.nutrient_limits.iter().enumerate() {
                each(format!("{}.{}", rule.id, index + 1), Wish::Limit(limit));
            }
        }
        Applies::OwnIngredients => {
            for (index, text) in profile.avoid_ingredients.iter().enumerate() {
                each(format!("{}.{}", rule.id, index + 1), Wish::Ingredient(text));
            }
        }
    }
}

fn reason(rule_id: String, rule: &Rule, finding: Finding, facts: &Facts<'_>) -> Reason {
    let fact = finding.place.map(|place| {
        let pointer = place.pointer();
        FactRef { source: facts.source(&pointer), pointer }
    });
    Reason {
        rule: rule_id,
        outcome: finding.outcome,
        class: rule.class,
        message: Message { key: Cow::Borrowed(finding.key), params: finding.params },
        fact,
        settled_by: finding.settled_by.map(Cow::Borrowed),
    }
}
