//! Nutrition values. Until schema 1002 all stand flat in `nutriments`: what was typed (`fat_value`,
//! `fat_unit`, for the amount of food in `nutrition_data_per`) and what was computed from it
//! (`fat_100g`, `fat_serving`). From schema 1003 on they stand in sets, `nutrition.input_sets`, each
//! with its own amount of food.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};
use shared_contracts::passport::{Basis, Nutriment};

use super::{number, text};
use crate::catalog::terms;

/// What stands among the nutriments and is none.
const SCORES: &[&str] = &["nova-group", "nutrition-score"];

/// All values of a record.
pub(super) fn read(record: &Map<String, Value>) -> Result<Vec<Nutriment>, String> {
    match record.get("nutriments").and_then(Value::as_object).filter(|flat| !flat.is_empty()) {
        Some(flat) => from_flat(record, flat),
        None => from_sets(record.get("nutrition")),
    }
}

/// What the flat form says of one nutrient, as sold or as prepared.
#[derive(Default)]
struct Stated<'r> {
    /// The number alone, in the unit that was typed or computed.
    plain: Option<&'r Value>,
    /// As typed.
    value: Option<&'r Value>,
    /// The unit as typed.
    unit: Option<&'r str>,
    /// Computed for 100 g or ml, in the normal unit.
    hundred: Option<&'r Value>,
    /// Computed for a serving, in the normal unit.
    serving: Option<&'r Value>,
}

fn from_flat(record: &Map<String, Value>, flat: &Map<String, Value>) -> Result<Vec<Nutriment>, String> {
    let mut all: BTreeMap<(&str, bool), Stated<'_>> = BTreeMap::new();
    for (name, value) in flat {
        let (name, part) = split(name);
        let (name, prepared) = name.strip_suffix("_prepared").map_or((name, false), |name| (name, true));
        if SCORES.iter().any(|score| name.starts_with(score)) {
            continue;
        }
        let stated = all.entry((name, prepared)).or_default();
        match part {
            Part::Plain => stated.plain = Some(value),
            Part::Value => stated.value = Some(value),
            Part::Unit => stated.unit = value.as_str().filter(|unit| !unit.is_empty()),
            Part::Hundred => stated.hundred = Some(value),
            Part::Serving => stated.serving = Some(value),
            Part::Other => {}
        }
    }
    let mut nutriments = Vec::new();
    for ((name, prepared), stated) in all {
        let per = if prepared { "nutrition_data_prepared_per" } else { "nutrition_data_per" };
        let per = text(record, per).unwrap_or_default();
        let found =
            of_nutrient(name, &stated, per).map_err(|reason| format!("nutriments.{name}: {reason}"))?;
        let prepared = prepared.then_some(true);
        nutriments.extend(found.into_iter().map(|nutriment| Nutriment { prepared, ..nutriment }));
    }
    Ok(nutriments)
}

enum Part {
    Plain,
    Value,
    Unit,
    Hundred,
    Serving,
    Other,
}

fn split(member: &str) -> (&str, Part) {
    let ends = [
        ("_value", Part::Value),
        ("_unit", Part::Unit),
        ("_100g", Part::Hundred),
        ("_serving", Part::Serving),
        ("_label", Part::Other),
        ("_modifier", Part::Other),
    ];
    for (end, part) in ends {
        if let Some(name) = member.strip_suffix(end) {
            return (name, part);
        }
    }
    (member, Part::Plain)
}

/// What was typed, for the amount of food that it was typed for, and what was computed for another.
fn of_nutrient(name: &str, stated: &Stated<'_>, per: &str) -> Result<Vec<Nutriment>, String> {
    let basis = terms::basis(per)?;
    let hundred = if basis == Some(Basis::Per100ml) { Basis::Per100ml } else { Basis::Per100g };
    let (hundreds, servings) = (number(stated.hundred)?, number(stated.serving)?);
    // Without an amount of food, computed values say more than typed ones.
    let typed_counts = basis.is_some() || (hundreds.is_none() && servings.is_none());
    let typed = match number(stated.value)? {
        Some(value) => Some((value, stated.unit)),
        None if hundreds.is_none() && servings.is_none() => {
            number(stated.plain)?.map(|value| (value, stated.unit))
        }
        None => None,
    };
    let typed = typed.filter(|_| typed_counts);

    let mut nutriments = Vec::new();
    let taken = typed.is_some();
    nutriments.extend(typed.map(|(value, unit)| nutriment(name, value, unit, basis)));
    for (value, computed_for) in [(hundreds, hundred), (servings, Basis::Serving)] {
        if taken && basis == Some(computed_for) {
            continue;
        }
        nutriments.extend(value.map(|value| nutriment(name, value, normal_unit(name), Some(computed_for))));
    }
    Ok(nutriments)
}

fn nutriment(name: &str, value: Number, unit: Option<&str>, basis: Option<Basis>) -> Nutriment {
    Nutriment {
        nutrient: terms::nutrient(name, unit),
        value,
        unit: unit.map(str::to_owned),
        basis,
        prepared: None,
    }
}

