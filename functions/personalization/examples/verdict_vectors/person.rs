//! Invented people: what they avoid, how they eat, what they have.

use personalization::domain::allergens;
use serde_json::{Value, json};
use shared_contracts::personalization::HealthProfile;

use super::{draw::Draw, vectors::Theme};

const DIETS: [&str; 4] = ["vegan", "vegetarian", "halal", "kosher"];
const CONDITIONS: [&str; 6] =
    ["coeliac", "lactose_intolerance", "diabetes", "hypertension", "pku", "pregnancy"];
const OWN_INGREDIENTS: [&str; 10] = [
    "Palm oil",
    "palmöl",
    "E471",
    "huile de palme",
    "sugars",
    "Γάλα",
    "nut",
    "ШОКОЛАД",
    "strawberries",
    "en:natural-flavouring",
];

/// A person to whom the theme matters.
pub(crate) fn profile(draw: &mut Draw, theme: Theme) -> HealthProfile {
    let most = |of: Theme, much, little| if theme == of { much } else { little };
    let allergens: Vec<Value> = draw
        .some(most(Theme::Allergens, 4, 1), &allergens::ALL)
        .into_iter()
        .map(|code| match draw.one(&["strict", "normal", "of default"]) {
            "of default" => json!({ "code": code }),
            sensitivity => json!({"code": code, "sensitivity": sensitivity}),
        })
        .collect();
    let limits: Vec<Value> =
        (0..draw.one(&[0, 0, most(Theme::Nutrients, 2, 1)])).map(|_| limit(draw)).collect();
    let conditions = draw.some(most(Theme::Nutrients, 4, 2), &CONDITIONS);
    let profile = json!({
        "allergens": allergens,
        "diets": draw.some(most(Theme::Diets, 3, 1), &DIETS),
        "conditions": conditions,
        "nutrient_limits": limits,
        "avoid_ingredients": draw.some(most(Theme::Diets, 2, 1), &OWN_INGREDIENTS),
    });
    serde_json::from_value(profile).unwrap()
}

fn limit(draw: &mut Draw) -> Value {
    let nutrient = draw.one(&["fat", "saturates", "sugars", "salt", "energy", "protein", "carbohydrate"]);
    let (max, unit) = match nutrient {
        "energy" => draw.one(&[(400.0, "kcal"), (1_700.0, "kJ"), (0.0, "kJ")]),
        "salt" => draw.one(&[(0.3, "g"), (300.0, "mg"), (1.0, "g")]),
        _ => draw.one(&[(5.0, "g"), (5_000.0, "mg"), (12.5, "g"), (0.0, "g")]),
    };
    json!({"nutrient": nutrient, "max": max, "unit": unit, "basis": draw.one(&["100g", "100ml", "portion"])})
}
