//! Nutrition values that can be true. Impossible ones (negative, more than there is food, in an
//! unknown unit, for an unknown amount of food) count as missing.

use shared_contracts::passport::{Basis as Stated, Nutriment, Product, Quantity};

use super::Place;

/// Grams in 100 g at most.
const MOST_IN_100_G: f64 = 100.0;
/// Grams in 100 ml at most: a saturated sugar syrup is the heaviest of foods.
const MOST_IN_100_ML: f64 = 140.0;
/// Kilojoules in 100 g at most: pure fat has 3,700 (Regulation (EU) 1169/2011, Annex XIV).
const MOST_KJ: f64 = 3_800.0;
const KJ_IN_KCAL: f64 = 4.184;
/// Salt = sodium × 2.5 (Regulation (EU) 1169/2011, Annex I).
const SALT_IN_SODIUM: f64 = 2.5;

/// For how much food a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// 100 grams.
    Per100g,
    /// 100 millilitres.
    Per100ml,
    /// One portion, as the label states it.
    Portion,
}

/// What is known about the kind of food.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Food {
    /// Food that is weighed.
    Solid,
    /// Either.
    Unknown,
}

/// The values of one nutrient for one amount of food, in grams, kilojoules or percent.
#[derive(Clone, Debug, Default)]
pub struct Amounts {
    /// Each with its place.
    pub values: Vec<(f64, Place)>,
}

impl Amounts {
    /// What a product states of `nutrient`, as sold, for this amount of food.
    pub fn of(product: &Product, nutrient: &str, basis: Basis) -> Self {
        let stated = product.nutriments.iter().enumerate();
        let values = stated.filter_map(|(index, stated)| {
            let factor = match (nutrient, stated.nutrient.as_str()) {
                ("salt", "sodium") => SALT_IN_SODIUM,
                (wanted, given) if wanted == given => 1.0,
                _ => return None,
            };
            let is_asked = stated.prepared != Some(true) && stated.basis.map(basis_of) == Some(basis);
            let value = is_asked.then(|| possible(stated, basis)).flatten()?;
            Some((value * factor, Place::Nutriment(index)))
        });
        Self { values: values.collect() }
    }

    /// The highest.
    pub fn highest(self) -> Option<(f64, Place)> {
        self.values.into_iter().reduce(|highest, next| if next.0 > highest.0 { next } else { highest })
    }
}

/// Whether the package is weighed: then it is food and no drink.
pub(crate) fn food(product: &Product) -> Food {
    let unit = product.quantity.as_ref().and_then(|quantity: &Quantity| quantity.unit.as_deref());
    match unit.map(str::to_ascii_lowercase).as_deref() {
        Some("g" | "kg" | "mg" | "oz" | "lb") => Food::Solid,
        _ => Food::Unknown,
    }
}

fn basis_of(stated: Stated) -> Basis {
    match stated {
        Stated::Per100g => Basis::Per100g,
        Stated::Per100ml => Basis::Per100ml,
        Stated::Serving => Basis::Portion,
    }
}

/// The value in grams, kilojoules or percent; `None` where it cannot be true.
fn possible(stated: &Nutriment, basis: Basis) -> Option<f64> {
    let unit = stated.unit.as_deref()?;
    let value = stated.value.as_f64()? * factor(&stated.nutrient, unit)?;
    let most = match (stated.nutrient.as_str(), basis) {
        (_, Basis::Portion) => f64::MAX,
        ("energy", _) => MOST_KJ,
        ("alcohol", _) | (_, Basis::Per100g) => MOST_IN_100_G,
        (_, Basis::Per100ml) => MOST_IN_100_ML,
    };
    (0.0..=most).contains(&value).then_some(value)
}

fn factor(nutrient: &str, unit: &str) -> Option<f64> {
    match (nutrient, unit) {
        ("alcohol", "% vol") => Some(1.0),
        ("energy", _) => base_unit(unit, Measure::Energy),
        _ => base_unit(unit, Measure::Mass),
    }
}

/// What a unit measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Grams.
    Mass,
    /// Kilojoules.
    Energy,
}

/// What one of a unit is in grams or kilojoules; `None` for a unit that measures something else.
pub fn base_unit(unit: &str, measure: Measure) -> Option<f64> {
    match (unit.to_ascii_lowercase().as_str(), measure) {
        ("g", Measure::Mass) | ("kj", Measure::Energy) => Some(1.0),
        ("mg", Measure::Mass) => Some(1e-3),
        ("µg" | "μg" | "ug" | "mcg", Measure::Mass) => Some(1e-6),
        ("kg", Measure::Mass) => Some(1e3),
        ("kcal", Measure::Energy) => Some(KJ_IN_KCAL),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::needless_pass_by_value, reason = "literals stand where they are used")]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn highest(nutriments: Value, nutrient: &str) -> Option<f64> {
        let product: Product =
            serde_json::from_value(json!({"gtin": "1", "nutriments": nutriments})).unwrap();
        Amounts::of(&product, nutrient, Basis::Per100g).highest().map(|(value, _)| value)
    }

    fn salt(value: f64, unit: Value, basis: Value) -> Option<f64> {
        highest(json!([{"nutrient": "salt", "value": value, "unit": unit, "basis": basis}]), "salt")
    }

    #[test]
    fn what_cannot_be_true_is_missing() {
        assert_eq!(salt(1.5, json!("g"), json!("100g")), Some(1.5));
        assert_eq!(salt(1_500.0, json!("mg"), json!("100g")), Some(1.5));
        assert_eq!(salt(-0.1, json!("g"), json!("100g")), None);
        assert_eq!(salt(100.1, json!("g"), json!("100g")), None);
        assert_eq!(salt(1.5, json!(null), json!("100g")), None);
        assert_eq!(salt(1.5, json!("g"), json!(null)), None);
        assert_eq!(salt(1.5, json!("kJ"), json!("100g")), None);
        let energy = |value: f64, unit: &str| {
            highest(json!([{"nutrient": "energy", "value": value, "unit": unit, "basis": "100g"}]), "energy")
        };
        assert_eq!(energy(2_000.0, "kcal"), None, "kilojoules taken for kilocalories");
        assert_eq!(energy(2_000.0, "kJ"), Some(2_000.0));
    }

    #[test]
    fn salt_follows_from_sodium() {
        let sodium = json!([{"nutrient": "sodium", "value": 400, "unit": "mg", "basis": "100g"}]);
        assert_eq!(highest(sodium, "salt"), Some(1.0));
    }

    #[test]
    fn of_two_statements_the_higher_counts_and_prepared_food_is_another() {
        let two = json!([
            {"nutrient": "salt", "value": 1, "unit": "g", "basis": "100g"},
            {"nutrient": "salt", "value": 2, "unit": "g", "basis": "100g"},
            {"nutrient": "salt", "value": 9, "unit": "g", "basis": "100g", "prepared": true},
        ]);
        assert_eq!(highest(two, "salt"), Some(2.0));
    }
}
