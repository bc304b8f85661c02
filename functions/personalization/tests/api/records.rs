//! Missing data is never safe: over the 3,078 real records of Open Food Facts that the project keeps
//! beside its repository. They are not ours to copy, so where they are absent this says so.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead, BufReader, Write},
    path::Path,
};

use flate2::read::MultiGzDecoder;
use personalization::domain::{facts::Facts, verdict};
use serde_json::{Value, json};
use shared_contracts::{
    passport::Passport,
    personalization::{HealthProfile, Outcome, Reason},
};

use crate::people::{any_package, of_anybody, passport, personas, rules};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data/products/products.jsonl.gz");

/// What each persona's verdicts came to under each version of the rules.
const GOLDEN: &str = include_str!("golden.json");

/// The records as products, each with its line.
fn products() -> Option<Vec<Value>> {
    let file = Path::new(FILE);
    if !file.exists() {
        // Straight to stdout: a test that passes without having looked at anything must say so.
        let mut out = io::stdout();
        writeln!(out, "NOT RUN: shared/data/products/products.jsonl.gz is not beside this checkout").unwrap();
        return None;
    }
    let lines = BufReader::new(MultiGzDecoder::new(File::open(file).unwrap())).lines();
    Some(lines.map(|line| product(&serde_json::from_str(&line.unwrap()).unwrap())).collect())
}

/// A record in the shape of a product. Tags stay as they are: the rules know them.
fn product(record: &Value) -> Value {
    let list = |name: &str| record[name].as_array().cloned().unwrap_or_default();
    let declared = |name: &str, presence: &str| -> Vec<Value> {
        list(name).iter().map(|code| json!({"code": code, "presence": presence})).collect()
    };
    let nutriments = record["nutriments"].as_object().unwrap().iter().map(|(name, amount)| {
        let name = name.strip_suffix("_prepared").unwrap_or(name);
        let nutrient = match name {
            "saturated-fat" => "saturates",
            "proteins" => "protein",
            "carbohydrates" => "carbohydrate",
            "energy-kcal" | "energy-kj" => "energy",
            name => name,
        };
        json!({"nutrient": nutrient, "value": amount["value"], "unit": amount["unit"], "basis": amount["per"],
               "prepared": amount["prepared"]})
    });
    let unit = record["quantity"].as_str().and_then(|text| text.rsplit(' ').next());
    json!({
        "ingredients_text": record["ingredients_text"],
        "ingredients": list("ingredients").iter().map(ingredient).collect::<Vec<_>>(),
        "allergens": declared("allergens", "contains").into_iter().chain(declared("traces", "may_contain")).collect::<Vec<_>>(),
        "labels": list("labels"),
        "additives": list("additives"),
        "category": list("categories").last(),
        "quantity": unit.map(|unit| json!({"unit": unit})),
        "nutriments": nutriments.collect::<Vec<_>>(),
    })
}

fn ingredient(parsed: &Value) -> Value {
    let flag = |name: &str| parsed[name].as_str().map(|word| word.trim_start_matches("en:").to_owned());
    let inside = parsed["ingredients"].as_array().into_iter().flatten();
    json!({"id": parsed["id"], "text": parsed["text"], "vegan": flag("vegan"), "vegetarian": flag("vegetarian"),
           "ingredients": inside.map(ingredient).collect::<Vec<_>>()})
}

/// What every persona is told, by rule.
fn told(passport: &Passport, people: &[(&str, HealthProfile)]) -> Vec<Vec<Reason>> {
    let facts = Facts::of(passport, rules());
    people.iter().map(|(_, person)| verdict::judge(rules(), person, &facts, any_package()).reasons).collect()
}

fn outcome(reasons: &[Reason], rule: &str) -> Option<Outcome> {
    reasons.iter().find(|reason| reason.rule == rule).map(|reason| reason.outcome)
}

fn headline(reasons: &[Reason]) -> Outcome {
    reasons.first().map_or(Outcome::Suitable, |worst| worst.outcome)
}

/// The product without each of its facts in turn, with the pointer of what is gone.
fn without_each_fact(product: &Value) -> Vec<(String, Value)> {
    let mut pointers = Vec::new();
    facts(product, "", &mut pointers);
    let without = |pointer: &String| {
        let mut less = product.clone();
        let (above, last) = pointer.rsplit_once('/').unwrap();
        match less.pointer_mut(above).unwrap() {
            Value::Array(items) => drop(items.remove(last.parse().unwrap())),
            Value::Object(members) => drop(members.remove(last)),
            _ => unreachable!("what has members is a list or an object"),
        }
        (pointer.clone(), less)
    };
    pointers.iter().map(without).collect()
}

/// Every member that a product need not have and that does not say what another one means, and every
/// item of every list.
fn facts(value: &Value, at: &str, into: &mut Vec<String>) {
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let pointer = format!("{at}/{index}");
                facts(item, &pointer, into);
                into.push(pointer);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                let pointer = format!("{at}/{name}");
                facts(member, &pointer, into);
                let needed =
                    ["text", "code", "presence", "nutrient", "value", "prepared"].contains(&name.as_str());
                if !needed && !member.is_null() {
                    into.push(pointer);
                }
            }
        }
        _ => {}
    }
}

