//! The rules of a set, and the closed set of their kinds.

use std::collections::HashSet;

use serde::Deserialize;
use shared_contracts::personalization::{AllergenCode, Condition, Diet, Outcome, ReasonClass, Sensitivity};

use crate::domain::{allergens::Set, vocabulary::Flag, words};

/// A rule.
#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    /// Its id in the set.
    pub id: String,
    /// Whom it is for.
    pub applies: Applies,
    /// What it is about.
    pub class: ReasonClass,
    /// What it says.
    #[serde(flatten)]
    pub kind: Kind,
}

/// Whom a rule is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Applies {
    /// Who avoids this allergen.
    Allergen(AllergenCode),
    /// Who eats like this.
    Diet(Diet),
    /// Who has this condition.
    Condition(Condition),
    /// Whoever has own limits, once for each.
    OwnLimits,
    /// Whoever avoids own ingredients, once for each.
    OwnIngredients,
    /// Everyone.
    Everyone,
}

/// The closed set of kinds of rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// Whether an allergen is in it.
    Allergen(AllergenRule),
    /// Whether every ingredient suits.
    IngredientFlag(FlagRule),
    /// Whether every additive suits.
    Additive(FlagRule),
    /// How much of a nutrient is in it.
    NutrientLimit(NutrientRule),
    /// Whether a certificate proves it.
    ClaimRequired(CertificateRule),
    /// What is known of the kind of product.
    CategoryWarning(CategoryRule),
    /// What the label says in so many words.
    Statement(StatementRule),
    /// An own ingredient.
    OwnIngredient(Own),
    /// Recalls.
    Recall(Own),
    /// Dates.
    Date(Own),
}

/// Nothing that a rule set decides.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Own {}

/// Of the kind `allergen`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AllergenRule {
    /// Which.
    pub allergen: AllergenCode,
    /// How strictly, where the profile does not say.
    pub sensitivity: Option<Sensitivity>,
    /// The claim that settles it.
    pub claim: Option<Claim>,
    /// Declared allergens that belie that claim.
    #[serde(default)]
    pub contradicted_by: Set,
}

/// Of the kinds `ingredient_flag` and `additive`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlagRule {
    /// What is asked of each.
    pub flag: Flag,
    /// What it comes to when one does not suit.
    pub no: Outcome,
    /// The claim that settles it.
    pub claim: Option<Claim>,
    /// The certificates that settle it.
    #[serde(default)]
    pub schemes: Vec<String>,
    /// Declared allergens that do not suit.
    #[serde(default)]
    pub excludes: Set,
}

/// Of the kind `nutrient_limit`; without a traffic light the limit is the person's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NutrientRule {
    /// Of what, and how much.
    pub traffic_light: Option<TrafficLight>,
}

/// Limits as on the front of a pack.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrafficLight {
    /// Of what.
    pub nutrient: String,
    /// In which unit.
    pub unit: String,
    /// Per 100 g of food.
    pub food: Range,
    /// Per 100 ml of drink.
    pub drink: Range,
    /// What it comes to above `low`.
    pub medium: Outcome,
    /// What it comes to above `high`.
    pub high: Outcome,
    /// Whether a complete list of ingredients, all of them understood, tells that there is none.
    #[serde(default)]
    pub or_told_by_ingredients: bool,
}

/// Up to `low` is low, above `high` is high.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Range {
    /// Still low.
    pub low: f64,
    /// Not yet high.
    pub high: f64,
}

/// Of the kind `claim_required`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CertificateRule {
    /// The schemes of certificates, one of which proves it.
    pub schemes: Vec<String>,
}

/// Of the kind `category_warning`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CategoryRule {
    /// Kinds of products that are warned of; normal form.
    #[serde(deserialize_with = "normal")]
    pub warned: Vec<String>,
    /// Kinds that are known to be none of those; normal form.
    #[serde(deserialize_with = "normal")]
    pub harmless: Vec<String>,
    /// What it comes to.
    pub outcome: Outcome,
}

/// Of the kind `statement`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatementRule {
    /// Labels that make it.
    pub labels: HashSet<String>,
    /// Words that make it, in lower case.
    pub phrases: Vec<String>,
    /// What it comes to when it is made.
    pub present: Outcome,
}

/// What a label claims, beside being free of an allergen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// At most 20 mg of gluten in a kilogram.
    GlutenFree,
    /// No lactose.
    LactoseFree,
    /// Vegan.
    Vegan,
    /// Vegetarian.
    Vegetarian,
}

fn normal<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(Vec::<String>::deserialize(deserializer)?.iter().map(|phrase| words::normal(phrase)).collect())
}
