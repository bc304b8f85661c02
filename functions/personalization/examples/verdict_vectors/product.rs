//! Invented products: labels as they are printed, with gaps, contradictions and what cannot be true.

use serde_json::{Map, Value, json};
use shared_contracts::passport::Passport;

use super::{draw::Draw, vectors::Theme};

/// Name in a taxonomy, if it has one, and words of the label.
const INGREDIENTS: [(Option<&str>, &str); 48] = [
    (Some("en:sugar"), "Zucker"),
    (None, "sunflower oil"),
    (None, "water"),
    (None, "sea salt"),
    (Some("en:whole-milk-powder"), "Vollmilchpulver"),
    (None, "Skimmed Milk Powder"),
    (None, "butter"),
    (None, "Cow's milk cheese"),
    (Some("en:unheard-of"), "rye flour"),
    (None, "wholemeal wheat flour"),
    (None, "gluten-free wheat starch"),
    (None, "wheat glucose syrup"),
    (Some("en:hazelnut"), "NOISETTES grillées"),
    (None, "almonds, roasted"),
    (None, "coconut milk"),
    (None, "pine nuts"),
    (None, "peanut butter"),
    (None, "soya lecithin"),
    (None, "lecithin"),
    (None, "natural flavouring"),
    (Some("en:palm-oil"), "Palmöl"),
    (None, "huile de palme"),
    (None, "zorbulate"),
    (None, "milk zorbulate"),
    (None, "milk free chocolate"),
    (None, "organic"),
    (None, "dark chocolate 70%"),
    (None, "pork gelatine"),
    (None, "beef"),
    (None, "smoked salmon"),
    (None, "shrimps"),
    (None, "oysters"),
    (None, "egg yolk"),
    (None, "honey"),
    (None, "white wine"),
    (None, "raw milk"),
    (None, "chicken liver"),
    (None, "carmine"),
    (None, "aspartame"),
    (None, "strawberries"),
    (None, "mustard seed"),
    (None, "celeriac"),
    (None, "Lupin flour"),
    (None, "sesame"),
    (None, "sulphur dioxide"),
    (Some("en:e471"), "Emulgator"),
    (None, "γάλα"),
    (None, "шоколад"),
];
const TEXTS: [(&str, &str); 12] = [
    ("en", "Sugar, PALM OIL (20%), cocoa."),
    ("de", "Zucker, Palmöl, Kakao; enthält eine Phenylalaninquelle"),
    ("fr", "Sucre, huile de palme. Fromage au lait cru"),
    ("en", "Water. Contains a source of phenylalanine."),
    ("de", "Käse aus ROHMILCH"),
    ("en", "High caffeine content. Not recommended for children or pregnant women."),
    ("el", "Ζάχαρη, γάλα, κακάο"),
    ("ru", "Сахар, шоколад"),
    ("tr", "ŞEKER, İNCİR"),
    ("nl", "Suiker, tarwe"),
    ("ja", "砂糖、乳製品"),
    ("en", "wild strawberry, nut"),
];
const ALLERGENS: [&str; 40] = [
    "gluten",
    "wheat",
    "rye",
    "barley",
    "oats",
    "crustaceans",
    "eggs",
    "fish",
    "peanuts",
    "soybeans",
    "milk",
    "nuts",
    "almond",
    "hazelnut",
    "walnut",
    "cashew",
    "pecan",
    "brazil_nut",
    "pistachio",
    "macadamia",
    "celery",
    "mustard",
    "sesame",
    "sulphites",
    "lupin",
    "molluscs",
    "UN",
    "AM",
    "AW",
    "SH",
    "en:tree-nuts",
    "de:weizen",
    "fr:lait",
    "nl:noten",
    "es:mani",
    "en:γάλα",
    "en:pine-nuts",
    "coconut",
    "de:wheyprotein",
    "en:zorbulate",
];
const LABELS: [&str; 16] = [
    "en:no-gluten",
    "de:glutenfrei",
    "en:no-lactose",
    "en:vegan",
    "fr:vegan",
    "en:vegetarian",
    "en:no-milk",
    "en:no-nuts",
    "en:no-peanuts",
    "en:no-eggs",
    "en:wheat-free",
    "en:halal",
    "en:contains-a-source-of-phenylalanine",
    "en:made-with-raw-milk",
    "en:high-caffeine-content",
    "en:fair-trade",
];
const ADDITIVES: [&str; 12] = [
    "en:e322", "en:e471", "en:e120", "en:e951", "en:e220", "en:e1105", "E300", "en:e428", "en:e901",
    "en:e9999", "en:e1510", "e966",
];
const CATEGORIES: [&str; 12] = [
    "en:biscuits",
    "en:bries",
    "en:dark-chocolates",
    "en:energy-drinks",
    "en:waters",
    "en:smoked-salmons",
    "en:cocoa-and-hazelnut-spreads",
    "fr:fromages",
    "en:pâtés",
    "en:wines",
    "Chocolate candies",
    "en:unheard-of",
];
const NUTRIENTS: [&str; 10] =
    ["salt", "sugars", "fat", "saturates", "sodium", "protein", "carbohydrate", "energy", "alcohol", "fibre"];
