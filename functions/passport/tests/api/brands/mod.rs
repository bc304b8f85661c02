//! `/api/v1/brand/…`, and what Identity says of brands.

mod imports;
mod labels;
mod links;
mod products;
mod recalls;
mod rights;

use serde_json::{Value, json};

use crate::support::OAT_DRINK;

/// A product of the brand.
fn product(name: &str) -> Value {
    json!({"gtin": OAT_DRINK, "names": {"en": name}, "brand_name": "Fjell & Eng", "labels": ["en:vegan"]})
}

/// The path of the product.
fn own(rest: &str) -> String {
    format!("/api/v1/brand/products/{OAT_DRINK}{rest}")
}
