//! Six people, and products for them to be judged.

use std::sync::LazyLock;

use chrono::NaiveDate;
use personalization::domain::{
    facts::Facts,
    interpret::Circumstances,
    rule_set::{Published, RuleSet},
    verdict::{self, Opinion},
};
use serde_json::{Value, json};
use shared_contracts::{
    passport::Passport,
    personalization::{HealthProfile, Outcome, Reason},
};

static PUBLISHED: LazyLock<Published> = LazyLock::new(|| Published::read().unwrap());

/// The rules that verdicts are made with.
pub(crate) fn rules() -> &'static RuleSet {
    &PUBLISHED.current
}

/// Who is judged for, by name.
pub(crate) fn personas() -> Vec<(&'static str, HealthProfile)> {
    let person = |name, profile: Value| (name, serde_json::from_value(profile).unwrap());
    vec![
        person("coeliac", json!({"conditions": ["coeliac"]})),
        person("peanut, strict", json!({"allergens": [{"code": "peanuts", "sensitivity": "strict"}]})),
        person("vegan", json!({"diets": ["vegan"]})),
        person("halal", json!({"diets": ["halal"]})),
        person("pku", json!({"conditions": ["pku"]})),
        person("pregnant with hypertension", json!({"conditions": ["pregnancy", "hypertension"]})),
    ]
}

/// The profile of who avoids one allergen.
pub(crate) fn avoiding(code: &str, sensitivity: &str) -> HealthProfile {
    profile(json!({"allergens": [{"code": code, "sensitivity": sensitivity}]}))
}

/// A profile.
pub(crate) fn profile(members: Value) -> HealthProfile {
    serde_json::from_value(members).unwrap()
}

/// The day of every verdict.
pub(crate) fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

/// Nothing is known of the package.
pub(crate) fn any_package() -> Circumstances<'static> {
    Circumstances { on: today(), lot: None, use_by: None, best_before: None }
}

/// A passport with these members of its product, vouched for by its brand.
pub(crate) fn of_brand(product: Value) -> Passport {
    passport(product, "brand", json!([]))
}

/// The same, as anybody may have stated it.
pub(crate) fn of_anybody(product: Value) -> Passport {
    passport(product, "community", json!([]))
}

/// A passport with recalls.
pub(crate) fn passport(product: Value, standing: &str, recalls: Value) -> Passport {
    let mut members = json!({
        "gtin": "09521234543213",
        "revision": 3,
        "content_hash": "0".repeat(64),
        "facts": {"": {"source": "Nordfeld", "standing": standing, "at": "2026-11-01T00:00:00Z"}},
        "recalls": recalls,
        "links": [],
        "withdrawn": false,
    });
    members.as_object_mut().unwrap().extend(product.as_object().unwrap().clone());
    serde_json::from_value(members).unwrap()
}

/// The current rules' opinion.
pub(crate) fn opinion(profile: &HealthProfile, passport: &Passport) -> Opinion {
    let rules = rules();
    verdict::judge(rules, profile, &Facts::of(passport, rules), any_package())
}

/// Only its headline.
pub(crate) fn headline(profile: &HealthProfile, passport: &Passport) -> Outcome {
    opinion(profile, passport).headline
}

/// What one rule said.
pub(crate) fn reason<'o>(opinion: &'o Opinion, rule: &str) -> &'o Reason {
    opinion.reasons.iter().find(|reason| reason.rule == rule).unwrap()
}
