//! The vectors that other interpreters of the rules are held to.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::Value;

use crate::people::rules;

#[path = "../../examples/verdict_vectors/draw.rs"]
mod draw;
#[path = "../../examples/verdict_vectors/person.rs"]
mod person;
#[path = "../../examples/verdict_vectors/product.rs"]
mod product;
#[path = "../../examples/verdict_vectors/vectors.rs"]
mod vectors;

/// Every message that a rule may say.
const MESSAGES: &str = "
    allergen.contains allergen.contradicted allergen.free_from allergen.may_contain
    allergen.not_declared allergen.unknown allergen.unmapped
    category.harmless category.missing category.unrecognised category.warned
    certificate.missing certificate.valid
    date.past_best_before date.past_use_by
    flag.all_suit flag.claimed flag.contradicted flag.doubtful flag.maybe_more flag.unsuited
    ingredients.missing
    nutrient.above nutrient.above_own nutrient.contradicted nutrient.food_or_drink nutrient.missing
    nutrient.not_in_ingredients nutrient.within nutrient.within_own
    own_ingredient.absent own_ingredient.found own_ingredient.unknown
    recall.affected recall.cannot_tell recall.not_affected
    statement.absent statement.present statement.unknown";

#[test]
fn the_vectors_are_what_the_rules_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared-contracts/verdict-vectors");
    for (name, fresh) in vectors::files() {
        let stale = format!("{name} is stale: cargo run -p personalization --example verdict_vectors");
        assert!(fs::read_to_string(folder.join(&name)).unwrap() == fresh, "{stale}");
    }
    assert_eq!(fs::read_dir(folder).unwrap().count(), vectors::files().len());
}

#[test]
fn the_vectors_are_a_thousand_and_speak_of_every_rule_in_every_message() {
    let files: Vec<Value> =
        vectors::files().iter().map(|(_, text)| serde_json::from_str(text).unwrap()).collect();
    let cases: Vec<&Value> = files.iter().flat_map(|file| file["cases"].as_array().unwrap()).collect();
    assert_eq!(cases.len(), 1_000);
    let reasons = || cases.iter().flat_map(|case| case["opinion"]["reasons"].as_array().unwrap());
    let said: BTreeSet<&str> = reasons().map(|reason| reason["message"]["key"].as_str().unwrap()).collect();
    assert_eq!(said, MESSAGES.split_whitespace().collect());
    let asked: BTreeSet<&str> = reasons().map(|reason| reason["rule"].as_str().unwrap()).collect();
    for rule in &rules().rules {
        // Rules of own wishes are numbered.
        assert!(asked.iter().any(|id| id.starts_with(&rule.id)), "{} is asked in no case", rule.id);
    }
}