/// The unit that Open Food Facts computes in (its nutrient taxonomy).
fn normal_unit(name: &str) -> Option<&'static str> {
    match name {
        "energy" | "energy-kj" | "energy-from-fat" => Some("kJ"),
        "energy-kcal" => Some("kcal"),
        "alcohol" => Some("% vol"),
        "ph" | "water-hardness" | "glycemic-index" => None,
        name if name.starts_with("fruits-vegetables") || name == "cocoa" => Some("%"),
        _ => Some("g"),
    }
}

fn from_sets(nutrition: Option<&Value>) -> Result<Vec<Nutriment>, String> {
    let sets = nutrition.and_then(|nutrition| nutrition.get("input_sets")?.as_array());
    let mut nutriments = Vec::new();
    for set in sets.into_iter().flatten().filter_map(Value::as_object) {
        // Estimated from the ingredients: nobody states it.
        if text(set, "source") == Some("estimate") {
            continue;
        }
        let basis = terms::basis(text(set, "per").unwrap_or_default())?;
        let prepared = (text(set, "preparation") == Some("prepared")).then_some(true);
        for (name, stated) in set.get("nutrients").and_then(Value::as_object).into_iter().flatten() {
            let stated = stated.as_object();
            let value = stated.and_then(|stated| stated.get("value_string").or_else(|| stated.get("value")));
            let value = number(value).map_err(|reason| format!("nutrition.{name}: {reason}"))?;
            let unit = stated.and_then(|stated| text(stated, "unit"));
            nutriments
                .extend(value.map(|value| Nutriment { prepared, ..nutriment(name, value, unit, basis) }));
        }
    }
    Ok(nutriments)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(record: Value) -> Vec<String> {
        let Value::Object(record) = record else { panic!("a record is an object") };
        let told = |nutriment: Nutriment| {
            let basis = nutriment.basis.map_or("?".to_owned(), |basis| format!("{basis:?}"));
            let prepared = if nutriment.prepared == Some(true) { " prepared" } else { "" };
            format!(
                "{} {} {} {basis}{prepared}",
                nutriment.nutrient,
                nutriment.value,
                nutriment.unit.unwrap_or("-".into())
            )
        };
        super::read(&record).unwrap().into_iter().map(told).collect()
    }

    #[test]
    fn what_was_typed_is_kept_as_typed_and_the_computed_twin_adds_nothing() {
        let record = json!({"nutrition_data_per": "100g", "nutriments": {
            "salt": 0.5, "salt_100g": 0.5, "salt_unit": "mg", "salt_value": 500, "salt_label": "Salt", "salt_modifier": "<"}});
        assert_eq!(read(record), ["salt 500 mg Per100g"]);
    }

    #[test]
    fn values_for_a_serving_come_with_those_computed_for_100_g() {
        let record = json!({"nutrition_data_per": "serving", "nutriments": {
            "saturated-fat_value": "1.5", "saturated-fat_unit": "g", "saturated-fat_100g": 5, "saturated-fat_serving": 1.5}});
        assert_eq!(read(record), ["saturates 1.5 g Serving", "saturates 5 g Per100g"]);
    }

    #[test]
    fn computed_values_alone_have_their_normal_units() {
        let record = json!({"nutriments": {
            "energy-kcal_100g": 539, "energy_100g": 2252, "sugars_100g": 56.3, "alcohol_100g": 5, "nova-group_100g": 4,
            "nutrition-score-fr": 26, "fruits-vegetables-nuts-estimate-from-ingredients_100g": 13}});
        assert_eq!(
            read(record),
            [
                "alcohol 5 % vol Per100g",
                "energy 2252 kJ Per100g",
                "energy 539 kcal Per100g",
                "fruits-vegetables-nuts-estimate-from-ingredients 13 % Per100g",
                "sugars 56.3 g Per100g",
            ]
        );
    }

    #[test]
    fn prepared_food_has_its_own_values() {
        let record = json!({"nutrition_data_prepared_per": "100ml", "nutriments": {
            "fat_prepared_100g": 1, "fat_prepared_value": 1, "fat_prepared_unit": "g", "fat_100g": 9}});
        assert_eq!(read(record), ["fat 9 g Per100g", "fat 1 g Per100ml prepared"]);
    }

    #[test]
    fn a_value_that_says_nothing_of_unit_and_food_is_kept_all_the_same() {
        assert_eq!(read(json!({"nutriments": {"iron": -0.1}})), ["iron -0.1 - ?"]);
    }

    #[test]
    fn sets_of_the_newer_schema_are_read_except_estimates() {
        let record = json!({"nutrition": {"input_sets": [
            {"source": "packaging", "preparation": "as_sold", "per": "100g",
             "nutrients": {"energy-kj": {"unit": "kJ", "value": 224.0, "value_string": "224"}}},
            {"source": "packaging", "preparation": "prepared", "per": "serving",
             "nutrients": {"fat": {"unit": "g", "value": 0.5}}},
            {"source": "estimate", "per": "100g", "nutrients": {"salt": {"unit": "g", "value": 1}}}
        ]}});
        assert_eq!(read(record), ["energy 224 kJ Per100g", "fat 0.5 g Serving prepared"]);
    }

    #[test]
    fn an_amount_of_food_that_has_no_place_here_refuses_the_record() {
        let Value::Object(record) = json!({"nutrition_data_per": "1kg", "nutriments": {"fat_value": 1}})
        else {
            panic!("a record is an object")
        };
        assert!(super::read(&record).unwrap_err().contains("1kg"));
    }
}
