//! Ingredients and additives, as far as their names and their source tell what they are.

use shared_contracts::passport::{Dietary, Ingredient as Stated, Product};

use super::Place;
use crate::domain::{
    logic::Truth,
    vocabulary::{Nature, Vocabulary},
    words,
};

/// One entry of the list of ingredients, at any depth.
#[derive(Clone, Debug)]
pub struct Ingredient {
    /// Its JSON Pointer.
    pub pointer: String,
    /// As on the label.
    pub text: String,
    /// What it is.
    pub nature: Nature,
    /// Whether the label says what it is made of; then that counts, and what it is itself only where
    /// it speaks against it.
    pub is_explained: bool,
    /// Whether its source says that it is vegan or vegetarian.
    has_stated_flags: bool,
}

impl Ingredient {
    /// Whether its name is understood.
    pub fn is_understood(&self) -> bool {
        self.nature.known || self.is_explained
    }

    /// Whether something is known about its flags: by its name or by its source.
    pub fn has_flags(&self) -> bool {
        self.nature.known || self.has_stated_flags
    }
}

/// One additive.
#[derive(Clone, Debug)]
pub struct Additive {
    /// Its number, as stated.
    pub code: String,
    /// What it is.
    pub nature: Nature,
}

/// What a product is made of.
#[derive(Clone, Debug, Default)]
pub struct MadeOf {
    /// All ingredients, those inside others too, in the order of the label.
    pub ingredients: Vec<Ingredient>,
    /// All additives.
    pub additives: Vec<Additive>,
}

impl MadeOf {
    /// As stated.
    pub(super) fn of(product: &Product, vocabulary: &Vocabulary) -> Self {
        let mut ingredients = Vec::with_capacity(product.ingredients.len());
        flatten(&product.ingredients, "", vocabulary, &mut ingredients);
        let additive = |code: &String| Additive { code: code.clone(), nature: vocabulary.additive(code) };
        Self { ingredients, additives: product.additives.iter().map(additive).collect() }
    }

    /// The first name that is not understood.
    pub fn not_understood(&self) -> Option<Place> {
        let ingredient = self.ingredients.iter().find(|one| !one.is_understood());
        let additive = || self.additives.iter().position(|one| !one.nature.known);
        let place = ingredient.map(|one| Place::Ingredient(one.pointer.clone()));
        place.or_else(|| additive().map(Place::Additive))
    }
}

fn flatten(list: &[Stated], above: &str, vocabulary: &Vocabulary, into: &mut Vec<Ingredient>) {
    for (index, stated) in list.iter().enumerate() {
        let pointer = format!("{above}/ingredients/{index}");
        let nature = nature(stated, vocabulary);
        into.push(Ingredient {
            pointer: pointer.clone(),
            text: stated.text.clone(),
            nature,
            is_explained: !stated.ingredients.is_empty(),
            has_stated_flags: stated.vegan.is_some() || stated.vegetarian.is_some(),
        });
        flatten(&stated.ingredients, &pointer, vocabulary, into);
    }
}

/// By its name in the taxonomy, else by the words of the label; with what its source says of it.
fn nature(stated: &Stated, vocabulary: &Vocabulary) -> Nature {
    let by_id = stated.id.as_deref().map(|id| vocabulary.ingredient(&words::normal(id)));
    let named = match by_id {
        Some(nature) if nature.known => nature,
        Some(partly) => {
            let by_text = vocabulary.ingredient(&words::normal(&stated.text));
            if by_text.known { by_text } else { partly }
        }
        None => vocabulary.ingredient(&words::normal(&stated.text)),
    };
    Nature { flags: named.flags.stated(truth(stated.vegan), truth(stated.vegetarian)), ..named }
}

fn truth(word: Option<Dietary>) -> Truth {
    match word {
        Some(Dietary::Yes) => Truth::Yes,
        Some(Dietary::No) => Truth::No,
        Some(Dietary::Maybe) | None => Truth::Maybe,
    }
}
