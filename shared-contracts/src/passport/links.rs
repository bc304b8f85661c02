//! What a brand tells the resolver about one product: a document that is replaced as a whole.

use serde::{Deserialize, Serialize};

/// Every link of a product, by level.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkDocument {
    /// One entry for each level that has links of its own.
    pub entries: Vec<LinkEntry>,
}

/// The links of one level of a product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkEntry {
    /// The level; absent for the product itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub qualifiers: Option<LinkQualifiers>,
    /// What is identified, for people; absent where the level above says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_description: Option<String>,
    /// Where a request leads that asks for nothing in particular; absent where the level above says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultLink>,
    /// The links beside it.
    #[serde(default)]
    pub links: Vec<TypedLink>,
}

/// Key qualifiers of a GTIN.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LinkQualifiers {
    /// AI 22, consumer product variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpv: Option<String>,
    /// AI 10, batch or lot.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// AI 21. It stands alone: an item needs no lot to be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
}

/// The default link of a level: it has no optional members (GS1-Conformant Resolver, 2.5.8).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultLink {
    /// What the target is, such as `gs1:pip`.
    pub link_type: String,
    /// Target: `http` or `https`. It is kept as text and never changed.
    pub href: String,
    /// What a person reads.
    pub title: String,
}

/// A link of a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedLink {
    /// What the target is, such as `gs1:recipeInfo`.
    pub link_type: String,
    /// Target: `http` or `https`. It is kept as text and never changed.
    pub href: String,
    /// What a person reads.
    pub title: String,
    /// Media type of the target.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub media_type: Option<String>,
    /// Languages of the target, `fr` or `fr-CA`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hreflang: Option<Vec<String>>,
    /// For whom the target is, such as a country, `LK`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<Vec<String>>,
}
