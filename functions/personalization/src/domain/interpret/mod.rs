//! What each kind of rule says about a product. A rule that cannot tell says `unknown`; only what
//! is positively known makes it say `suitable`.

mod allergen;
mod labels;
mod made_of;
mod nutrients;
mod overlays;

use std::{borrow::Cow, collections::BTreeMap};

use chrono::NaiveDate;
use serde_json::Value;
use shared_contracts::personalization::{NutrientLimit, Outcome, Sensitivity};

use super::{
    facts::{Facts, Place, Untold},
    rule_set::Kind,
};

/// The package at hand, and the day: what a label does not say.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// The day of the verdict.
    pub on: NaiveDate,
    /// AI 10.
    pub lot: Option<&'a str>,
    /// AI 17.
    pub use_by: Option<NaiveDate>,
    /// AI 15.
    pub best_before: Option<NaiveDate>,
}

/// What of a profile a rule is about.
#[derive(Clone, Copy, Debug)]
pub enum Wish<'a> {
    /// An allergen, this strictly.
    Allergen(Sensitivity),
    /// An own limit.
    Limit(&'a NutrientLimit),
    /// An own ingredient.
    Ingredient(&'a str),
    /// A diet, a condition, or nothing in particular.
    Plain,
}

/// What a rule says.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it comes to.
    pub outcome: Outcome,
    /// Which message.
    pub key: &'static str,
    /// What stands in it.
    pub params: BTreeMap<Cow<'static, str>, Value>,
    /// The fact behind it.
    pub place: Option<Place>,
    /// For an unknown: what would settle it.
    pub settled_by: Option<&'static str>,
}

impl Finding {
    fn new(outcome: Outcome, key: &'static str) -> Self {
        Self { outcome, key, params: BTreeMap::new(), place: None, settled_by: None }
    }

    /// The facts do not tell.
    fn unknown(key: &'static str, settled_by: &'static str) -> Self {
        Self { settled_by: Some(settled_by), ..Self::new(Outcome::Unknown, key) }
    }

    /// The label does not tell all.
    fn untold(key: &'static str, untold: &Untold) -> Self {
        Self { place: untold.place.clone(), ..Self::unknown(key, untold.settled_by) }
    }

    fn at(self, place: Place) -> Self {
        Self { place: Some(place), ..self }
    }

    fn param(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.params.insert(Cow::Borrowed(name), value.into());
        self
    }
}

/// Everything but a rule that a rule needs.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The facts of the product.
    pub facts: &'a Facts<'a>,
    /// The package and the day.
    pub at: Circumstances<'a>,
}

/// What a rule says; `None` when there is nothing to say.
pub fn interpret(kind: &Kind, wish: Wish<'_>, case: Case<'_>) -> Option<Finding> {
    match (kind, wish) {
        (Kind::Allergen(rule), Wish::Allergen(sensitivity)) => {
            Some(allergen::judge(rule, rule.sensitivity.unwrap_or(sensitivity), case.facts))
        }
        (Kind::Allergen(rule), _) => {
            Some(allergen::judge(rule, rule.sensitivity.unwrap_or_default(), case.facts))
        }
        (Kind::IngredientFlag(rule), _) => Some(made_of::ingredients(rule, case)),
        (Kind::Additive(rule), _) => Some(made_of::additives(rule, case)),
        (Kind::NutrientLimit(rule), Wish::Limit(limit)) if rule.traffic_light.is_none() => {
            Some(nutrients::own(limit, case.facts))
        }
        (Kind::NutrientLimit(rule), _) => {
            Some(nutrients::traffic_light(rule.traffic_light.as_ref()?, case.facts))
        }
        (Kind::ClaimRequired(rule), _) => Some(labels::certificate(rule, case)),
        (Kind::CategoryWarning(rule), _) => Some(labels::category(rule, case.facts)),
        (Kind::Statement(rule), _) => Some(labels::statement(rule, case.facts)),
        (Kind::OwnIngredient(_), Wish::Ingredient(text)) => Some(made_of::own(text, case.facts)),
        (Kind::OwnIngredient(_), _) => None,
        (Kind::Recall(_), _) => overlays::recall(case),
        (Kind::Date(_), _) => overlays::date(case.at),
    }
}
