//! Bodies of `openapi/passport-brand.yaml`: what a brand keeps here.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::published::{Passport, Recall};

/// A product as its brand sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BrandProduct {
    /// What everybody sees.
    #[serde(flatten)]
    pub passport: Passport,
    /// Values that are kept as given and count as missing, because they cannot be true.
    pub warnings: Vec<Warning>,
}

/// A value that cannot be true.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Warning {
    /// JSON Pointer into the product.
    pub pointer: String,
    /// Why, for the person who stated it.
    pub detail: String,
}

/// Body of `POST /api/v1/brand/recalls`. Without lots and days the whole product is recalled; with
/// both, what both name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecallRequest {
    /// The product, in any length of GTIN.
    pub gtin: String,
    /// AI 10 of the lots that it touches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lots: Option<Vec<String>>,
    /// First and last use-by day that it touches.
    #[serde(
        default,
        deserialize_with = "crate::date::optional_range",
        skip_serializing_if = "Option::is_none"
    )]
    pub use_by: Option<[NaiveDate; 2]>,
    /// What is wrong.
    pub reason: String,
    /// What a person who has the product should do.
    pub instructions: String,
}

/// A recall as its brand sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandRecall {
    /// What everybody sees.
    #[serde(flatten)]
    pub recall: Recall,
    /// 14 digits.
    pub gtin: String,
    /// Since when it holds.
    pub opened_at: DateTime<Utc>,
    /// Since when it is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lifted_at: Option<DateTime<Utc>>,
}

/// The public keys that sign revisions: a JSON Web Key Set (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublisherKeys {
    /// Each key that ever signed, and the one that signs now.
    pub keys: Vec<PublisherKey>,
}

/// An Ed25519 key (RFC 8037, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublisherKey {
    /// `OKP`.
    pub kty: String,
    /// `Ed25519`.
    pub crv: String,
    /// `EdDSA`.
    pub alg: String,
    /// `sig`.
    #[serde(rename = "use")]
    pub usage: String,
    /// Key id, as in the header of a signature.
    pub kid: String,
    /// The key, base64url.
    pub x: String,
}
