//! The product passport: a product with where each of its facts comes from.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::Value;
use shared_contracts::passport::{FactSource, Link, Passport, Product, ProductSummary, Standing};

/// The current revision of a product, as it is kept.
#[derive(Clone, Debug)]
pub struct Revision {
    /// The product's document.
    pub document: Value,
    /// Counts from 1.
    pub number: i32,
    /// SHA-256 of the canonical document.
    pub content_hash: String,
    /// Who states it.
    pub source: String,
    /// When it was stated.
    pub at: DateTime<Utc>,
    /// Whether the brand has withdrawn the product.
    pub withdrawn: bool,
    /// What the brand links the product to.
    pub links: Vec<Link>,
}

/// The product of a stored document.
///
/// # Errors
/// A document that is not the product that was written.
pub fn product(document: Value) -> Result<Product, serde_json::Error> {
    serde_json::from_value(document)
}

/// The passport of a revision.
///
/// # Errors
/// A document that is not the product that was written.
pub fn of(revision: Revision) -> Result<Passport, serde_json::Error> {
    let product = product(revision.document)?;
    let whole = FactSource { source: revision.source, standing: Standing::Community, at: revision.at };
    Ok(Passport {
        product,
        revision: i64::from(revision.number),
        content_hash: revision.content_hash,
        signature: None,
        brand: None,
        facts: BTreeMap::from([(String::new(), whole)]),
        recalls: Vec::new(),
        nutri_score: None,
        nova_group: None,
        links: revision.links,
        withdrawn: revision.withdrawn,
    })
}

/// What a list shows of a product.
///
/// # Errors
/// A document that is not the product that was written.
pub fn summary(document: Value, withdrawn: bool) -> Result<ProductSummary, serde_json::Error> {
    let product = product(document)?;
    Ok(ProductSummary {
        gtin: product.gtin,
        names: product.names,
        brand_name: product.brand_name,
        category: product.category,
        quantity: product.quantity,
        withdrawn,
    })
}
