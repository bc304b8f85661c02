//! Rule sets: immutable documents, known by their content hash, and what they mean.

mod kinds;

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::Value;
use service_chassis::canonical;
use shared_contracts::personalization::{AllergenCode, RuleSetRef, RuleSetSummary};

pub use kinds::{
    AllergenRule, Applies, CategoryRule, CertificateRule, Claim, FlagRule, Kind, NutrientRule, Own, Range,
    Rule, StatementRule, TrafficLight,
};

use super::{
    allergens::Set,
    vocabulary::{Flags, Listed, ListedAdditives, Vocabulary},
};

/// The rule set that verdicts are made with.
const CURRENT: &str = include_str!("../../../rules/packytrace-food-1.0.0.json");
/// Those before it, newest first. A document that was published never changes: a change is a new
/// file with a new version, and the one before it comes here.
const BEFORE: [&str; 0] = [];

/// Every published rule set.
#[derive(Debug)]
pub struct Published {
    /// The one that verdicts are made with.
    pub current: RuleSet,
    /// Those before it, newest first.
    before: Vec<RuleSet>,
}

impl Published {
    /// Reads every published document.
    pub fn read() -> Result<Self, Unusable> {
        let before = BEFORE.into_iter().map(RuleSet::read).collect::<Result<_, _>>()?;
        Ok(Self { current: RuleSet::read(CURRENT)?, before })
    }

    /// All of them, newest first.
    pub fn all(&self) -> impl Iterator<Item = &RuleSet> {
        std::iter::once(&self.current).chain(&self.before)
    }

    /// The one of this version, alone.
    pub fn take(self, version: &str) -> Option<RuleSet> {
        std::iter::once(self.current).chain(self.before).find(|set| set.summary.version == version)
    }

    /// The one of this version.
    pub fn of_version(&self, version: &str) -> Option<&RuleSet> {
        self.all().find(|set| set.summary.version == version)
    }
}

/// Why a document is no rule set.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// It is no JSON, or not of this shape.
    #[error("the document cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    /// A class of ingredients that nobody described.
    #[error("the class {0:?} is used and not described")]
    NoClass(String),
    /// Two rules of one id.
    #[error("two rules are called {0:?}")]
    Twice(String),
}

/// A rule set, ready to judge.
#[derive(Debug)]
pub struct RuleSet {
    /// What lists show of it.
    pub summary: RuleSetSummary,
    /// What verdicts name it by.
    pub reference: RuleSetRef,
    /// The document as it was published, with its hash.
    pub document: Value,
    /// The rules, in their order.
    pub rules: Vec<Rule>,
    /// Ingredients and additives.
    pub vocabulary: Vocabulary,
    /// Allergens by declared code; an empty set is known and not of Annex II.
    pub allergen_codes: HashMap<String, Set>,
    /// What labels claim to be free of.
    pub free_from_labels: HashMap<String, Set>,
    /// What else labels claim.
    pub claims: HashMap<String, Vec<Claim>>,
}

/// A document.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    id: String,
    version: String,
    title: String,
    jurisdiction: String,
    valid_from: NaiveDate,
    #[serde(rename = "sources")]
    _sources: Vec<Source>,
    allergens: ListedAllergens,
    claims: HashMap<Claim, Vec<String>>,
    classes: HashMap<String, Flags>,
    vocabulary: Listed,
    additives: Vec<ListedAdditives>,
    rules: Vec<Rule>,
}

/// Where something is taken from.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    #[serde(rename = "id")]
    _id: String,
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "for")]
    _for: Vec<String>,
}

/// How allergens are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedAllergens {
    codes: HashMap<AllergenCode, Vec<String>>,
    not_annex_ii: Vec<String>,
    free_from_labels: HashMap<AllergenCode, Vec<String>>,
}

