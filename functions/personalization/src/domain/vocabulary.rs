//! What ingredients and additives are made of, as far as their names tell.
//!
//! A name is known when all its words are: entries of the list, the longest first, and words that
//! change nothing ("dried", "organic"). Whatever else stands in it leaves it unknown; what was found
//! beside that still counts against it.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{allergens::Set, logic::Truth, words};

/// Words that turn a name into its opposite.
const DENIALS: [&str; 3] = ["free", "no", "without"];
/// Words of the longest name in the list.
const LONGEST: usize = 5;

/// What can be asked of an ingredient. "Yes" is: it suits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flag {
    /// Nothing of animals.
    Vegan,
    /// Nothing of dead animals.
    Vegetarian,
    /// Allowed by Islamic law.
    Halal,
    /// Allowed by Jewish law.
    Kosher,
    /// Nothing that pregnant women are told to leave.
    Pregnancy,
    /// No source of phenylalanine but its protein.
    Pku,
}

/// The flags of one kind of ingredient.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Flags {
    vegan: Truth,
    vegetarian: Truth,
    halal: Truth,
    kosher: Truth,
    pregnancy: Truth,
    pku: Truth,
}

impl Flags {
    const ALL_YES: Self = Self::all(Truth::Yes);
    const ALL_MAYBE: Self = Self::all(Truth::Maybe);

    const fn all(truth: Truth) -> Self {
        Self { vegan: truth, vegetarian: truth, halal: truth, kosher: truth, pregnancy: truth, pku: truth }
    }

    /// One of them.
    pub fn get(self, flag: Flag) -> Truth {
        match flag {
            Flag::Vegan => self.vegan,
            Flag::Vegetarian => self.vegetarian,
            Flag::Halal => self.halal,
            Flag::Kosher => self.kosher,
            Flag::Pregnancy => self.pregnancy,
            Flag::Pku => self.pku,
        }
    }

    /// Of something made of both.
    fn and(self, other: Self) -> Self {
        Self {
            vegan: self.vegan.and(other.vegan),
            vegetarian: self.vegetarian.and(other.vegetarian),
            halal: self.halal.and(other.halal),
            kosher: self.kosher.and(other.kosher),
            pregnancy: self.pregnancy.and(other.pregnancy),
            pku: self.pku.and(other.pku),
        }
    }

    /// With what its source says of it.
    #[must_use]
    pub fn stated(self, vegan: Truth, vegetarian: Truth) -> Self {
        Self { vegan: self.vegan.agreed(vegan), vegetarian: self.vegetarian.agreed(vegetarian), ..self }
    }
}

/// What a name tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nature {
    /// Whether the whole name is understood.
    pub known: bool,
    /// Flags; never "yes" for a name that is not understood.
    pub flags: Flags,
    /// Allergens that it is or is made of.
    pub allergens: Set,
}

impl Nature {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self { known: false, flags: Flags::ALL_MAYBE, allergens: Set::EMPTY };
}

/// A list of ingredients as a rule set has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    qualifiers: Vec<String>,
    ingredients: Vec<ListedIngredient>,
}

/// Ingredients of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListedIngredient {
    class: String,
    #[serde(default)]
    allergens: Set,
    names: Vec<String>,
}

/// Additives of one kind.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedAdditives {
    class: String,
    #[serde(default)]
    allergens: Set,
    codes: Vec<String>,
}

/// The list, ready to be asked.
#[derive(Clone, Debug)]
pub struct Vocabulary {
    names: HashMap<String, (Flags, Set)>,
    qualifiers: HashSet<String>,
    additives: HashMap<String, (Flags, Set)>,
}

impl Vocabulary {
    /// Makes the list ready.
    ///
    /// # Errors
    /// The name of a class that nobody described.
    pub fn new(
        classes: &HashMap<String, Flags>,
        listed: &Listed,
        additives: &[ListedAdditives],
    ) -> Result<Self, String> {
        let flags = |class: &String| classes.get(class).copied().ok_or_else(|| class.clone());
        let mut names = HashMap::new();
        for one in &listed.ingredients {
            let what = (flags(&one.class)?, one.allergens);
            names.extend(one.names.iter().map(|name| (words::normal(name), what)));
        }
        let mut codes = HashMap::new();
        for one in additives {
            let what = (flags(&one.class)?, one.allergens);
            codes.extend(one.codes.iter().map(|code| (code.clone(), what)));
        }
        let qualifiers = listed.qualifiers.iter().map(|word| words::normal(word)).collect();
        Ok(Self { names, qualifiers, additives: codes })
    }

    /// What an additive is, by its number such as `en:e322`.
    pub fn additive(&self, tag: &str) -> Nature {
        let number = words::normal(tag);
        self.additives.get(number.as_str()).map_or(Nature::UNKNOWN, |what| known(*what))
    }

