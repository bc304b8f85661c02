//! What the catalogue takes: a product that can be kept, in the form in which it is kept.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use service_chassis::canonical;
use shared_contracts::passport::Product;
use uuid::Uuid;

use super::{
    gs1::Gtin,
    search,
    signature::{Seal, Signer},
};

/// Longest text that a product's field may have, in characters.
const LONGEST_TEXT: usize = 20_000;
/// Most members of any list.
const LONGEST_LIST: usize = 1_000;

/// Most bytes of the words by which a product is found; Postgres indexes no more than 1 MiB.
const LONGEST_SEARCH_TEXT: usize = 200_000;

/// Who states the facts of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source(String);

impl Source {
    /// A source such as `demo` or `open-food-facts`: lower-case letters, digits and hyphens.
    pub fn new(name: &str) -> Option<Self> {
        let sound = (1..=40).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        sound.then(|| Self(name.to_owned()))
    }

    /// What a brand states of its own product.
    pub fn brand() -> Self {
        Self("brand".to_owned())
    }

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Since when each fact is stated as it is, by JSON Pointer into the document.
pub type Facts = BTreeMap<String, DateTime<Utc>>;

/// A product as the catalogue keeps it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its GTIN.
    pub gtin: Gtin,
    /// The product; its `gtin` has 14 digits.
    pub product: Product,
    /// The product as JSON.
    pub document: Value,
    /// The same, canonical: what is hashed and signed.
    pub content: String,
    /// SHA-256 of it, hexadecimal.
    pub content_hash: String,
    /// Words by which it is found.
    pub search_text: String,
    /// Who states it.
    pub source: Source,
    /// The brand that does, if it is one.
    pub brand: Option<Uuid>,
}

/// The revision of a product that counts, as far as the next one has to know it.
#[derive(Clone, Debug)]
pub struct Current {
    /// Counts from 1.
    pub number: i32,
    /// The product as JSON.
    pub document: Value,
    /// SHA-256 of the canonical JSON, hexadecimal.
    pub content_hash: String,
    /// Who states it.
    pub source: String,
    /// The brand that does.
    pub brand: Option<Uuid>,
    /// Since when each fact is so.
    pub facts: Facts,
    /// When it was published.
    pub at: DateTime<Utc>,
}

/// What an entry becomes beside its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// Counts from 1.
    pub number: i32,
    /// Since when each fact is so.
    pub facts: Facts,
    /// The publisher's signature.
    pub signature: Option<String>,
}

