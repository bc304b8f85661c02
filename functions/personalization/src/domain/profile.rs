//! What a Health Profile must keep beyond its shape.

use std::collections::HashSet;

use shared_contracts::personalization::{HealthProfile, LimitedNutrient, NutrientLimit};
use uuid::Uuid;

use super::facts::{Measure, base_unit};

/// Profiles of one household beside the first.
pub const MOST_MEMBERS: i64 = 20;
/// Characters of a name and of an own ingredient.
const LONGEST_TEXT: usize = 80;
/// Own ingredients.
const MOST_INGREDIENTS: usize = 50;
/// The highest limit.
const HIGHEST: f64 = 100_000.0;

/// Whose profile it is in a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seat {
    /// The account's own (`me/profile`).
    First,
    /// A further member's.
    Further,
}

/// Where a sealed profile stands: nobody can move it elsewhere or bring an old version back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Label {
    /// Whose.
    pub account: Uuid,
    /// Which profile.
    pub profile: Uuid,
    /// Which version of it.
    pub version: i64,
}

impl Label {
    /// As it authenticates the ciphertext.
    pub fn text(&self) -> String {
        format!("profile/{}/{}/{}", self.account, self.profile, self.version)
    }
}

/// A broken rule, with its place. It repeats nothing of the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// JSON Pointer.
    pub pointer: String,
    /// Why.
    pub detail: &'static str,
}

/// The profile without repetitions and with its texts trimmed.
///
/// # Errors
/// Every rule that it breaks.
pub fn check(mut profile: HealthProfile) -> Result<HealthProfile, Vec<Refusal>> {
    profile.name = profile.name.map(|name| name.trim().to_owned());
    for text in &mut profile.avoid_ingredients {
        *text = text.trim().to_owned();
    }
    let mut refusals = Vec::new();
    let mut refuse = |pointer: String, detail| refusals.push(Refusal { pointer, detail });
    if profile.name.as_deref().is_some_and(|name| !is_text(name)) {
        refuse("/name".to_owned(), "a name has 1 to 80 characters, none of them a control character");
    }
    let mut codes = HashSet::new();
    for (index, avoided) in profile.allergens.iter().enumerate() {
        if !codes.insert(avoided.code) {
            refuse(format!("/allergens/{index}"), "the allergen is in the profile already");
        }
    }
    let mut limits = HashSet::new();
    for (index, limit) in profile.nutrient_limits.iter().enumerate() {
        if let Some((member, detail)) = wrong(limit) {
            refuse(format!("/nutrient_limits/{index}/{member}"), detail);
        }
        if !limits.insert((limit.nutrient, limit.basis as u8)) {
            refuse(
                format!("/nutrient_limits/{index}"),
                "there is a limit of this nutrient and basis already",
            );
        }
    }
    if profile.avoid_ingredients.len() > MOST_INGREDIENTS {
        refuse("/avoid_ingredients".to_owned(), "at most 50 own ingredients");
    }
    for (index, text) in profile.avoid_ingredients.iter().enumerate() {
        if !is_text(text) || !text.chars().any(char::is_alphanumeric) {
            refuse(
                format!("/avoid_ingredients/{index}"),
                "an ingredient has 1 to 80 characters, one of them a letter or a digit",
            );
        }
    }
    profile.diets = without_repetitions(profile.diets);
    profile.conditions = without_repetitions(profile.conditions);
    if refusals.is_empty() { Ok(profile) } else { Err(refusals) }
}

fn is_text(text: &str) -> bool {
    (1..=LONGEST_TEXT).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

fn wrong(limit: &NutrientLimit) -> Option<(&'static str, &'static str)> {
    let measure = if limit.nutrient == LimitedNutrient::Energy { Measure::Energy } else { Measure::Mass };
    let known = ["g", "mg", "kJ", "kcal"].contains(&limit.unit.as_str());
    if !known || base_unit(&limit.unit, measure).is_none() {
        return Some(("unit", "energy is in kJ or kcal, everything else in g or mg"));
    }
    let sound = limit.max.as_f64().is_some_and(|max| (0.0..=HIGHEST).contains(&max));
    (!sound).then_some(("max", "a limit is a number from 0 to 100000"))
}

fn without_repetitions<T: Copy + std::hash::Hash + Eq>(list: Vec<T>) -> Vec<T> {
    let mut met = HashSet::new();
    list.into_iter().filter(|one| met.insert(*one)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn refused(profile: Value) -> Vec<String> {
        let profile = serde_json::from_value(profile).unwrap();
        check(profile).unwrap_err().into_iter().map(|refusal| refusal.pointer).collect()
    }

    #[test]
    fn a_profile_is_kept_trimmed_and_without_repetitions() {
        let profile =
            json!({"name": " Anna ", "diets": ["vegan", "vegan"], "avoid_ingredients": [" palm oil "]});
        let kept = check(serde_json::from_value(profile).unwrap()).unwrap();
        assert_eq!((kept.name.as_deref(), kept.diets.len()), (Some("Anna"), 1));
        assert_eq!(kept.avoid_ingredients, ["palm oil"]);
    }

    #[test]
    fn every_broken_rule_is_named_by_its_place() {
        let limit = |nutrient: &str, max: Value, unit: &str| json!({"nutrient": nutrient, "max": max, "unit": unit, "basis": "100g"});
        let pointers = refused(json!({
            "name": "",
            "allergens": [{"code": "milk"}, {"code": "milk", "sensitivity": "normal"}],
            "nutrient_limits": [limit("salt", json!(-1), "g"), limit("energy", json!(1), "g"), limit("salt", json!(1), "g")],
            "avoid_ingredients": ["--", "x".repeat(81)],
        }));
        assert_eq!(
            pointers,
            [
                "/name",
                "/allergens/1",
                "/nutrient_limits/0/max",
                "/nutrient_limits/1/unit",
                "/nutrient_limits/2",
                "/avoid_ingredients/0",
                "/avoid_ingredients/1",
            ]
        );
    }
}
