//! Nutri-Score, the algorithm of 2023: "Update of the Nutri-Score algorithm" of the scientific
//! committee, for general foods (2022) and for beverages (2023). Information for people, never part of
//! a verdict. There is a score only where every input is stated: nothing is estimated.

mod category;

use shared_contracts::passport::{Basis, Product};

use super::nutrition::Amounts;
use category::{Class, class};

/// Points are the number of thresholds that an amount passes.
const ENERGY: [f64; 10] = [335.0, 670.0, 1005.0, 1340.0, 1675.0, 2010.0, 2345.0, 2680.0, 3015.0, 3350.0];
const ENERGY_OF_DRINKS: [f64; 10] = [30.0, 90.0, 150.0, 210.0, 240.0, 270.0, 300.0, 330.0, 360.0, 390.0];
const ENERGY_OF_SATURATES: [f64; 10] =
    [120.0, 240.0, 360.0, 480.0, 600.0, 720.0, 840.0, 960.0, 1080.0, 1200.0];
const SUGARS: [f64; 15] =
    [3.4, 6.8, 10.0, 14.0, 17.0, 20.0, 24.0, 27.0, 31.0, 34.0, 37.0, 41.0, 44.0, 48.0, 51.0];
const SUGARS_OF_DRINKS: [f64; 10] = [0.5, 2.0, 3.5, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0];
const SATURATES: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];
/// Of all fat, in percent; here a threshold that is met counts, too.
const SATURATES_SHARE: [f64; 10] = [10.0, 16.0, 22.0, 28.0, 34.0, 40.0, 46.0, 52.0, 58.0, 64.0];
const SALT: [f64; 20] =
    [0.2, 0.4, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.8, 2.0, 2.2, 2.4, 2.6, 2.8, 3.0, 3.2, 3.4, 3.6, 3.8, 4.0];
const PROTEIN: [f64; 7] = [2.4, 4.8, 7.2, 9.6, 12.0, 14.0, 17.0];
const PROTEIN_OF_DRINKS: [f64; 7] = [1.2, 1.5, 1.8, 2.1, 2.4, 2.7, 3.0];
const FIBRE: [f64; 5] = [3.0, 4.1, 5.2, 6.3, 7.4];
const FRUITS: [f64; 5] = [40.0, 60.0, 80.0, 80.0, 80.0];
const FRUITS_OF_DRINKS: [f64; 6] = [40.0, 40.0, 60.0, 60.0, 80.0, 80.0];

/// Points of a drink with a sweetener that gives no energy.
const SWEETENED: i32 = 4;
/// Protein of red meat gives no more points than this, because of its haem iron.
const PROTEIN_OF_RED_MEAT: i32 = 2;
/// From so many negative points on, protein does not count: it would hide them.
const MANY_POINTS: i32 = 11;
const MANY_POINTS_OF_FATS: i32 = 7;
/// Energy of fat, in kJ for 1 g.
const ENERGY_OF_FAT: f64 = 37.0;

/// Sweeteners without energy (Regulation (EC) 1333/2008, annex II, part B; not the polyols).
const SWEETENERS: [&str; 12] =
    ["e950", "e951", "e952", "e954", "e955", "e957", "e959", "e960", "e961", "e962", "e969", "e960a"];

/// `a` to `e`, where every input is stated.
pub fn grade(product: &Product, amounts: &Amounts) -> Option<&'static str> {
    let class = class(product.category.as_deref()?)?;
    if class == Class::Water {
        return Some("a");
    }
    let basis = basis(class, amounts)?;
    let amount = |nutrient| amounts.get(nutrient, basis);
    let saturates = amount("saturates")?;
    let (negative, protein) = match class {
        Class::Drink => (
            points(&ENERGY_OF_DRINKS, amount("energy")?)
                + points(&SUGARS_OF_DRINKS, amount("sugars")?)
                + points(&SATURATES, saturates)
                + sweetened(product)?,
            points(&PROTEIN_OF_DRINKS, amount("protein")?),
        ),
        Class::Fat => (
            points(&ENERGY_OF_SATURATES, saturates * ENERGY_OF_FAT)
                + points(&SUGARS, amount("sugars")?)
                + share_points(saturates, amount("fat")?),
            points(&PROTEIN, amount("protein")?),
        ),
        _ => (
            points(&ENERGY, amount("energy")?)
                + points(&SUGARS, amount("sugars")?)
                + points(&SATURATES, saturates),
            points(&PROTEIN, amount("protein")?),
        ),
    };
    let negative = negative + points(&SALT, amount("salt")?);
    let fruits = amount("fruits_vegetables_legumes")?;
    let positive = points(&FIBRE, amount("fibre")?)
        + if class == Class::Drink { points(&FRUITS_OF_DRINKS, fruits) } else { points(&FRUITS, fruits) }
        + counted(class, negative, protein);
    Some(letter(class, negative - positive))
}