    /// What an ingredient is, by its name in normal form ([`words::normal`]).
    pub fn ingredient(&self, name: &str) -> Nature {
        if let Some(what) = self.names.get(name).or_else(|| self.additives.get(name)) {
            return known(*what);
        }
        if name.split(' ').any(|word| DENIALS.contains(&word)) {
            return Nature::UNKNOWN;
        }
        self.composed(name)
    }

    fn composed(&self, name: &str) -> Nature {
        let starts: Vec<usize> = word_starts(name).collect();
        let (mut found, mut understood) = (None::<(Flags, Set)>, true);
        let mut at = 0;
        while at < starts.len() {
            let longest = LONGEST.min(starts.len() - at);
            let entry = (1..=longest).rev().find_map(|words| {
                let end = starts.get(at + words).map_or(name.len(), |next| next - 1);
                Some((words, *self.names.get(&name[starts[at]..end])?))
            });
            if let Some((words, what)) = entry {
                let (flags, allergens) = found.unwrap_or((Flags::ALL_YES, Set::EMPTY));
                found = Some((flags.and(what.0), allergens.with(what.1)));
                at += words;
            } else {
                understood &= self.is_qualifier(name, &starts, at);
                at += 1;
            }
        }
        match found {
            None => Nature::UNKNOWN,
            Some(what) if understood => known(what),
            Some((flags, allergens)) => {
                Nature { known: false, flags: flags.and(Flags::ALL_MAYBE), allergens }
            }
        }
    }

    fn is_qualifier(&self, name: &str, starts: &[usize], at: usize) -> bool {
        let end = starts.get(at + 1).map_or(name.len(), |next| next - 1);
        let word = &name[starts[at]..end];
        self.qualifiers.contains(word) || word.bytes().all(|b| b.is_ascii_digit())
    }
}

fn known((flags, allergens): (Flags, Set)) -> Nature {
    Nature { known: true, flags, allergens }
}

fn word_starts(name: &str) -> impl Iterator<Item = usize> {
    let first = if name.is_empty() { None } else { Some(0) };
    first.into_iter().chain(name.match_indices(' ').map(|(at, _)| at + 1))
}

#[cfg(test)]
mod tests {
    use shared_contracts::personalization::AllergenCode::{Barley, Hazelnut, Milk, Peanuts, Wheat};

    use super::*;
    use crate::domain::rule_set::Published;

    fn nature(name: &str) -> Nature {
        Published::read().unwrap().current.vocabulary.ingredient(&words::normal(name))
    }

    #[test]
    fn a_name_is_known_when_all_its_words_are() {
        assert!(nature("en:whole-milk-powder").known);
        assert!(nature("organic roasted hazelnuts").known);
        let strange = nature("milk zorbulate");
        assert!(!strange.known);
        assert_eq!(strange.flags.get(Flag::Vegan), Truth::No, "what was found still counts against it");
        assert_eq!(nature("zorbulate"), Nature::UNKNOWN);
        assert_eq!(nature("organic powder"), Nature::UNKNOWN, "words that change nothing name nothing");
        assert_eq!(nature(""), Nature::UNKNOWN);
    }

    #[test]
    fn the_longest_name_counts() {
        assert_eq!(nature("coconut milk").allergens, Set::EMPTY);
        assert_eq!(nature("cocoa butter").flags.get(Flag::Vegan), Truth::Yes);
        assert_eq!(nature("peanut butter").allergens, Set::of(Peanuts));
        assert_eq!(nature("hazelnuts").allergens, Set::of(Hazelnut));
        assert_eq!(nature("pine nuts").allergens, Set::EMPTY, "no nut of Annex II");
        assert_eq!(nature("milk").allergens, Set::of(Milk));
    }

    #[test]
    fn what_annex_ii_exempts_is_no_allergen() {
        assert_eq!(nature("wheat glucose syrup").allergens, Set::EMPTY);
        assert_eq!(nature("wheat based starch").allergens, Set::of(Wheat));
        assert_eq!(nature("barley malt extract").allergens, Set::of(Barley));
    }

    #[test]
    fn gluten_free_wheat_starch_is_wheat() {
        assert_eq!(nature("gluten-free wheat starch").allergens, Set::of(Wheat));
        assert!(nature("gluten-free wheat starch").known);
    }

    #[test]
    fn a_denial_says_nothing_about_what_it_denies() {
        assert_eq!(nature("milk free chocolate"), Nature::UNKNOWN);
    }

    #[test]
    fn where_the_maker_decides_the_answer_is_maybe() {
        let lecithin = nature("mono- and diglycerides of fatty acids");
        assert_eq!((lecithin.known, lecithin.flags.get(Flag::Vegan)), (true, Truth::Maybe));
        assert_eq!(nature("en:e471").flags.get(Flag::Vegan), Truth::Maybe);
        assert_eq!(nature("en:e120").flags.get(Flag::Vegetarian), Truth::No);
    }
}