/// Whether the fact that is gone is, holds or is part of the one that a rule named.
fn concerns(reason: &Reason, gone: &str) -> bool {
    // Not to be declared is a fact about the whole statement.
    if reason.message.key == "allergen.not_declared" {
        return true;
    }
    reason.fact.as_ref().is_some_and(|fact| fact.pointer.starts_with(gone) || gone.starts_with(&fact.pointer))
}

/// Without a fact that it did not name, no rule says anything better; and whatever is gone, nothing
/// becomes suitable, unless the very fact is gone that spoke against a claim.
fn never_better(before: &[Reason], after: &[Reason], gone: &str, product: &Value) {
    for reason in before {
        let now = outcome(after, &reason.rule).unwrap_or(Outcome::Suitable);
        let of = || format!("{} without {gone}: {reason:?}, now {now:?}\n{product}", reason.rule);
        if !concerns(reason, gone) {
            assert!(now <= reason.outcome, "{}", of());
        }
        let key = &*reason.message.key;
        let speaks_against = key.ends_with(".contradicted") || key == "allergen.unmapped";
        if !(speaks_against && concerns(reason, gone)) && reason.outcome != Outcome::Suitable {
            assert_ne!(now, Outcome::Suitable, "{}", of());
        }
    }
}

#[test]
fn removing_any_fact_never_moves_a_verdict_toward_suitable() {
    let Some(products) = products() else { return };
    let people = personas();
    let mut tried = 0;
    for product in &products {
        let before = told(&of_anybody(product.clone()), &people);
        for (gone, less) in without_each_fact(product) {
            let after = told(&of_anybody(less), &people);
            for (before, after) in before.iter().zip(&after) {
                never_better(before, after, &gone, product);
            }
            tried += 1;
        }
    }
    assert!(tried > 100_000, "{tried}");
}

/// The same where a brand vouches for a complete statement. What is taken out of such a statement
/// is claimed not to be there, so only the rules that did not name it are held to it.
#[test]
fn a_complete_statement_is_no_better_without_what_a_rule_did_not_name() {
    let Some(products) = products() else { return };
    let people = personas();
    for product in products.iter().step_by(5) {
        let mut product = product.clone();
        product["statement_complete"] = json!(true);
        let before = told(&passport(product.clone(), "brand", json!([])), &people);
        for (gone, less) in without_each_fact(&product) {
            let after = told(&passport(less, "brand", json!([])), &people);
            for (before, after) in before.iter().zip(&after) {
                // A statement with something taken out of it is another statement.
                for reason in before.iter().filter(|reason| !concerns(reason, &gone)) {
                    let now = outcome(after, &reason.rule).unwrap_or(Outcome::Suitable);
                    assert!(now <= reason.outcome, "without {gone}: {reason:?}, now {now:?}\n{product}");
                }
            }
        }
    }
}

#[test]
fn adding_an_allergen_a_trace_or_a_recall_never_moves_a_verdict_toward_suitable() {
    let Some(products) = products() else { return };
    let people = personas();
    let codes =
        ["gluten", "wheat", "milk", "peanuts", "UN", "nuts", "hazelnut", "en:zorbulate", "eggs", "fish"];
    let recall = json!([{"recall_id": "0193e3a1-6a10-7c3f-9e52-3a7bad1f8c22", "status": "active", "lots": ["L1"],
                         "reason": "glass", "instructions": "bring it back"}]);
    for product in &products {
        let before = told(&of_anybody(product.clone()), &people);
        let mut more = vec![passport(product.clone(), "community", recall.clone())];
        for code in codes {
            for presence in ["contains", "may_contain"] {
                let mut with = product.clone();
                with["allergens"].as_array_mut().unwrap().push(json!({"code": code, "presence": presence}));
                more.push(of_anybody(with));
            }
        }
        for passport in more {
            for (before, after) in before.iter().zip(told(&passport, &people)) {
                assert!(headline(&after) <= headline(before), "{product}");
                for reason in before {
                    let now = outcome(&after, &reason.rule).unwrap_or(Outcome::Suitable);
                    assert!(
                        now <= reason.outcome,
                        "{reason:?}, now {now:?}: {:?}",
                        passport.product.allergens.last()
                    );
                }
            }
        }
    }
}

#[test]
fn the_verdicts_over_all_records_come_to_what_they_came_to() {
    let Some(products) = products() else { return };
    let people = personas();
    let mut counts: BTreeMap<&str, BTreeMap<String, u32>> = BTreeMap::new();
    for product in products {
        for ((name, _), reasons) in people.iter().zip(told(&of_anybody(product), &people)) {
            let headline = serde_json::to_value(headline(&reasons)).unwrap();
            *counts.entry(name).or_default().entry(headline.as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    let golden: Value = serde_json::from_str(GOLDEN).unwrap();
    let version = rules().summary.version.as_str();
    assert_eq!(json!(counts), golden[version], "a change of verdicts is a new version of the rules");
}