impl RuleSet {
    /// Reads a document.
    pub fn read(text: &str) -> Result<Self, Unusable> {
        let mut written: Value = serde_json::from_str(text)?;
        let document: Document = serde_json::from_str(text)?;
        let hash = canonical::sha256_hex(canonical::json(&written).as_bytes());
        if let Some(members) = written.as_object_mut() {
            members.insert("hash".to_owned(), hash.clone().into());
        }
        let mut ids = HashSet::new();
        if let Some(twice) = document.rules.iter().find(|rule| !ids.insert(&rule.id)) {
            return Err(Unusable::Twice(twice.id.clone()));
        }
        let vocabulary = Vocabulary::new(&document.classes, &document.vocabulary, &document.additives)
            .map_err(Unusable::NoClass)?;
        let other = document.allergens.not_annex_ii.into_iter().map(|code| (code, Set::EMPTY));
        let mut allergen_codes = by_name(document.allergens.codes);
        allergen_codes.extend(other);
        Ok(Self {
            reference: RuleSetRef {
                id: document.id.clone(),
                version: document.version.clone(),
                hash: hash.clone(),
            },
            summary: RuleSetSummary {
                id: document.id,
                version: document.version,
                hash,
                title: document.title,
                jurisdiction: document.jurisdiction,
                valid_from: document.valid_from,
            },
            document: written,
            rules: document.rules,
            vocabulary,
            allergen_codes,
            free_from_labels: by_name(document.allergens.free_from_labels),
            claims: claims(document.claims),
        })
    }
}

/// Sets by each of their names: one name may stand for several allergens (GS1 `UN`).
fn by_name(listed: HashMap<AllergenCode, Vec<String>>) -> HashMap<String, Set> {
    let mut sets: HashMap<String, Set> = HashMap::new();
    for (code, names) in listed {
        for name in names {
            let set = sets.entry(name).or_default();
            *set = set.with(Set::of(code));
        }
    }
    sets
}

fn claims(listed: HashMap<Claim, Vec<String>>) -> HashMap<String, Vec<Claim>> {
    let mut claims: HashMap<String, Vec<Claim>> = HashMap::new();
    for (claim, labels) in listed {
        for label in labels {
            claims.entry(label).or_default().push(claim);
        }
    }
    claims
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared_contracts::personalization::{
        AllergenCode::{Crustaceans, Molluscs},
        Condition::{Coeliac, Diabetes, Hypertension, LactoseIntolerance, Pku, Pregnancy},
        Diet,
    };

    /// Whoever changes a published document learns it here: verdicts that name its hash would no
    /// longer replay.
    #[test]
    fn what_was_published_has_not_changed() {
        let published = Published::read().unwrap();
        let hashes: Vec<(&str, &str)> =
            published.all().map(|set| (set.summary.version.as_str(), set.summary.hash.as_str())).collect();
        insta::assert_debug_snapshot!(hashes);
    }

    #[test]
    fn there_is_a_rule_for_every_allergen_diet_and_condition() {
        let rules = Published::read().unwrap().current.rules;
        let applies = |wanted: Applies| rules.iter().any(|rule| rule.applies == wanted);
        for code in crate::domain::allergens::ALL {
            assert!(applies(Applies::Allergen(code)), "{code:?}");
        }
        for diet in [Diet::Vegan, Diet::Vegetarian, Diet::Halal, Diet::Kosher] {
            assert!(applies(Applies::Diet(diet)), "{diet:?}");
        }
        for condition in [Coeliac, LactoseIntolerance, Diabetes, Hypertension, Pku, Pregnancy] {
            assert!(applies(Applies::Condition(condition)), "{condition:?}");
        }
        for own in [Applies::OwnLimits, Applies::OwnIngredients, Applies::Everyone] {
            assert!(applies(own), "{own:?}");
        }
    }

    #[test]
    fn gs1_un_is_crustaceans_and_molluscs() {
        assert_eq!(
            Published::read().unwrap().current.allergen_codes["UN"],
            Set::of(Crustaceans).with(Set::of(Molluscs))
        );
    }

    #[test]
    fn a_document_that_contradicts_itself_is_none() {
        let change = |change: &dyn Fn(&mut Value)| {
            let mut document: Value = serde_json::from_str(CURRENT).unwrap();
            change(&mut document);
            RuleSet::read(&document.to_string()).unwrap_err().to_string()
        };
        let unknown_class = change(&|d| d["vocabulary"]["ingredients"][0]["class"] = "fungus".into());
        assert!(unknown_class.contains("fungus"), "{unknown_class}");
        let twice = change(&|d| d["rules"][1]["id"] = d["rules"][0]["id"].clone());
        assert!(twice.contains("two rules"), "{twice}");
        let unknown_kind = change(&|d| d["rules"][0]["kind"] = "hunch".into());
        assert!(unknown_kind.contains("hunch"), "{unknown_kind}");
        let unknown_member = change(&|d| d["rules"][0]["more"] = 1.into());
        assert!(unknown_member.contains("more"), "{unknown_member}");
    }
}
