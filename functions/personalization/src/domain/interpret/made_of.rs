//! The kinds `ingredient_flag`, `additive` and `own_ingredient`.

use shared_contracts::personalization::Outcome;

use super::{Case, Finding};
use crate::domain::{
    facts::{Facts, Place, Presence},
    logic::Truth,
    rule_set::FlagRule,
    words,
};

/// Something that does not suit, or of which nobody knows whether it does.
struct Found {
    place: Place,
    text: String,
}

/// What a list comes to.
enum Search {
    /// One of them does not suit.
    Unsuited(Found),
    /// None is known not to suit, but of this one it is not known.
    Doubtful(Found, &'static str),
    /// All of them suit; the list may lack some.
    AllSuit,
}

/// Whether every ingredient suits.
pub(super) fn ingredients(rule: &FlagRule, case: Case<'_>) -> Finding {
    let mut doubtful = None;
    for one in &case.facts.made_of.ingredients {
        let found = || Found { place: Place::Ingredient(one.pointer.clone()), text: one.text.clone() };
        match one.nature.flags.get(rule.flag) {
            Truth::No => return settle(rule, Search::Unsuited(found()), case),
            Truth::Maybe if doubtful.is_none() && !one.is_explained => {
                let why = if one.has_flags() { "ingredients.origin" } else { "ingredients.recognised" };
                doubtful = Some((found(), why));
            }
            _ => {}
        }
    }
    if let Some(found) = excluded(rule, case.facts) {
        return settle(rule, Search::Unsuited(found), case);
    }
    let search = doubtful.map_or(Search::AllSuit, |(found, why)| Search::Doubtful(found, why));
    if case.facts.made_of.ingredients.is_empty() && matches!(search, Search::AllSuit) {
        return claimed(rule, case)
            .unwrap_or_else(|| Finding::unknown("ingredients.missing", "ingredients.list"));
    }
    settle(rule, search, case)
}

/// Whether every additive suits.
pub(super) fn additives(rule: &FlagRule, case: Case<'_>) -> Finding {
    let mut doubtful = None;
    for (index, one) in case.facts.made_of.additives.iter().enumerate() {
        let found = || Found { place: Place::Additive(index), text: one.code.clone() };
        match one.nature.flags.get(rule.flag) {
            Truth::No => return settle(rule, Search::Unsuited(found()), case),
            Truth::Maybe if doubtful.is_none() => {
                let why = if one.nature.known { "additives.origin" } else { "additives.recognised" };
                doubtful = Some((found(), why));
            }
            _ => {}
        }
    }
    let search = doubtful.map_or(Search::AllSuit, |(found, why)| Search::Doubtful(found, why));
    settle(rule, search, case)
}

/// A declared allergen that does not suit, such as milk for vegans.
fn excluded(rule: &FlagRule, facts: &Facts<'_>) -> Option<Found> {
    let against = facts.declared.worst(rule.excludes)?;
    let code = against.allergens.codes().next()?;
    (against.presence == Presence::Contains)
        .then(|| Found { place: against.place.clone(), text: code.as_str().to_owned() })
}

fn settle(rule: &FlagRule, search: Search, case: Case<'_>) -> Finding {
    match (search, claimed(rule, case)) {
        (Search::Unsuited(found), Some(_)) => Finding::unknown("flag.contradicted", "ingredients.consistent")
            .at(found.place)
            .param("found", found.text),
        (Search::Unsuited(found), None) => {
            Finding::new(rule.no, "flag.unsuited").at(found.place).param("found", found.text)
        }
        (_, Some(claimed)) => claimed,
        (Search::Doubtful(found, settled_by), None) => {
            Finding::unknown("flag.doubtful", settled_by).at(found.place).param("found", found.text)
        }
        (Search::AllSuit, None) if case.facts.complete => {
            Finding::new(Outcome::Suitable, "flag.all_suit").at(Place::Statement)
        }
        (Search::AllSuit, None) => Finding::unknown("flag.maybe_more", "statement.complete"),
    }
}

/// A label or a certificate settles what names cannot.
fn claimed(rule: &FlagRule, case: Case<'_>) -> Option<Finding> {
    let declared = &case.facts.declared;
    let claim = rule.claim.and_then(|claim| declared.claim(claim));
    let place = claim.or_else(|| declared.certificate(&rule.schemes, case.at.on))?;
    Some(Finding::new(Outcome::Suitable, "flag.claimed").at(place.clone()))
}

/// An own ingredient: its words as a phrase, or its telling words in one ingredient.
pub(super) fn own(wanted: &str, facts: &Facts<'_>) -> Finding {
    let phrase = words::normal(wanted);
    let product = &facts.passport.product;
    let found = |place: Place| {
        Finding::new(Outcome::Avoid, "own_ingredient.found").at(place).param("ingredient", wanted)
    };
    for one in &facts.made_of.ingredients {
        if words::holds(&words::normal(&one.text), &phrase) {
            return found(Place::Ingredient(one.pointer.clone()));
        }
    }
    for (index, one) in facts.made_of.additives.iter().enumerate() {
        if words::holds(&words::normal(&one.code), &phrase) {
            return found(Place::Additive(index));
        }
    }
    for (language, text) in &product.ingredients_text {
        if words::holds(&words::normal(text), &phrase) {
            return found(Place::IngredientsText(language.clone()));
        }
    }
    if let Some(place) = by_id(&product.ingredients, &phrase, "") {
        return found(place);
    }
    let absent = match facts.untold() {
        Some(untold) => Finding::untold("own_ingredient.unknown", untold),
        None => Finding::new(Outcome::Suitable, "own_ingredient.absent").at(Place::Statement),
    };
    absent.param("ingredient", wanted)
}

/// By the names that the taxonomy has for ingredients, whatever language the label speaks.
fn by_id(list: &[shared_contracts::passport::Ingredient], phrase: &str, above: &str) -> Option<Place> {
    list.iter().enumerate().find_map(|(index, one)| {
        let pointer = format!("{above}/ingredients/{index}");
        let is_it = one.id.as_deref().is_some_and(|id| words::holds(&words::normal(id), phrase));
        if is_it {
            return Some(Place::Ingredient(pointer));
        }
        by_id(&one.ingredients, phrase, &pointer)
    })
}
