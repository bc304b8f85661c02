//! Nutrition values, judged: what can be true becomes an amount in one unit; what cannot counts as
//! missing, and its brand is told.

use std::collections::BTreeMap;

use shared_contracts::passport::{Basis, Nutriment, Product, Warning};

/// Kilojoules in a kilocalorie (Regulation (EU) 1169/2011, annex I).
const KJ_PER_KCAL: f64 = 4.184;
/// Pure fat has 3,700 kJ in 100 g, and nothing that people eat has more.
const MOST_ENERGY: f64 = 3_800.0;
/// Salt in sodium (Regulation (EU) 1169/2011, annex I).
const SALT_PER_SODIUM: f64 = 2.5;
/// Nutrients whose amount is a mass.
const MASSES: [&str; 9] =
    ["fat", "saturates", "carbohydrate", "sugars", "fibre", "protein", "salt", "sodium", "polyols"];
/// Energy that the nutrients of a label give, in kJ for 1 g (annex XIV).
const ENERGY_OF: [(&str, f64); 3] = [("fat", 37.0), ("carbohydrate", 17.0), ("protein", 17.0)];
/// Where one unit of energy was taken for the other, a value is wrong by about this factor.
const TAKEN_FOR_THE_OTHER: std::ops::Range<f64> = 3.3..5.3;
/// Below this, in kJ, such a factor says nothing.
const LITTLE_ENERGY: f64 = 100.0;

/// The amounts that can be true, for one amount of the food as sold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Amounts(BTreeMap<(&'static str, u8), f64>);

/// What was made of the values of a product.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judged {
    /// What can be true.
    pub amounts: Amounts,
    /// What cannot, and why.
    pub warnings: Vec<Warning>,
}

/// Nutrients that a rule may ask for: masses in g, energy in kJ, shares in percent.
const KNOWN: [(&str, &str); 12] = [
    ("energy", "energy"),
    ("fat", "fat"),
    ("saturates", "saturates"),
    ("carbohydrate", "carbohydrate"),
    ("sugars", "sugars"),
    ("fibre", "fibre"),
    ("protein", "protein"),
    ("salt", "salt"),
    ("sodium", "salt"),
    ("fruits_vegetables_legumes", "fruits_vegetables_legumes"),
    ("fruits-vegetables-legumes", "fruits_vegetables_legumes"),
    ("polyols", "polyols"),
];

impl Amounts {
    /// The amount of a nutrient in 100 g or 100 ml.
    pub fn get(&self, nutrient: &'static str, basis: Basis) -> Option<f64> {
        self.0.get(&(nutrient, slot(basis))).copied()
    }

    fn put(&mut self, nutrient: &'static str, basis: Basis, amount: f64) {
        self.0.insert((nutrient, slot(basis)), amount);
    }

    fn forget(&mut self, nutrient: &'static str, basis: Basis) {
        self.0.remove(&(nutrient, slot(basis)));
    }
}

fn slot(basis: Basis) -> u8 {
    match basis {
        Basis::Per100g => 0,
        Basis::Per100ml => 1,
        Basis::Serving => 2,
    }
}

/// A value that may be true by itself.
struct Value {
    at: usize,
    nutrient: &'static str,
    basis: Basis,
    amount: f64,
}

/// Judges the values of a product: each by itself, then each beside the others.
pub fn judge(product: &Product) -> Judged {
    let mut judged = Judged::default();
    let mut values: Vec<Value> = Vec::new();
    for (at, nutriment) in product.nutriments.iter().enumerate() {
        match read(nutriment) {
            Err(detail) => judged.warn(at, detail),
            Ok(amount) => values.extend(known(nutriment).and_then(|nutrient| {
                Some(Value { at, nutrient, basis: nutriment.basis?, amount: in_salt(nutriment, amount) })
            })),
        }
    }
    for value in &values {
        judged.amounts.put(value.nutrient, value.basis, value.amount);
    }
    judged.contradictions(&values);
    judged.energy(&values);
    judged
}

impl Judged {
    fn warn(&mut self, at: usize, detail: impl Into<String>) {
        self.warnings.push(Warning { pointer: format!("/nutriments/{at}"), detail: detail.into() });
    }

    /// Two values of one nutrient for one amount of food that are not the same.
    fn contradictions(&mut self, values: &[Value]) {
        for (index, value) in values.iter().enumerate() {
            let other = values[..index].iter().find(|other| {
                (other.nutrient, other.basis) == (value.nutrient, value.basis)
                    && !alike(other.amount, value.amount)
            });
            if let Some(other) = other {
                self.amounts.forget(value.nutrient, value.basis);
                self.warn(
                    value.at,
                    format!("This contradicts /nutriments/{}, and neither counts.", other.at),
                );
            }
        }
    }