const LOTS: [&str; 3] = ["L1", "L2", "l1"];
const DAYS: [&str; 4] = ["2026-11-21", "2026-11-22", "2026-12-01", "2026-12-24"];

/// What a theme is about is on nearly every label, everything else on few.
pub(crate) fn passport(draw: &mut Draw, theme: Theme) -> Passport {
    let likely = |of: &[Theme]| if theme == Theme::Everything || of.contains(&theme) { 80 } else { 12 };
    let mut product = Map::new();
    let mut state = |name: &str, value: Value| product.insert(name.to_owned(), value);
    if draw.chance(if theme == Theme::Packages { 20 } else { 70 }) {
        state("ingredients", ingredients(draw, 3, 2));
    }
    if draw.chance(likely(&[Theme::Nutrients])) {
        let texts = draw.some(3, &TEXTS).into_iter();
        state("ingredients_text", texts.map(|(language, text)| (language.to_owned(), json!(text))).collect());
    }
    if draw.chance(likely(&[Theme::Allergens])) {
        let presence = ["contains", "may_contain", "free_from"];
        let declared = draw.some(3, &ALLERGENS).into_iter();
        state(
            "allergens",
            declared.map(|code| json!({"code": code, "presence": draw.one(&presence)})).collect(),
        );
    }
    if draw.chance(likely(&[Theme::Allergens, Theme::Diets])) {
        state("labels", json!(draw.some(2, &LABELS)));
    }
    if draw.chance(likely(&[Theme::Diets])) {
        state("additives", json!(draw.some(2, &ADDITIVES)));
    }
    if draw.chance(likely(&[Theme::Diets])) {
        state("certificates", certificates(draw));
    }
    if draw.chance(likely(&[Theme::Nutrients])) {
        let mut nutriments: Vec<Value> = (0..draw.one(&[1, 2, 4])).map(|_| nutriment(draw)).collect();
        if draw.chance(20) {
            nutriments.extend(against_itself(draw));
        }
        state("nutriments", json!(nutriments));
    }
    if draw.chance(likely(&[Theme::Nutrients])) {
        let unit = draw.one(&[Some("g"), Some("KG"), Some("ml"), Some("l"), Some("oz"), None]);
        state("quantity", json!({"value": 1, "unit": unit}));
    }
    if draw.chance(likely(&[Theme::Nutrients])) {
        state("category", json!(draw.one(&CATEGORIES)));
    }
    state("statement_complete", json!(draw.chance(60)));
    state("facts", facts(draw));
    state("recalls", recalls(draw, likely(&[Theme::Packages])));
    state("gtin", json!("09521234543213"));
    state("revision", json!(3));
    state("content_hash", json!("0".repeat(64)));
    state("links", json!([]));
    state("withdrawn", json!(false));
    serde_json::from_value(Value::Object(product)).unwrap()
}

/// The package in the person's hand, and the day.
pub(crate) fn package(draw: &mut Draw, theme: Theme) -> Value {
    let told = if theme == Theme::Packages { 60 } else { 10 };
    let mut at = json!({"on": "2026-11-22"});
    if draw.chance(told) {
        at["lot"] = json!(draw.one(&LOTS));
    }
    if draw.chance(told) {
        at["use_by"] = json!(draw.one(&DAYS));
    }
    if draw.chance(told) {
        at["best_before"] = json!(draw.one(&DAYS));
    }
    at
}

