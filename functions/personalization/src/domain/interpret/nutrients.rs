//! The kind `nutrient_limit`: limits as on the front of a pack, and own ones.

use shared_contracts::personalization::{LimitBasis, LimitedNutrient, NutrientLimit, Outcome};

use super::Finding;
use crate::domain::{
    facts::{Amounts, Basis, Facts, Food, Measure, Place, base_unit, food},
    rule_set::{Range, TrafficLight},
};

/// High, medium or low; of statements that contradict each other the worst. A value for 100 g may be
/// that of a drink, whose limits are lower, unless the package is weighed.
pub(super) fn traffic_light(rule: &TrafficLight, facts: &Facts<'_>) -> Finding {
    let product = &facts.passport.product;
    let kind = food(product);
    let weighed = Amounts::of(product, &rule.nutrient, Basis::Per100g).values.into_iter();
    let measured = Amounts::of(product, &rule.nutrient, Basis::Per100ml).values.into_iter();
    let mut stated: Vec<Stated> = weighed
        .map(|(value, place)| Stated { outcome: by_weight(rule, value, kind), value, place })
        .chain(measured.map(|(value, place)| Stated {
            outcome: colour(rule, rule.drink, value),
            value,
            place,
        }))
        .collect();
    stated.sort_by_key(|one| one.outcome);
    let agree = stated.iter().all(|one| one.outcome == stated[0].outcome);
    match stated.into_iter().next() {
        None => missing(rule, facts),
        Some(worst) if agree => told(rule, worst),
        Some(worst) => Finding { key: "nutrient.contradicted", ..told(rule, worst) },
    }
}

/// A stated value and what it comes to.
struct Stated {
    outcome: Outcome,
    value: f64,
    place: Place,
}

fn missing(rule: &TrafficLight, facts: &Facts<'_>) -> Finding {
    let finding = match facts.untold() {
        _ if !rule.or_told_by_ingredients => Finding::unknown("nutrient.missing", "nutriments.stated"),
        Some(untold) => Finding::untold("nutrient.missing", untold),
        None => Finding::new(Outcome::Suitable, "nutrient.not_in_ingredients").at(Place::Statement),
    };
    finding.param("nutrient", rule.nutrient.as_str())
}

fn told(rule: &TrafficLight, Stated { outcome, value, place }: Stated) -> Finding {
    let finding = match outcome {
        Outcome::Unknown => Finding::unknown("nutrient.food_or_drink", "quantity.unit"),
        Outcome::Suitable => Finding::new(outcome, "nutrient.within"),
        _ => Finding::new(outcome, "nutrient.above"),
    };
    finding
        .at(place)
        .param("nutrient", rule.nutrient.as_str())
        .param("value", rounded(value))
        .param("unit", rule.unit.as_str())
}

fn colour(rule: &TrafficLight, range: Range, value: f64) -> Outcome {
    if value > range.high {
        rule.high
    } else if value > range.low {
        rule.medium
    } else {
        Outcome::Suitable
    }
}

fn by_weight(rule: &TrafficLight, value: f64, food: Food) -> Outcome {
    let (as_food, as_drink) = (colour(rule, rule.food, value), colour(rule, rule.drink, value));
    let may_be_a_drink = food == Food::Unknown;
    if may_be_a_drink && as_food == Outcome::Suitable && as_drink != Outcome::Suitable {
        return Outcome::Unknown;
    }
    as_food
}

/// Above an own limit, or within it.
pub(super) fn own(limit: &NutrientLimit, facts: &Facts<'_>) -> Finding {
    let finding = match against_own(limit, facts) {
        None => Finding::unknown("nutrient.missing", "nutriments.stated"),
        Some((true, place)) => Finding::new(Outcome::Avoid, "nutrient.above_own").at(place),
        Some((false, place)) => Finding::new(Outcome::Suitable, "nutrient.within_own").at(place),
    };
    let basis = serde_json::to_value(limit.basis).unwrap_or_default();
    finding
        .param("nutrient", name(limit.nutrient))
        .param("max", limit.max.clone())
        .param("unit", limit.unit.as_str())
        .param("basis", basis)
}

/// Whether the stated value is above the limit, and where it stands.
fn against_own(limit: &NutrientLimit, facts: &Facts<'_>) -> Option<(bool, Place)> {
    let measure = if limit.nutrient == LimitedNutrient::Energy { Measure::Energy } else { Measure::Mass };
    let most = limit.max.as_f64()? * base_unit(&limit.unit, measure)?;
    let basis = match limit.basis {
        LimitBasis::Per100g => Basis::Per100g,
        LimitBasis::Per100ml => Basis::Per100ml,
        LimitBasis::Portion => Basis::Portion,
    };
    let stated = Amounts::of(&facts.passport.product, name(limit.nutrient), basis);
    let (value, place) = stated.highest()?;
    Some((value > most, place))
}

fn name(nutrient: LimitedNutrient) -> &'static str {
    match nutrient {
        LimitedNutrient::Fat => "fat",
        LimitedNutrient::Saturates => "saturates",
        LimitedNutrient::Sugars => "sugars",
        LimitedNutrient::Salt => "salt",
        LimitedNutrient::Energy => "energy",
        LimitedNutrient::Protein => "protein",
        LimitedNutrient::Carbohydrate => "carbohydrate",
    }
}

/// As many digits as a label has: two decimals.
fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}