/// Drinks are stated for 100 ml, food for 100 g.
fn basis(class: Class, amounts: &Amounts) -> Option<Basis> {
    let (first, second) = if class == Class::Drink {
        (Basis::Per100ml, Basis::Per100g)
    } else {
        (Basis::Per100g, Basis::Per100ml)
    };
    [first, second].into_iter().find(|basis| amounts.get("saturates", *basis).is_some())
}

fn points(thresholds: &[f64], amount: f64) -> i32 {
    count(thresholds.iter().filter(|threshold| amount > **threshold))
}

fn share_points(saturates: f64, fat: f64) -> i32 {
    // Without fat there is nothing to be saturated.
    let share = if fat > 0.0 { saturates / fat * 100.0 } else { 0.0 };
    count(SATURATES_SHARE.iter().filter(|threshold| share >= **threshold))
}

fn count<T>(passed: impl Iterator<Item = T>) -> i32 {
    passed.fold(0, |count, _| count + 1)
}

/// Points for sweeteners. Only a complete statement says that there are none.
fn sweetened(product: &Product) -> Option<i32> {
    let is_sweetener = |additive: &String| {
        let code = additive.rsplit(':').next().unwrap_or_default().to_ascii_lowercase();
        SWEETENERS.contains(&code.as_str())
    };
    if product.additives.iter().any(is_sweetener) {
        return Some(SWEETENED);
    }
    product.statement_complete.then_some(0)
}

/// Points of protein, where they count.
fn counted(class: Class, negative: i32, protein: i32) -> i32 {
    match class {
        Class::Fat if negative >= MANY_POINTS_OF_FATS => 0,
        Class::General | Class::RedMeat if negative >= MANY_POINTS => 0,
        Class::RedMeat => protein.min(PROTEIN_OF_RED_MEAT),
        _ => protein,
    }
}

