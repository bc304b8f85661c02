//! A product as its brand or a catalog states it: an import line, and part of every passport.
//!
//! **What the source said is kept.** Numbers stay the JSON numbers they were, negative and
//! impossible ones too; a unit or basis that the source does not give is `null`, one that we do not
//! know stays its text; an allergen code that no list maps stays as declared. Nothing here is
//! judged: that an impossible value counts as missing is decided where a value is judged, and it is
//! reported there.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use serde_json::Number;

/// A product. Only `gtin` must be given; what is not given is not known, never "none".
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// 14 digits in answers; a GTIN-8, -12 or -13 may be given.
    pub gtin: String,
    /// Name by language tag as the source has it (`en`, `fr`, also `xx`).
    #[serde(default)]
    pub names: BTreeMap<String, String>,
    /// Name of the brand as on the package.
    #[serde(default)]
    pub brand_name: Option<String>,
    /// What kind of product it is, such as `en:dark-chocolates`.
    #[serde(default)]
    pub category: Option<String>,
    /// How much is in the package.
    #[serde(default)]
    pub quantity: Option<Quantity>,
    /// The list of ingredients as printed, by language tag.
    #[serde(default)]
    pub ingredients_text: BTreeMap<String, String>,
    /// The list of ingredients, parsed, in the order of the label.
    #[serde(default)]
    pub ingredients: Vec<Ingredient>,
    /// Whether the source says that ingredients and allergens are stated completely.
    #[serde(default)]
    pub statement_complete: bool,
    /// What is declared about allergens; empty means that nothing is stated.
    #[serde(default)]
    pub allergens: Vec<Allergen>,
    /// Nutrition values.
    #[serde(default)]
    pub nutriments: Vec<Nutriment>,
    /// One serving.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serving: Option<Quantity>,
    /// Additives, such as `en:e322`.
    #[serde(default)]
    pub additives: Vec<String>,
    /// Labels, such as `en:fair-trade`.
    #[serde(default)]
    pub labels: Vec<String>,
    /// Certificates that prove a claim.
    #[serde(default)]
    pub certificates: Vec<Certificate>,
    /// How to keep it.
    #[serde(default)]
    pub storage: Storage,
    /// What it is packed in.
    #[serde(default)]
    pub packaging: Vec<Packaging>,
    /// Where it or its main ingredient comes from, as on the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
}

/// An amount as a label states it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quantity {
    /// The number; `null` where the text has none that can be read.
    #[serde(default)]
    pub value: Option<Number>,
    /// The unit, such as `g` or `ml`; `null` where the source gives none.
    #[serde(default)]
    pub unit: Option<String>,
    /// The source's own words, such as `3.5 oz (100 g)`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// One entry of the list of ingredients.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ingredient {
    /// Its name in a taxonomy, such as `en:cocoa-butter`; absent where it was not recognised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// As on the label.
    pub text: String,
    /// Share of the product in percent, where the label states it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<Number>,
    /// Whether the source calls it vegan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vegan: Option<Dietary>,
    /// Whether the source calls it vegetarian.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vegetarian: Option<Dietary>,
    /// What it is made of, where the label says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ingredients: Vec<Ingredient>,
}

/// Whether an ingredient fits a way of eating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dietary {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// It depends on how it was made.
    Maybe,
}

/// What is declared about one allergen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allergen {
    /// One of our codes (`milk`, `hazelnut`, …), or a declared value that no list maps, as the
    /// source wrote it (`de:wheyprotein`).
    pub code: String,
    /// What is declared.
    pub presence: Presence,
}

/// What a label declares about an allergen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It is in it.
    Contains,
    /// Traces may be in it.
    MayContain,
    /// A positive claim that it is not in it.
    FreeFrom,
}

/// One nutrition value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nutriment {
    /// What was measured, such as `fat`, `saturates`, `sugars`, `salt`, `energy`; a name that we do
    /// not know stays as the source wrote it.
    pub nutrient: String,
    /// The number as the source gave it, impossible ones too.
    pub value: Number,
    /// The unit as the source gave it; `null` where it gives none.
    #[serde(default)]
    pub unit: Option<String>,
    /// The amount of food that it is for; `null` where the source does not say.
    #[serde(default)]
    pub basis: Option<Basis>,
    /// True when it is for the food as prepared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prepared: Option<bool>,
}

/// The amount of food that a nutrition value is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Basis {
    /// 100 grams.
    #[serde(rename = "100g")]
    Per100g,
    /// 100 millilitres.
    #[serde(rename = "100ml")]
    Per100ml,
    /// One serving.
    #[serde(rename = "serving")]
    Serving,
}

/// A certificate that proves a claim.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Certificate {
    /// The scheme, such as `halal` or `eu-organic`.
    pub scheme: String,
    /// The certificate's own number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Its last day.
    #[serde(default, deserialize_with = "crate::date::optional", skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<NaiveDate>,
}

/// How to keep the product.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// As on the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// "Eat within n days of opening".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub days_after_opening: Option<u32>,
    /// Days that it keeps from production.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shelf_life_days: Option<u32>,
}

/// One part of the packaging, or just its name where the source has no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Packaging {
    /// A name or tag, such as `en:plastic`.
    Name(String),
    /// A part with what is known about it.
    Part(PackagingPart),
}

/// One part of the packaging.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackagingPart {
    /// Such as `en:bottle`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<String>,
    /// Such as `en:clear-glass`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub material: Option<String>,
    /// What to do with it, such as `en:recycle-in-glass-bin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recycling: Option<String>,
    /// How many of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_of_units: Option<Number>,
    /// What one of it holds, such as `33 cl`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity_per_unit: Option<String>,
    /// Weight of one of it, in grams.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_grams: Option<Number>,
}
