//! What a person wants to be warned of. Every member of it is a health datum.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use uuid::Uuid;

/// A Health Profile as the person states it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HealthProfile {
    /// Whose it is, in the words of the household.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Allergens to avoid.
    #[serde(default)]
    pub allergens: Vec<AvoidedAllergen>,
    /// Ways of eating.
    #[serde(default)]
    pub diets: Vec<Diet>,
    /// Conditions.
    #[serde(default)]
    pub conditions: Vec<Condition>,
    /// Own limits of nutrients.
    #[serde(default)]
    pub nutrient_limits: Vec<NutrientLimit>,
    /// Own ingredients to avoid, in the person's words.
    #[serde(default)]
    pub avoid_ingredients: Vec<String>,
}

/// An allergen to avoid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AvoidedAllergen {
    /// Which.
    pub code: AllergenCode,
    /// How strictly; nothing said is `strict`.
    #[serde(default)]
    pub sensitivity: Sensitivity,
}

/// How strictly an allergen is avoided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sensitivity {
    /// Traces count as the allergen itself.
    #[default]
    Strict,
    /// Traces call for care.
    Normal,
}

/// The 14 groups of Regulation (EU) 1169/2011, Annex II, with its cereals and nuts one by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AllergenCode {
    /// Cereals containing gluten.
    Gluten,
    /// Wheat, spelt and khorasan wheat included.
    Wheat,
    /// Rye.
    Rye,
    /// Barley.
    Barley,
    /// Oats.
    Oats,
    /// Crustaceans.
    Crustaceans,
    /// Eggs.
    Eggs,
    /// Fish.
    Fish,
    /// Peanuts.
    Peanuts,
    /// Soybeans.
    Soybeans,
    /// Milk, lactose included.
    Milk,
    /// Nuts: the eight of Annex II.
    Nuts,
    /// Almonds.
    Almond,
    /// Hazelnuts.
    Hazelnut,
    /// Walnuts.
    Walnut,
    /// Cashews.
    Cashew,
    /// Pecan nuts.
    Pecan,
    /// Brazil nuts.
    BrazilNut,
    /// Pistachio nuts.
    Pistachio,
    /// Macadamia or Queensland nuts.
    Macadamia,
    /// Celery.
    Celery,
    /// Mustard.
    Mustard,
    /// Sesame seeds.
    Sesame,
    /// Sulphur dioxide and sulphites above 10 mg/kg or 10 mg/l.
    Sulphites,
    /// Lupin.
    Lupin,
    /// Molluscs.
    Molluscs,
}

impl AllergenCode {
    /// As on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Gluten => "gluten",
            Self::Wheat => "wheat",
            Self::Rye => "rye",
            Self::Barley => "barley",
            Self::Oats => "oats",
            Self::Crustaceans => "crustaceans",
            Self::Eggs => "eggs",
            Self::Fish => "fish",
            Self::Peanuts => "peanuts",
            Self::Soybeans => "soybeans",
            Self::Milk => "milk",
            Self::Nuts => "nuts",
            Self::Almond => "almond",
            Self::Hazelnut => "hazelnut",
            Self::Walnut => "walnut",
            Self::Cashew => "cashew",
            Self::Pecan => "pecan",
            Self::BrazilNut => "brazil_nut",
            Self::Pistachio => "pistachio",
            Self::Macadamia => "macadamia",
            Self::Celery => "celery",
            Self::Mustard => "mustard",
            Self::Sesame => "sesame",
            Self::Sulphites => "sulphites",
            Self::Lupin => "lupin",
            Self::Molluscs => "molluscs",
        }
    }
}

/// A way of eating.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Diet {
    /// Nothing of animals.
    Vegan,
    /// Nothing of dead animals.
    Vegetarian,
    /// As Islamic law allows.
    Halal,
    /// As Jewish law allows.
    Kosher,
}

/// A condition that a label can speak to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Condition {
    /// Coeliac disease.
    Coeliac,
    /// Lactose intolerance.
    LactoseIntolerance,
    /// Diabetes.
    Diabetes,
    /// High blood pressure.
    Hypertension,
    /// Phenylketonuria.
    Pku,
    /// Pregnancy.
    Pregnancy,
}

/// An own limit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NutrientLimit {
    /// Of what.
    pub nutrient: LimitedNutrient,
    /// How much is still well.
    pub max: Number,
    /// `g` or `mg`; for energy `kJ` or `kcal`.
    pub unit: String,
    /// In how much food.
    pub basis: LimitBasis,
}

/// What a limit may be of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LimitedNutrient {
    /// Fat.
    Fat,
    /// Saturates.
    Saturates,
    /// Sugars.
    Sugars,
    /// Salt; sodium × 2.5 where only sodium is stated.
    Salt,
    /// Energy.
    Energy,
    /// Protein.
    Protein,
    /// Carbohydrate.
    Carbohydrate,
}

/// The amount of food that a limit is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LimitBasis {
    /// 100 grams.
    #[serde(rename = "100g")]
    Per100g,
    /// 100 millilitres.
    #[serde(rename = "100ml")]
    Per100ml,
    /// One portion, as the label states it.
    #[serde(rename = "portion")]
    Portion,
}

/// A Health Profile as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptProfile {
    /// Its id.
    pub profile_id: Uuid,
    /// Counts its changes, from 1.
    pub version: i64,
    /// When this version was stored.
    pub updated_at: DateTime<Utc>,
    /// What the person states.
    #[serde(flatten)]
    pub profile: HealthProfile,
}
