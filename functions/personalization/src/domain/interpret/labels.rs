//! The kinds `claim_required`, `category_warning` and `statement`.

use shared_contracts::personalization::Outcome;

use super::{Case, Finding};
use crate::domain::{
    facts::{Facts, Place},
    rule_set::{CategoryRule, CertificateRule, StatementRule},
    words,
};

/// A certificate that is valid proves it; nothing else does.
pub(super) fn certificate(rule: &CertificateRule, case: Case<'_>) -> Finding {
    let scheme = rule.schemes.first().map_or("", String::as_str);
    match case.facts.declared.certificate(&rule.schemes, case.at.on) {
        Some(place) => Finding::new(Outcome::Suitable, "certificate.valid").at(place.clone()),
        None => Finding::unknown("certificate.missing", "certificate.valid"),
    }
    .param("scheme", scheme)
}

/// A kind of product that is warned of, one that is known to be none of those, or neither.
pub(super) fn category(rule: &CategoryRule, facts: &Facts<'_>) -> Finding {
    let Some(category) = &facts.passport.product.category else {
        return Finding::unknown("category.missing", "category.stated");
    };
    let text = words::normal(category);
    let names = |phrases: &[String]| phrases.iter().any(|phrase| words::holds(&text, phrase));
    let finding = if names(&rule.warned) {
        Finding::new(rule.outcome, "category.warned")
    } else if names(&rule.harmless) {
        Finding::new(Outcome::Suitable, "category.harmless")
    } else {
        Finding::unknown("category.unrecognised", "category.recognised")
    };
    finding.at(Place::Category).param("category", category.as_str())
}

/// Words that a label must have when they are true of the product.
pub(super) fn statement(rule: &StatementRule, facts: &Facts<'_>) -> Finding {
    let product = &facts.passport.product;
    let label = product.labels.iter().position(|label| rule.labels.contains(label)).map(Place::Label);
    let in_text = || {
        let mut texts = product.ingredients_text.iter();
        let says = |text: &str| {
            let text = text.to_lowercase();
            rule.phrases.iter().any(|phrase| text.contains(phrase.as_str()))
        };
        texts.find(|(_, text)| says(text)).map(|(language, _)| Place::IngredientsText(language.clone()))
    };
    match label.or_else(in_text) {
        Some(place) => Finding::new(rule.present, "statement.present").at(place),
        None if facts.complete => Finding::new(Outcome::Suitable, "statement.absent").at(Place::Statement),
        None => Finding::unknown("statement.unknown", "statement.complete"),
    }
}
