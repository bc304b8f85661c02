//! The product passport: a product with where each fact comes from, its recalls and its links.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::product::{Product, Quantity};

/// A product passport.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Passport {
    /// The product, its members beside those below.
    #[serde(flatten)]
    pub product: Product,
    /// Counts up from 1 with each change of the product.
    pub revision: i64,
    /// SHA-256 of this revision's product, 64 lower-case hexadecimal digits: equal content, equal hash.
    pub content_hash: String,
    /// The publisher's detached JWS (Ed25519) over the content.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signature: Option<String>,
    /// The brand that keeps this product here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Brand>,
    /// Where each fact comes from, by JSON Pointer into this passport. A pointer speaks for all
    /// below it that has no entry of its own; `""` for the whole product.
    pub facts: BTreeMap<String, FactSource>,
    /// Recalls that touch the product, lifted ones included.
    pub recalls: Vec<Recall>,
    /// Nutri-Score 2023, `a` to `e`; information only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nutri_score: Option<String>,
    /// NOVA group, 1 to 4; information only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nova_group: Option<u8>,
    /// Links at the level of the GTIN.
    pub links: Vec<Link>,
    /// Whether the brand has withdrawn the product.
    pub withdrawn: bool,
}

/// A brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Its id.
    pub brand_id: Uuid,
    /// Its name.
    pub name: String,
}

/// Where a fact comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactSource {
    /// Who states it, such as `open-food-facts`, or the brand's name.
    pub source: String,
    /// How much stands behind it.
    pub standing: Standing,
    /// When it was stated.
    pub at: DateTime<Utc>,
}

/// How much stands behind a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// The brand itself, which an admin vouches for.
    Brand,
    /// A certificate.
    Certified,
    /// Somebody.
    Community,
}

/// A recall.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// Its id.
    pub recall_id: Uuid,
    /// Lots that it touches; absent = not limited to lots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lots: Option<Vec<String>>,
    /// First and last use-by day that it touches; absent = not limited by date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<[NaiveDate; 2]>,
    /// Whether it still holds.
    pub status: RecallStatus,
    /// Why.
    pub reason: String,
    /// What to do with the product.
    pub instructions: String,
}

/// Whether a recall holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecallStatus {
    /// It holds.
    Active,
    /// It was lifted.
    Lifted,
}

/// Whether an active recall touches what was scanned, by its lot and use-by day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecallReach {
    /// There is none.
    #[default]
    None,
    /// There is one, of other lots or days.
    NotAffected,
    /// There is one, and the code does not say whether it is of this one.
    CannotTell,
    /// It is recalled.
    Affected,
}

/// A link of the resolver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// GS1 link type, such as `gs1:pip`.
    pub link_type: String,
    /// Target, byte for byte as the brand gave it.
    pub href: String,
    /// What a person reads.
    pub title: String,
    /// Media type of the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Languages of the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hreflang: Option<Vec<String>>,
    /// Contexts of the target, such as countries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Vec<String>>,
}

/// A product in the answer of a search.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProductSummary {
    /// 14 digits.
    pub gtin: String,
    /// Name by language.
    pub names: BTreeMap<String, String>,
    /// Name of the brand as on the package.
    pub brand_name: Option<String>,
    /// What kind of product it is.
    pub category: Option<String>,
    /// How much is in the package.
    pub quantity: Option<Quantity>,
    /// Whether the brand has withdrawn the product.
    pub withdrawn: bool,
}
