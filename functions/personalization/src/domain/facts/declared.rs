//! What is declared about allergens, and what is claimed.

use chrono::NaiveDate;
use shared_contracts::passport::{Presence as Stated, Product};

use super::{MadeOf, Place};
use crate::domain::{
    allergens::{self, Set},
    rule_set::{Claim, RuleSet},
    words,
};

/// How an allergen speaks against a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Traces may be in it.
    MayContain,
    /// It is in it.
    Contains,
}

/// Something that speaks against a product.
#[derive(Clone, Debug)]
pub struct Adverse {
    /// Which allergens; a declared code may stand for several.
    pub allergens: Set,
    /// How.
    pub presence: Presence,
    /// The fact.
    pub place: Place,
}

/// A claim to be free of something.
#[derive(Clone, Debug)]
pub struct FreeFrom {
    /// Of what.
    pub allergens: Set,
    /// The fact.
    pub place: Place,
}

/// A certificate.
#[derive(Clone, Debug)]
pub struct Certified {
    /// Its scheme, in normal form.
    pub scheme: String,
    /// Its last day.
    pub valid_until: Option<NaiveDate>,
    /// The fact.
    pub place: Place,
}

/// Everything that is declared.
#[derive(Clone, Debug, Default)]
pub struct Declared {
    /// What speaks against the product.
    pub adverse: Vec<Adverse>,
    /// What it claims to be free of.
    pub free_from: Vec<FreeFrom>,
    /// What else it claims.
    pub claims: Vec<(Claim, Place)>,
    /// The first declared value that nobody understands.
    pub unmapped: Option<Place>,
    /// Certificates.
    pub certificates: Vec<Certified>,
}

impl Declared {
    pub(super) fn of(product: &Product, made_of: &MadeOf, rules: &RuleSet) -> Self {
        let mut declared = Self::default();
        for (index, allergen) in product.allergens.iter().enumerate() {
            declared.allergen(&allergen.code, allergen.presence, Place::Allergen(index), rules);
        }
        for (index, label) in product.labels.iter().enumerate() {
            declared.label(label, index, rules);
        }
        declared.ingredients(made_of);
        declared.certificates = product
            .certificates
            .iter()
            .enumerate()
            .map(|(index, certificate)| Certified {
                scheme: words::normal(&certificate.scheme),
                valid_until: certificate.valid_until,
                place: Place::Certificate(index),
            })
            .collect();
        declared
    }

    /// The place where a claim is made.
    pub fn claim(&self, wanted: Claim) -> Option<&Place> {
        self.claims.iter().find(|(claim, _)| *claim == wanted).map(|(_, place)| place)
    }

    /// A certificate of one of the schemes that is valid on this day.
    pub fn certificate(&self, schemes: &[String], on: NaiveDate) -> Option<&Place> {
        let valid = |one: &&Certified| {
            one.valid_until.is_none_or(|last| on <= last)
                && schemes.iter().any(|scheme| words::holds(&one.scheme, scheme))
        };
        self.certificates.iter().find(valid).map(|one| &one.place)
    }

    /// The strongest of what speaks against the product and is one of `allergens`.
    pub fn worst(&self, allergens: Set) -> Option<&Adverse> {
        let matching = self.adverse.iter().filter(|adverse| adverse.allergens.meets(allergens));
        matching.reduce(|worst, next| if next.presence > worst.presence { next } else { worst })
    }

    fn allergen(&mut self, code: &str, presence: Stated, place: Place, rules: &RuleSet) {
        match rules.allergen_codes.get(code) {
            None => {
                self.unmapped.get_or_insert(place);
            }
            Some(set) if set.is_empty() => {}
            Some(&allergens) => match presence {
                Stated::Contains => {
                    self.adverse.push(Adverse { allergens, presence: Presence::Contains, place });
                }
                Stated::MayContain => {
                    self.adverse.push(Adverse { allergens, presence: Presence::MayContain, place });
                }
                Stated::FreeFrom => self.free_from(allergens, place),
            },
        }
    }

    fn label(&mut self, label: &str, index: usize, rules: &RuleSet) {
        if let Some(&allergens) = rules.free_from_labels.get(label) {
            self.free_from(allergens, Place::Label(index));
        }
        for claim in rules.claims.get(label).into_iter().flatten() {
            self.claims.push((*claim, Place::Label(index)));
        }
    }

    fn free_from(&mut self, of: Set, place: Place) {
        if of.meets(Set::of(shared_contracts::personalization::AllergenCode::Gluten)) {
            self.claims.push((Claim::GlutenFree, place.clone()));
        }
        self.free_from.push(FreeFrom { allergens: of, place });
    }

    fn ingredients(&mut self, made_of: &MadeOf) {
        let contains = |allergens, place| Adverse { allergens, presence: Presence::Contains, place };
        for one in made_of.ingredients.iter().filter(|one| !one.nature.allergens.is_empty()) {
            self.adverse.push(contains(one.nature.allergens, Place::Ingredient(one.pointer.clone())));
        }
        for (index, one) in made_of.additives.iter().enumerate() {
            if !one.nature.allergens.is_empty() {
                self.adverse.push(contains(one.nature.allergens, Place::Additive(index)));
            }
        }
    }

    /// Whatever belies a claim to be free of one of `claimed`.
    pub fn belying(&self, claimed: Set) -> Option<&Adverse> {
        let belied = claimed.codes().map(allergens::belied_by).fold(Set::EMPTY, Set::with);
        self.worst(belied)
    }
}