    /// Energy that the other nutrients rule out by just the factor between its units.
    fn energy(&mut self, values: &[Value]) {
        for basis in [Basis::Per100g, Basis::Per100ml] {
            let Some(stated) = self.amounts.get("energy", basis) else { continue };
            let parts = ENERGY_OF.map(|(nutrient, each)| Some(self.amounts.get(nutrient, basis)? * each));
            let Some(expected) = parts.into_iter().sum::<Option<f64>>() else { continue };
            let factor = if stated > expected { stated / expected } else { expected / stated };
            if stated.min(expected) > LITTLE_ENERGY && TAKEN_FOR_THE_OTHER.contains(&factor) {
                self.amounts.forget("energy", basis);
                for value in values.iter().filter(|value| (value.nutrient, value.basis) == ("energy", basis))
                {
                    self.warn(
                        value.at,
                        "Fat, carbohydrate and protein give another energy: was kJ taken for kcal?",
                    );
                }
            }
        }
    }
}

/// Values on labels are rounded, and energy in two units twice.
fn alike(one: f64, other: f64) -> bool {
    (one - other).abs() <= 0.05 * one.max(other) + 0.05
}

/// What a value's nutrient is called here; of the food as sold, because rules ask for that.
fn known(nutriment: &Nutriment) -> Option<&'static str> {
    if nutriment.prepared == Some(true) {
        return None;
    }
    KNOWN.iter().find(|(name, _)| *name == nutriment.nutrient).map(|(_, nutrient)| *nutrient)
}

fn in_salt(nutriment: &Nutriment, amount: f64) -> f64 {
    if nutriment.nutrient == "sodium" { amount * SALT_PER_SODIUM } else { amount }
}

/// What is measured, as far as it decides the unit.
enum Kind {
    Mass,
    Energy,
    /// Of the whole, in percent.
    Share,
    Other,
}

fn kind(nutrient: &str) -> Kind {
    match nutrient {
        "fruits_vegetables_legumes" | "fruits-vegetables-legumes" => Kind::Share,
        _ if MASSES.contains(&nutrient) => Kind::Mass,
        _ if nutrient.starts_with("energy") => Kind::Energy,
        _ => Kind::Other,
    }
}

/// A unit, with what one of it is in g or kJ.
enum Unit {
    Mass(f64),
    Energy(f64),
    Percent,
    Other,
}

fn unit(text: Option<&str>) -> Unit {
    match text.map(str::to_ascii_lowercase).as_deref() {
        Some("g") => Unit::Mass(1.0),
        Some("mg") => Unit::Mass(1e-3),
        Some("\u{b5}g" | "\u{3bc}g" | "ug" | "mcg") => Unit::Mass(1e-6),
        Some("kj") => Unit::Energy(1.0),
        Some("kcal") => Unit::Energy(KJ_PER_KCAL),
        Some("%") => Unit::Percent,
        _ => Unit::Other,
    }
}