/// Why a product is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Its `gtin` is not one.
    #[error("{0}")]
    Gtin(#[from] super::gs1::CodeError),
    /// A field is too large to be the fact that it claims to be.
    #[error("{0} is longer than the catalogue takes")]
    TooLong(&'static str),
    /// A text has a character that no text has.
    #[error("a text has a NUL character")]
    Nul,
    /// It cannot be written as JSON.
    #[error("the product cannot be written as JSON: {0}")]
    Unwritable(String),
}

impl Entry {
    /// The entry of a product as `source` states it. Values are kept as they are, impossible
    /// ones included: they are judged where they are used.
    pub fn new(mut product: Product, source: Source) -> Result<Self, Refusal> {
        let gtin: Gtin = product.gtin.parse()?;
        product.gtin = gtin.to_string();
        check_sizes(&product)?;
        let document =
            serde_json::to_value(&product).map_err(|error| Refusal::Unwritable(error.to_string()))?;
        if has_nul(&document) {
            return Err(Refusal::Nul);
        }
        let content = canonical::json(&document);
        let content_hash = canonical::sha256_hex(content.as_bytes());
        let search_text = search_text(&product);
        Ok(Self { gtin, product, document, content, content_hash, search_text, source, brand: None })
    }

    /// The entry of a product as its brand states it.
    pub fn of_brand(product: Product, brand: Uuid) -> Result<Self, Refusal> {
        Ok(Self { brand: Some(brand), ..Self::new(product, Source::brand())? })
    }

    /// The revision that the entry becomes; none when the product is just so already, and the same
    /// publisher says it.
    pub fn after(
        &self,
        current: Option<&Current>,
        signer: Option<&Signer>,
        now: DateTime<Utc>,
    ) -> Option<Next> {
        // What a brand states of its own product, no catalogue replaces.
        if self.brand.is_none() && current.is_some_and(|current| current.brand.is_some()) {
            return None;
        }
        let same_publisher = current
            .filter(|current| (current.source.as_str(), current.brand) == (self.source.as_str(), self.brand));
        if same_publisher.is_some_and(|current| current.content_hash == self.content_hash) {
            return None;
        }
        let number = current.map_or(0, |current| current.number) + 1;
        let seal = self.brand.map(|brand| Seal { brand, revision: number, at: now });
        let signature = signer.zip(seal).map(|(signer, seal)| signer.sign(seal, &self.content));
        Some(Next { number, facts: self.facts(same_publisher, now), signature })
    }

    /// A fact that the same publisher repeats is as old as it was.
    fn facts(&self, before: Option<&Current>, now: DateTime<Utc>) -> Facts {
        let members = self.document.as_object().into_iter().flatten();
        let stated = members.filter(|(name, value)| *name != "gtin" && says_something(value));
        stated
            .map(|(name, value)| {
                let pointer = format!("/{name}");
                let repeated = before.filter(|before| before.document.get(name) == Some(value));
                let since = repeated.map(|before| before.facts.get(&pointer).copied().unwrap_or(before.at));
                (pointer, since.unwrap_or(now))
            })
            .collect()
    }
}

/// What is empty says nothing, and `false` is what nobody has stated.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(members) => !members.is_empty(),
        Value::String(text) => !text.is_empty(),
        Value::Bool(true) | Value::Number(_) => true,
    }
}

/// Postgres keeps no NUL, and no label has one.
fn has_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(has_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        _ => false,
    }
}

fn check_sizes(product: &Product) -> Result<(), Refusal> {
    let texts = |all: &std::collections::BTreeMap<String, String>| {
        all.len() <= LONGEST_LIST && all.values().all(|text| text.chars().count() <= LONGEST_TEXT)
    };
    let line = |text: &Option<String>| text.iter().all(|text| text.chars().count() <= LONGEST_TEXT);
    let fits = [
        (texts(&product.names), "names"),
        (line(&product.brand_name), "brand_name"),
        (line(&product.category), "category"),
        (texts(&product.ingredients_text), "ingredients_text"),
        (product.ingredients.len() <= LONGEST_LIST, "ingredients"),
        (product.allergens.len() <= LONGEST_LIST, "allergens"),
        (product.nutriments.len() <= LONGEST_LIST, "nutriments"),
        (product.labels.len() <= LONGEST_LIST, "labels"),
        (product.additives.len() <= LONGEST_LIST, "additives"),
        (product.packaging.len() <= LONGEST_LIST, "packaging"),
    ];
    match fits.iter().find(|(fits, _)| !fits) {
        Some((_, field)) => Err(Refusal::TooLong(field)),
        None => Ok(()),
    }
}