fn letter(class: Class, score: i32) -> &'static str {
    let last_of = match class {
        Class::Drink => [i32::MIN, 2, 6, 9],
        Class::Fat => [-6, 2, 10, 18],
        _ => [0, 2, 10, 18],
    };
    let letters = ["a", "b", "c", "d"];
    last_of.iter().zip(letters).find(|(last, _)| score <= **last).map_or("e", |(_, letter)| letter)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::domain::nutrition::judge;

    const INPUTS: [&str; 8] =
        ["energy", "fat", "saturates", "sugars", "salt", "protein", "fibre", "fruits_vegetables_legumes"];

    /// A product with its amounts in the order of [`INPUTS`].
    fn product(category: &str, basis: &str, amounts: [f64; 8], more: &Value) -> Product {
        let unit = |nutrient: &str| match nutrient {
            "energy" => "kJ",
            "fruits_vegetables_legumes" => "%",
            _ => "g",
        };
        let nutriments: Vec<Value> = INPUTS
            .iter()
            .zip(amounts)
            .map(
                |(name, value)| json!({"nutrient": name, "value": value, "unit": unit(name), "basis": basis}),
            )
            .collect();
        let mut product = json!({"gtin": "9521234543213", "category": category, "statement_complete": true});
        product["nutriments"] = nutriments.into();
        product.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(product).unwrap()
    }

    fn score(category: &str, basis: &str, amounts: [f64; 8]) -> Option<&'static str> {
        let product = product(category, basis, amounts, &json!({}));
        grade(&product, &judge(&product).amounts)
    }

    #[test]
    fn foods_have_the_grades_that_the_algorithm_gives_them() {
        for (category, basis, amounts, wanted) in [
            // energy, fat, saturates, sugars, salt, protein, fibre, fruits
            ("en:wholemeal-breads", "100g", [1000.0, 2.0, 0.4, 3.0, 1.1, 9.0, 7.0, 0.0], "a"),
            ("en:hazelnut-spreads", "100g", [2252.0, 30.9, 10.6, 56.3, 0.107, 6.3, 0.0, 0.0], "e"),
            ("en:emmentals", "100g", [1590.0, 29.0, 18.0, 0.5, 0.5, 28.0, 0.0, 0.0], "c"),
            ("en:olive-oils", "100g", [3400.0, 92.0, 14.0, 0.0, 0.0, 0.0, 0.0, 0.0], "c"),
            ("en:rapeseed-oils", "100g", [3400.0, 100.0, 7.0, 0.0, 0.0, 0.0, 0.0, 0.0], "b"),
            ("en:butters", "100g", [3060.0, 82.0, 55.0, 0.5, 0.02, 0.6, 0.0, 0.0], "e"),
            ("en:ground-beef", "100g", [880.0, 15.0, 6.0, 0.0, 0.2, 19.0, 0.0, 0.0], "c"),
            ("en:mineral-waters", "100ml", [0.0; 8], "a"),
            ("en:colas", "100ml", [180.0, 0.0, 0.0, 10.6, 0.0, 0.0, 0.0, 0.0], "e"),
            ("en:lemonades", "100ml", [90.0, 0.0, 0.0, 4.9, 0.0, 0.0, 0.0, 0.0], "c"),
            ("en:orange-juices", "100ml", [180.0, 0.0, 0.0, 9.0, 0.0, 0.7, 0.2, 100.0], "c"),
        ] {
            assert_eq!(score(category, basis, amounts), Some(wanted), "{category}");
        }
    }

    #[test]
    fn protein_hides_nothing_where_there_is_much_to_hide_except_in_cheese() {
        // 5 + 0 + 6 = 11 negative points, 7 of protein.
        let amounts = [1700.0, 20.0, 6.5, 0.0, 0.1, 30.0, 0.0, 0.0];
        assert_eq!(score("en:dips", "100g", amounts), Some("d"));
        assert_eq!(score("en:cheeses", "100g", amounts), Some("c"));
        // One point less: protein counts.
        let amounts = [1600.0, 20.0, 6.5, 0.0, 0.1, 30.0, 0.0, 0.0];
        assert_eq!(score("en:dips", "100g", amounts), Some("c"));
        // Of red meat two points of it do.
        let low = [700.0, 5.0, 2.5, 0.0, 0.1, 30.0, 0.0, 0.0];
        assert_eq!((score("en:dips", "100g", low), score("en:beef", "100g", low)), (Some("a"), Some("b")));
    }

    #[test]
    fn a_sweetener_costs_a_drink_four_points_and_an_incomplete_statement_the_score() {
        let amounts = [5.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        let drink = |more: &Value| {
            let product = product("en:colas", "100ml", amounts, more);
            grade(&product, &judge(&product).amounts)
        };
        assert_eq!(drink(&json!({})), Some("b"));
        assert_eq!(drink(&json!({"additives": ["en:e951"]})), Some("c"));
        assert_eq!(drink(&json!({"statement_complete": false})), None);
    }

    #[test]
    fn without_one_of_its_inputs_there_is_no_score() {
        let whole = [1000.0, 2.0, 0.4, 3.0, 1.1, 9.0, 7.0, 0.0];
        let whole = product("en:wholemeal-breads", "100g", whole, &json!({}));
        for missing in INPUTS.iter().filter(|input| **input != "fat") {
            let mut less = whole.clone();
            less.nutriments.retain(|nutriment| nutriment.nutrient != *missing);
            assert_eq!(grade(&less, &judge(&less).amounts), None, "{missing}");
        }
        let mut without_category = whole.clone();
        without_category.category = None;
        assert_eq!(grade(&without_category, &judge(&without_category).amounts), None);
        let mut impossible = whole;
        impossible.nutriments[3].value = (-3).into();
        assert_eq!(grade(&impossible, &judge(&impossible).amounts), None);
    }
}
