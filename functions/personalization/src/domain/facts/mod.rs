//! What a product passport says, typed for the rules. Whatever is missing, impossible or not
//! understood is not there: no rule ever sees a default.

mod declared;
mod made_of;
mod nutrients;

use shared_contracts::passport::{Passport, Standing};

pub use declared::{Adverse, Certified, Declared, FreeFrom, Presence};
pub use made_of::{Additive, Ingredient, MadeOf};
pub(crate) use nutrients::food;
pub use nutrients::{Amounts, Basis, Food, Measure, base_unit};

use super::rule_set::RuleSet;

/// A fact of the passport, by its place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/allergens/{n}`.
    Allergen(usize),
    /// `/labels/{n}`.
    Label(usize),
    /// `/certificates/{n}`.
    Certificate(usize),
    /// `/ingredients/…`.
    Ingredient(String),
    /// `/additives/{n}`.
    Additive(usize),
    /// `/nutriments/{n}`.
    Nutriment(usize),
    /// `/ingredients_text/{language}`.
    IngredientsText(String),
    /// `/category`.
    Category,
    /// `/statement_complete`.
    Statement,
    /// `/recalls/{n}`.
    Recall(usize),
}

impl Place {
    /// Its JSON Pointer.
    pub fn pointer(&self) -> String {
        match self {
            Self::Allergen(n) => format!("/allergens/{n}"),
            Self::Label(n) => format!("/labels/{n}"),
            Self::Certificate(n) => format!("/certificates/{n}"),
            Self::Ingredient(pointer) => pointer.clone(),
            Self::Additive(n) => format!("/additives/{n}"),
            Self::Nutriment(n) => format!("/nutriments/{n}"),
            Self::IngredientsText(language) => format!("/ingredients_text/{language}"),
            Self::Category => "/category".to_owned(),
            Self::Statement => "/statement_complete".to_owned(),
            Self::Recall(n) => format!("/recalls/{n}"),
        }
    }
}

/// The facts of a product.
#[derive(Debug)]
pub struct Facts<'p> {
    /// The passport that they are from.
    pub passport: &'p Passport,
    /// What it is made of.
    pub made_of: MadeOf,
    /// What is declared of allergens, and claimed.
    pub declared: Declared,
    /// Whether ingredients and allergens are stated completely, by who answers for it.
    pub complete: bool,
    untold: Option<Untold>,
}

/// Why a label tells less than all.
#[derive(Clone, Debug)]
pub struct Untold {
    /// What would settle it.
    pub settled_by: &'static str,
    /// The fact that is not understood.
    pub place: Option<Place>,
}

impl<'p> Facts<'p> {
    /// The facts of a passport, as a rule set reads them.
    pub fn of(passport: &'p Passport, rules: &RuleSet) -> Self {
        let made_of = MadeOf::of(&passport.product, &rules.vocabulary);
        let declared = Declared::of(&passport.product, &made_of, rules);
        let attested = standing(passport, "/statement_complete") != Standing::Community;
        let complete = passport.product.statement_complete && attested;
        let untold = untold(&made_of, &declared, complete);
        Self { passport, made_of, declared, complete, untold }
    }

    /// Why the label does not say all that there is, or not so that it is understood.
    pub fn untold(&self) -> Option<&Untold> {
        self.untold.as_ref()
    }

    /// Who states a fact.
    pub fn source(&self, pointer: &str) -> String {
        source_of(self.passport, pointer).map_or_else(|| "unknown".to_owned(), |fact| fact.source.clone())
    }
}

fn untold(made_of: &MadeOf, declared: &Declared, complete: bool) -> Option<Untold> {
    let settled_by = |settled_by, place| Some(Untold { settled_by, place });
    if let Some(place) = &declared.unmapped {
        return settled_by("allergens.understood", Some(place.clone()));
    }
    if made_of.ingredients.is_empty() {
        return settled_by("ingredients.list", None);
    }
    if let Some(place) = made_of.not_understood() {
        return settled_by("ingredients.recognised", Some(place));
    }
    if complete { None } else { settled_by("statement.complete", None) }
}

/// How much stands behind a fact; what nobody vouches for is anybody's word.
fn standing(passport: &Passport, pointer: &str) -> Standing {
    source_of(passport, pointer).map_or(Standing::Community, |fact| fact.standing)
}

/// The entry that speaks for a pointer: its own, else that of the nearest above it.
fn source_of<'p>(
    passport: &'p Passport,
    pointer: &str,
) -> Option<&'p shared_contracts::passport::FactSource> {
    let mut above = pointer;
    loop {
        if let Some(fact) = passport.facts.get(above) {
            return Some(fact);
        }
        above = above.rsplit_once('/')?.0;
    }
}