fn search_text(product: &Product) -> String {
    let category = product.category.iter().map(String::as_str);
    let texts =
        product.names.values().map(String::as_str).chain(product.brand_name.as_deref()).chain(category);
    let mut room = LONGEST_SEARCH_TEXT;
    let fits = |word: &String| {
        room = room.saturating_sub(word.len() + 1);
        room > 0
    };
    texts.flat_map(search::words).take_while(fits).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(gtin: &str, name: &str) -> Result<Entry, Refusal> {
        let product = serde_json::from_value(json!({"gtin": gtin, "names": {"en": name}})).unwrap();
        Entry::new(product, Source::new("demo").unwrap())
    }

    #[test]
    fn a_gtin_is_kept_with_fourteen_digits() {
        assert_eq!(entry("9521234543213", "Oat drink").unwrap().product.gtin, "09521234543213");
    }

    #[test]
    fn a_wrong_check_digit_is_refused() {
        assert!(matches!(entry("9521234543214", "Oat drink"), Err(Refusal::Gtin(_))));
    }

    #[test]
    fn equal_content_has_an_equal_hash_whatever_the_order() {
        let one = entry("9521234543213", "Oat drink").unwrap();
        let two = entry("09521234543213", "Oat drink").unwrap();
        assert_eq!(one.content_hash, two.content_hash);
        assert_ne!(one.content_hash, entry("9521234543213", "Oat").unwrap().content_hash);
    }

    #[test]
    fn one_and_one_point_zero_are_the_same_amount() {
        let with = |value: serde_json::Value| {
            let product =
                json!({"gtin": "9521234543213", "nutriments": [{"nutrient": "fat", "value": value}]});
            Entry::new(serde_json::from_value(product).unwrap(), Source::brand()).unwrap()
        };
        assert_eq!(with(json!(1)).content_hash, with(json!(1.0)).content_hash);
        assert_eq!(with(json!(1.0)).document["nutriments"][0]["value"], json!(1.0));
    }

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(second, 0).unwrap()
    }

    fn current(entry: &Entry, next: &Next, second: i64) -> Current {
        Current {
            number: next.number,
            document: entry.document.clone(),
            content_hash: entry.content_hash.clone(),
            source: entry.source.as_str().to_owned(),
            brand: entry.brand,
            facts: next.facts.clone(),
            at: at(second),
        }
    }

    #[test]
    fn a_change_is_the_next_revision_and_what_it_repeats_keeps_its_date() {
        let product = |name: &str| {
            serde_json::from_value(
                json!({"gtin": "9521234543213", "names": {"en": name}, "labels": ["en:vegan"]}),
            )
            .unwrap()
        };
        let brand = Uuid::from_u128(1);
        let first = Entry::of_brand(product("Oats"), brand).unwrap();
        let one = first.after(None, None, at(1)).unwrap();
        assert_eq!((one.number, one.facts.len()), (1, 2));
        let kept = current(&first, &one, 1);
        assert_eq!(first.after(Some(&kept), None, at(2)), None);
        let second = Entry::of_brand(product("Oat drink"), brand).unwrap();
        let two = second.after(Some(&kept), None, at(2)).unwrap();
        assert_eq!((two.number, two.facts["/names"], two.facts["/labels"]), (2, at(2), at(1)));
    }

    #[test]
    fn the_same_content_from_another_publisher_is_another_revision_with_its_own_dates() {
        let catalogued = entry("9521234543213", "Oats").unwrap();
        let kept = current(&catalogued, &catalogued.after(None, None, at(1)).unwrap(), 1);
        let own = Entry::of_brand(catalogued.product.clone(), Uuid::from_u128(1)).unwrap();
        let next = own.after(Some(&kept), None, at(2)).unwrap();
        assert_eq!((next.number, next.facts["/names"]), (2, at(2)));
        let stated = Current { brand: own.brand, source: "brand".to_owned(), ..kept };
        assert_eq!(entry("9521234543213", "Oat drink").unwrap().after(Some(&stated), None, at(3)), None);
    }

    #[test]
    fn a_text_with_nul_is_refused() {
        assert_eq!(entry("9521234543213", "a\u{0}b").unwrap_err(), Refusal::Nul);
    }

    #[test]
    fn a_text_beyond_reason_is_refused_by_name() {
        let refusal = entry("9521234543213", &"x".repeat(LONGEST_TEXT + 1)).unwrap_err();
        assert_eq!(refusal, Refusal::TooLong("names"));
        let mut product = entry("9521234543213", "Oats").unwrap().product;
        product.brand_name = Some("x".repeat(LONGEST_TEXT + 1));
        assert_eq!(check_sizes(&product), Err(Refusal::TooLong("brand_name")));
    }
}
