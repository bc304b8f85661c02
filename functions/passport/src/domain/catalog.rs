//! What the catalogue takes: a product that can be kept, in the form in which it is kept.

use std::fmt::Write as _;

use serde_json::{Map, Value};
use shared_contracts::passport::Product;

use super::{gs1::Gtin, search};

/// Longest text that a product's field may have, in characters.
const LONGEST_TEXT: usize = 20_000;
/// Most members of any list.
const LONGEST_LIST: usize = 1_000;

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

    /// Its name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A product as the catalogue keeps it.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Its GTIN.
    pub gtin: Gtin,
    /// The product; its `gtin` has 14 digits.
    pub product: Product,
    /// The product as JSON.
    pub document: Value,
    /// SHA-256 of the canonical JSON, hexadecimal.
    pub content_hash: String,
    /// Words by which it is found.
    pub search_text: String,
    /// Who states it.
    pub source: Source,
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
        let content_hash = sha256_hex(canonical(&document).as_bytes());
        let search_text = search_text(&product);
        Ok(Self { gtin, product, document, content_hash, search_text, source })
    }
}

fn check_sizes(product: &Product) -> Result<(), Refusal> {
    let texts = |all: &std::collections::BTreeMap<String, String>| {
        all.len() <= LONGEST_LIST && all.values().all(|text| text.chars().count() <= LONGEST_TEXT)
    };
    let fits = [
        (texts(&product.names), "names"),
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
    texts.flat_map(search::words).collect::<Vec<_>>().join(" ")
}

/// JSON with members in the order of their names and without white space, so that equal
/// content has equal bytes (after RFC 8785; numbers as serde writes them).
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write_canonical(value, &mut out);
    out
}

fn write_canonical(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => write_object(members, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_canonical(item, out);
            }
            out.push(']');
        }
        scalar => {
            let _infallible = write!(out, "{scalar}");
        }
    }
}

fn write_object(members: &Map<String, Value>, out: &mut String) {
    let mut names: Vec<&String> = members.keys().collect();
    names.sort_unstable();
    out.push('{');
    for (index, name) in names.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let _infallible = write!(out, "{}:", Value::String(name.clone()));
        write_canonical(&members[name], out);
    }
    out.push('}');
}

/// SHA-256, hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
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
    fn canonical_json_sorts_members_at_every_depth() {
        assert_eq!(
            canonical(&json!({"b": [{"d": 1, "c": "\""}], "a": null})),
            r#"{"a":null,"b":[{"c":"\"","d":1}]}"#
        );
    }

    #[test]
    fn a_text_beyond_reason_is_refused_by_name() {
        let refusal = entry("9521234543213", &"x".repeat(LONGEST_TEXT + 1)).unwrap_err();
        assert_eq!(refusal, Refusal::TooLong("names"));
    }
}