/// The amount in g, kJ or percent, of a value that can be true by itself.
fn read(nutriment: &Nutriment) -> Result<f64, &'static str> {
    let value = nutriment.value.as_f64().unwrap_or(f64::NAN);
    if !value.is_finite() {
        return Err("This number is too large to be kept.");
    }
    if value < 0.0 {
        return Err("Nothing has a negative amount of it.");
    }
    let basis = nutriment.basis.ok_or("It is not said for which amount of food this is.")?;
    let at_most = |most: f64, amount: f64, why| {
        if basis != Basis::Serving && amount > most { Err(why) } else { Ok(amount) }
    };
    match (kind(&nutriment.nutrient), unit(nutriment.unit.as_deref())) {
        (Kind::Mass | Kind::Share | Kind::Other, Unit::Mass(grams)) => {
            at_most(100.0, value * grams, "More than 100 g in 100 g cannot be.")
        }
        (Kind::Energy, Unit::Energy(kilojoules)) => {
            let why = "Pure fat has 3,700 kJ (900 kcal) in 100 g, and nothing more: was kJ taken for kcal?";
            at_most(MOST_ENERGY, value * kilojoules, why)
        }
        (Kind::Share | Kind::Other, Unit::Percent) if value > 100.0 => {
            Err("More than 100 percent cannot be.")
        }
        (Kind::Share, Unit::Percent) | (Kind::Other, Unit::Percent | Unit::Other) => Ok(value),
        _ => Err("Its unit is missing, or none that it can have."),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    fn judged(nutriments: &Value) -> Judged {
        judge(&serde_json::from_value(json!({"gtin": "9521234543213", "nutriments": nutriments})).unwrap())
    }

    fn one(nutrient: &str, value: f64, unit: &Value, basis: &Value) -> Judged {
        judged(&json!([{"nutrient": nutrient, "value": value, "unit": unit, "basis": basis}]))
    }

    #[test]
    fn what_can_be_true_is_an_amount_in_one_unit() {
        for (nutrient, value, unit, known, amount) in [
            ("salt", 500.0, "mg", "salt", 0.5),
            ("sodium", 0.4, "g", "salt", 1.0),
            ("energy", 100.0, "kcal", "energy", 418.4),
            ("energy", 3_700.0, "kJ", "energy", 3_700.0),
            ("fat", 100.0, "g", "fat", 100.0),
            ("fruits_vegetables_legumes", 45.0, "%", "fruits_vegetables_legumes", 45.0),
        ] {
            let judged = one(nutrient, value, &json!(unit), &json!("100g"));
            assert_eq!(judged.warnings, [], "{nutrient}");
            assert!((judged.amounts.get(known, Basis::Per100g).unwrap() - amount).abs() < 1e-9, "{nutrient}");
        }
    }

    #[test]
    fn what_cannot_be_true_counts_as_missing_and_is_told() {
        for (nutrient, value, unit, basis) in [
            ("fat", -1.0, json!("g"), json!("100g")),
            ("fat", 100.1, json!("g"), json!("100g")),
            ("fat", 101_000.0, json!("mg"), json!("100ml")),
            ("fat", 1.0, json!("g"), Value::Null),
            ("fat", 1.0, Value::Null, json!("100g")),
            ("fat", 1.0, json!("kcal"), json!("100g")),
            ("fat", 1.0, json!("%"), json!("100g")),
            ("energy", 1_800.0, json!("kcal"), json!("100g")),
            ("energy", 3_900.0, json!("kJ"), json!("100g")),
            ("energy", 30.0, json!("g"), json!("100g")),
            ("vitamin-c", 500.0, json!("g"), json!("100g")),
            ("cocoa", 170.0, json!("%"), json!("100g")),
        ] {
            let judged = one(nutrient, value, &unit, &basis);
            assert_eq!(judged.warnings.len(), 1, "{nutrient} {value} {unit}");
            assert_eq!(judged.warnings[0].pointer, "/nutriments/0");
            assert_eq!(judged.amounts, Amounts::default(), "{nutrient} {value} {unit}");
        }
    }

    #[test]
    fn a_value_of_the_prepared_food_or_of_a_serving_is_not_that_of_100_g() {
        let prepared =
            judged(&json!([{"nutrient": "fat", "value": 1, "unit": "g", "basis": "100g", "prepared": true}]));
        assert_eq!((prepared.amounts, prepared.warnings), (Amounts::default(), vec![]));
        let serving = one("fat", 130.0, &json!("g"), &json!("serving"));
        assert_eq!((serving.amounts.get("fat", Basis::Per100g), serving.warnings), (None, vec![]));
    }

    #[test]
    fn two_values_that_contradict_each_other_do_not_count() {
        let fat = |value: f64| json!({"nutrient": "fat", "value": value, "unit": "g", "basis": "100g"});
        let judged = super::tests::judged(&json!([fat(5.0), fat(50.0)]));
        assert_eq!(judged.amounts.get("fat", Basis::Per100g), None);
        assert_eq!(judged.warnings[0].pointer, "/nutriments/1");
        let twice = super::tests::judged(&json!([
            {"nutrient": "energy", "value": 1842, "unit": "kJ", "basis": "100g"},
            {"nutrient": "energy", "value": 440, "unit": "kcal", "basis": "100g"},
        ]));
        assert_eq!(twice.warnings, []);
    }

    #[test]
    fn energy_in_the_wrong_unit_is_found_by_what_gives_it() {
        let value = |nutrient: &str, value: f64, unit: &str| json!({"nutrient": nutrient, "value": value, "unit": unit, "basis": "100g"});
        let with = |energy: f64, unit: &str| {
            judged(&json!([
                value("energy", energy, unit),
                value("fat", 10.0, "g"),
                value("carbohydrate", 50.0, "g"),
                value("protein", 8.0, "g"),
            ]))
        };
        assert_eq!(with(1_356.0, "kJ").warnings, []);
        assert_eq!(with(324.0, "kcal").warnings, []);
        let swapped = with(324.0, "kJ");
        assert_eq!(swapped.amounts.get("energy", Basis::Per100g), None);
        assert_eq!(swapped.warnings[0].pointer, "/nutriments/0");
    }

    proptest! {
        #[test]
        fn no_amount_is_ever_impossible(value: f64, unit in "g|mg|kJ|kcal|%|", known in 0_usize..12) {
            prop_assume!(value.is_finite());
            let nutrient = KNOWN[known].0;
            let judged = one(nutrient, value, &json!(unit), &json!("100g"));
            for amount in judged.amounts.0.values() {
                prop_assert!((0.0..=MOST_ENERGY).contains(amount));
            }
        }
    }
}
