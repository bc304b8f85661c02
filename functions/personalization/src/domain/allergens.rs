//! The allergens of Regulation (EU) 1169/2011, Annex II, as a small tree: cereals below gluten, the
//! eight nuts below nuts.

use serde::{Deserialize, Deserializer};
use shared_contracts::personalization::AllergenCode;

use AllergenCode::{
    Almond, Barley, BrazilNut, Cashew, Celery, Crustaceans, Eggs, Fish, Gluten, Hazelnut, Lupin, Macadamia,
    Milk, Molluscs, Mustard, Nuts, Oats, Peanuts, Pecan, Pistachio, Rye, Sesame, Soybeans, Sulphites, Walnut,
    Wheat,
};

/// Every allergen.
pub const ALL: [AllergenCode; 26] = [
    Gluten,
    Wheat,
    Rye,
    Barley,
    Oats,
    Crustaceans,
    Eggs,
    Fish,
    Peanuts,
    Soybeans,
    Milk,
    Nuts,
    Almond,
    Hazelnut,
    Walnut,
    Cashew,
    Pecan,
    BrazilNut,
    Pistachio,
    Macadamia,
    Celery,
    Mustard,
    Sesame,
    Sulphites,
    Lupin,
    Molluscs,
];

/// A set of allergens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Set(u32);

impl Set {
    /// Nothing.
    pub const EMPTY: Self = Self(0);

    /// One allergen alone.
    pub const fn of(code: AllergenCode) -> Self {
        Self(1 << code as u32)
    }

    /// Both together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether they have one in common.
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Whether there is none in it.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Its members.
    pub fn codes(self) -> impl Iterator<Item = AllergenCode> {
        ALL.into_iter().filter(move |code| self.meets(Self::of(*code)))
    }
}

impl FromIterator<AllergenCode> for Set {
    fn from_iter<I: IntoIterator<Item = AllergenCode>>(codes: I) -> Self {
        codes.into_iter().fold(Self::EMPTY, |set, code| set.with(Self::of(code)))
    }
}

impl<'de> Deserialize<'de> for Set {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::<AllergenCode>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// The group that an allergen belongs to.
pub const fn parent(code: AllergenCode) -> Option<AllergenCode> {
    match code {
        Wheat | Rye | Barley | Oats => Some(Gluten),
        Almond | Hazelnut | Walnut | Cashew | Pecan | BrazilNut | Pistachio | Macadamia => Some(Nuts),
        _ => None,
    }
}

/// What is a match when `code` is avoided: itself, its group, and what belongs to it.
pub fn related(code: AllergenCode) -> Set {
    let below = ALL.into_iter().filter(|other| parent(*other) == Some(code));
    below.chain(parent(code)).chain([code]).collect()
}

/// The claims that speak for `code`: that it is free of itself, or of its whole group. "Gluten-free"
/// speaks of gluten and not of the cereals (Regulation (EU) 828/2014): gluten-free wheat starch is
/// wheat.
pub fn spoken_for_by(code: AllergenCode) -> Set {
    match parent(code) {
        Some(group) if group != Gluten => Set::of(code).with(Set::of(group)),
        _ => Set::of(code),
    }
}

/// What a claim to be free of `code` does not go together with.
pub fn belied_by(code: AllergenCode) -> Set {
    if code == Gluten { Set::of(Gluten) } else { related(code) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_match_is_the_same_node_an_ancestor_or_a_descendant() {
        assert!(related(Hazelnut).meets(Set::of(Nuts)));
        assert!(related(Nuts).meets(Set::of(Hazelnut)));
        assert!(!related(Hazelnut).meets(Set::of(Almond)));
        assert!(!related(Nuts).meets(Set::of(Peanuts)));
        assert_eq!(related(Milk), Set::of(Milk));
    }

    #[test]
    fn free_of_nuts_speaks_for_each_nut_and_free_of_one_nut_not_for_all() {
        assert!(spoken_for_by(Hazelnut).meets(Set::of(Nuts)));
        assert!(!spoken_for_by(Nuts).meets(Set::of(Hazelnut)));
    }

    #[test]
    fn gluten_free_says_nothing_of_wheat() {
        assert!(!spoken_for_by(Wheat).meets(Set::of(Gluten)));
        assert!(!belied_by(Gluten).meets(Set::of(Wheat)));
    }

    #[test]
    fn every_code_is_called_as_on_the_wire() {
        for code in ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.as_str());
        }
    }

    #[test]
    fn there_are_fourteen_groups() {
        assert_eq!(ALL.into_iter().filter(|code| parent(*code).is_none()).count(), 14);
        assert_eq!(ALL.into_iter().collect::<Set>().codes().count(), 26);
    }
}