fn ingredients(draw: &mut Draw, most: usize, depth: usize) -> Value {
    let listed = draw.some(most, &INGREDIENTS).into_iter();
    listed
        .map(|(id, text)| {
            let mut one = json!({ "text": text });
            if let Some(id) = id {
                one["id"] = json!(id);
            }
            for flag in ["vegan", "vegetarian"] {
                if draw.chance(15) {
                    one[flag] = json!(draw.one(&["yes", "no", "maybe"]));
                }
            }
            if depth > 0 && draw.chance(20) {
                one["ingredients"] = ingredients(draw, 2, depth - 1);
            }
            one
        })
        .collect()
}

fn certificates(draw: &mut Draw) -> Value {
    let schemes = draw.some(2, &["Halal", "kosher", "Halal Food Authority", "OU Kosher", "halalish", "bio"]);
    schemes
        .into_iter()
        .map(|scheme| {
            let valid_until = draw.one(&[None, Some("2026-11-21"), Some("2026-11-22"), Some("2030-01-01")]);
            json!({"scheme": scheme, "valid_until": valid_until})
        })
        .collect()
}

/// Values at the limits, beside them, and impossible ones.
fn nutriment(draw: &mut Draw) -> Value {
    let nutrient = draw.one(&NUTRIENTS);
    let values = match nutrient {
        "energy" => [0.0, 400.0, 1_700.0, 3_800.0, 3_800.5, 900.0],
        "salt" | "sodium" => [0.0, 0.12, 0.3, 0.301, 1.5, 1.505],
        _ => [-0.5, 0.05, 2.5, 5.0, 22.5, 120.0],
    };
    let unit = match nutrient {
        "energy" => draw.one(&[Some("kJ"), Some("kcal"), Some("KJ"), Some("g"), None]),
        "alcohol" => draw.one(&[Some("% vol"), Some("g"), None]),
        _ => draw.one(&[
            Some("g"),
            Some("g"),
            Some("g"),
            Some("mg"),
            Some("µg"),
            Some("MCG"),
            Some("oz"),
            None,
        ]),
    };
    let basis = draw.one(&[Some("100g"), Some("100g"), Some("100ml"), Some("serving"), None]);
    let prepared = draw.one(&[None, None, Some(false), Some(true)]);
    json!({"nutrient": nutrient, "value": draw.one(&values), "unit": unit, "basis": basis, "prepared": prepared})
}

/// Two values of one nutrient, of which one is low and the other high.
fn against_itself(draw: &mut Draw) -> [Value; 2] {
    let (nutrient, low, high) =
        draw.one(&[("salt", 0.1, 1.6), ("sugars", 2.0, 30.0), ("saturates", 0.5, 6.0)]);
    let basis = draw.one(&["100g", "100ml"]);
    [low, high].map(|value| json!({"nutrient": nutrient, "value": value, "unit": "g", "basis": basis}))
}

/// Who answers for what: for all, for parts, or nobody.
fn facts(draw: &mut Draw) -> Value {
    let fact = |source: &str, standing: &str| json!({"source": source, "standing": standing, "at": "2026-11-01T00:00:00Z"});
    let mut facts = Map::new();
    for (pointer, chance) in
        [("", 90), ("/statement_complete", 30), ("/ingredients", 20), ("/nutriments/0", 20)]
    {
        if draw.chance(chance) {
            let (source, standing) =
                draw.one(&[("Nordfeld", "brand"), ("Nordfeld", "certified"), ("neighbours", "community")]);
            facts.insert(pointer.to_owned(), fact(source, standing));
        }
    }
    Value::Object(facts)
}

fn recalls(draw: &mut Draw, likely: usize) -> Value {
    let count = if draw.chance(likely) { draw.one(&[1, 2]) } else { 0 };
    let recall = |draw: &mut Draw| {
        let mut recall = json!({"recall_id": "0193e3a1-6a10-7c3f-9e52-3a7bad1f8c22", "reason": "glass",
                                "instructions": "bring it back", "status": draw.one(&["active", "active", "lifted"])});
        if draw.chance(60) {
            recall["lots"] = json!(draw.some(2, &LOTS));
        }
        if draw.chance(40) {
            recall["use_by"] = draw.one(&[["2026-11-22", "2026-12-01"], ["2026-12-01", "2026-12-23"]]).into();
        }
        recall
    };
    (0..count).map(|_| recall(draw)).collect()
}
