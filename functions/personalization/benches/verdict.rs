//! How long a verdict takes: 40 rules over a product of 20 ingredients, with and without reading the
//! passport's facts. One JSON line, medians of many rounds.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on stops, and tells"
)]

use std::hint::black_box;

use chrono::NaiveDate;
use personalization::domain::{facts::Facts, interpret::Circumstances, rule_set::Published, verdict};
use serde_json::{Value, json};
use shared_contracts::{passport::Passport, personalization::HealthProfile};
use tokio::time::Instant;

const ROUNDS: usize = 2001;
/// Few enough that most rounds are not interrupted by what else the machine does.
const VERDICTS_A_ROUND: u32 = 10;
/// What a verdict may take, in microseconds.
const LIMIT_US: f64 = 20.0;

fn main() {
    let (rules, passport, profile) = (Published::read().unwrap().current, passport(), profile());
    let on = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
    let at = Circumstances { on, lot: None, use_by: None, best_before: None };
    let facts = Facts::of(&passport, &rules);
    let judged = verdict::judge(&rules, &profile, &facts, at).reasons.len();
    let verdict_us = median(|| drop(black_box(verdict::judge(&rules, &profile, black_box(&facts), at))));
    let facts_us = median(|| drop(black_box(Facts::of(black_box(&passport), &rules))));
    println!(
        "{}",
        json!({"bench": "verdict", "rules": judged, "ingredients": passport.product.ingredients.len(),
               "verdict_us": verdict_us, "facts_us": facts_us, "limit_us": LIMIT_US,
               "within_limit": verdict_us <= LIMIT_US})
    );
}

/// The median of the rounds, in microseconds for one.
fn median(mut work: impl FnMut()) -> f64 {
    let mut rounds: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            (0..VERDICTS_A_ROUND).for_each(|_| work());
            start.elapsed().as_secs_f64() * 1e6 / f64::from(VERDICTS_A_ROUND)
        })
        .collect();
    rounds.sort_by(f64::total_cmp);
    (rounds[ROUNDS / 2] * 100.0).round() / 100.0
}

/// 26 allergens, 5 rules of two diets, 9 of three conditions.
fn profile() -> HealthProfile {
    let allergens: Vec<Value> = personalization::domain::allergens::ALL
        .iter()
        .map(|code| json!({"code": code, "sensitivity": "normal"}))
        .collect();
    let conditions = ["diabetes", "hypertension", "pku"];
    serde_json::from_value(
        json!({"allergens": allergens, "diets": ["vegan", "halal"], "conditions": conditions}),
    )
    .unwrap()
}

/// A spread with a long label.
fn passport() -> Passport {
    let texts = [
        "sugar",
        "palm oil",
        "hazelnuts",
        "skimmed milk powder",
        "fat-reduced cocoa",
        "soya lecithin",
        "vanillin",
        "wheat flour",
        "whole egg powder",
        "glucose syrup",
        "salt",
        "rapeseed oil",
        "barley malt extract",
        "natural flavouring",
        "almonds",
        "butter",
        "rice flour",
        "mono- and diglycerides of fatty acids",
        "citric acid",
        "zorbulate",
    ];
    let ingredients: Vec<Value> = texts.iter().map(|text| json!({ "text": text })).collect();
    let nutriments: Vec<Value> = [
        ("fat", 30.9),
        ("saturates", 10.6),
        ("sugars", 56.3),
        ("salt", 0.107),
        ("protein", 6.3),
    ]
    .iter()
    .map(|(nutrient, value)| json!({"nutrient": nutrient, "value": value, "unit": "g", "basis": "100g"}))
    .collect();
    serde_json::from_value(json!({
        "gtin": "09521234543213", "names": {"en": "Hazelnut spread"}, "category": "en:spreads",
        "quantity": {"value": 400, "unit": "g"}, "ingredients": ingredients, "nutriments": nutriments,
        "allergens": [{"code": "hazelnut", "presence": "contains"}, {"code": "milk", "presence": "contains"},
                      {"code": "soybeans", "presence": "contains"}, {"code": "peanuts", "presence": "may_contain"}],
        "additives": ["en:e322", "en:e471"], "labels": ["en:sustainable-palm-oil"], "statement_complete": true,
        "revision": 1, "content_hash": "0".repeat(64), "recalls": [], "links": [], "withdrawn": false,
        "facts": {"": {"source": "Nordfeld", "standing": "brand", "at": "2026-11-01T00:00:00Z"}},
    }))
    .unwrap()
}
