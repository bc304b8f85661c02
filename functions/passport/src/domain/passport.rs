//! The product passport: a product with where each of its facts comes from.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use shared_contracts::passport::{
    self as wire, BrandProduct, FactSource, Identifier, Link, Passport, Product, ProductSummary,
    ScanSnapshot, Standing,
};
use uuid::Uuid;

use super::{
    brand::Brand,
    catalog::Facts,
    nutri_score, nutrition,
    recall::{self, Held, Recall},
};

/// A revision of a product, with all that its passport shows.
#[derive(Clone, Debug)]
pub struct Revision {
    /// The product's document.
    pub document: Value,
    /// Counts from 1.
    pub number: i32,
    /// SHA-256 of the canonical document.
    pub content_hash: String,
    /// Who states it.
    pub source: String,
    /// The brand that does, if it is one.
    pub brand: Option<Brand>,
    /// Since when each fact is so.
    pub facts: Facts,
    /// The publisher's signature.
    pub signature: Option<String>,
    /// When it was stated.
    pub at: DateTime<Utc>,
    /// Whether the brand has withdrawn the product.
    pub withdrawn: bool,
    /// What the brand links the product to.
    pub links: Vec<Link>,
    /// Recalls of the product, lifted ones included.
    pub recalls: Vec<Recall>,
}

/// The product of a stored document.
///
/// # Errors
/// A document that is not the product that was written.
pub fn product(document: Value) -> Result<Product, serde_json::Error> {
    serde_json::from_value(document)
}

/// The passport of a revision, on a day.
///
/// # Errors
/// A document that is not the product that was written.
pub fn of(revision: Revision, today: NaiveDate) -> Result<Passport, serde_json::Error> {
    let product = product(revision.document.clone())?;
    let judged = nutrition::judge(&product);
    Ok(passport(revision, product, &judged, today))
}

/// The same for the brand, which learns what counts as missing.
///
/// # Errors
/// A document that is not the product that was written.
pub fn to_brand(revision: Revision, today: NaiveDate) -> Result<BrandProduct, serde_json::Error> {
    let product = product(revision.document.clone())?;
    let judged = nutrition::judge(&product);
    let passport = passport(revision, product, &judged, today);
    Ok(BrandProduct { passport, warnings: judged.warnings })
}

fn passport(revision: Revision, product: Product, judged: &nutrition::Judged, today: NaiveDate) -> Passport {
    let computed = nutri_score::grade(&product, &judged.amounts);
    let stated = |names: &[&str]| revision.brand.is_some().then(|| stated(&product, names)).flatten();
    let score = stated(&["nutriscore-grade-", "nutri-score-"])
        .filter(|grade| matches!(grade.as_str(), "a" | "b" | "c" | "d" | "e"));
    let nova = stated(&["nova-group-"]).and_then(|group| group.parse().ok());
    Passport {
        revision: i64::from(revision.number),
        nutri_score: computed.map(str::to_owned).or(score),
        nova_group: nova.filter(|group| (1..=4).contains(group)),
        facts: facts(&revision, &product, today),
        product,
        content_hash: revision.content_hash,
        signature: revision.signature,
        brand: revision.brand.map(|brand| wire::Brand { brand_id: brand.id, name: brand.name }),
        recalls: revision.recalls.iter().map(Recall::shown).collect(),
        links: revision.links,
        withdrawn: revision.withdrawn,
    }
}

/// What stands behind one of these words in a label, such as `en:nova-group-3`.
fn stated(product: &Product, names: &[&str]) -> Option<String> {
    let labels = product.labels.iter().map(|label| word(label));
    let found = labels
        .flat_map(|label| names.iter().filter_map(move |name| Some(label.strip_prefix(name)?.to_owned())));
    found.into_iter().next()
}

/// A tag without its language.
fn word(tag: &str) -> &str {
    tag.split_once(':').map_or(tag, |(_, word)| word)
}

/// Where each fact comes from. A brand's facts are attested by it only if an admin vouches for it; a
/// certificate of such a brand stands for itself and for the label that it proves, while it is valid.
fn facts(revision: &Revision, product: &Product, today: NaiveDate) -> BTreeMap<String, FactSource> {
    let attested = revision.brand.as_ref().is_some_and(|brand| brand.trusted);
    let standing = if attested { Standing::Brand } else { Standing::Community };
    let source = revision.brand.as_ref().map_or(&revision.source, |brand| &brand.name);
    let fact = |standing, at| FactSource { source: source.clone(), standing, at };
    let mut facts = BTreeMap::from([(String::new(), fact(standing, revision.at))]);
    facts.extend(revision.facts.iter().map(|(pointer, at)| (pointer.clone(), fact(standing, *at))));
    if attested {
        let since = |pointer: &str| revision.facts.get(pointer).copied().unwrap_or(revision.at);
        for pointer in certified(product, today) {
            let list = if pointer.starts_with("/labels") { "/labels" } else { "/certificates" };
            facts.insert(pointer, fact(Standing::Certified, since(list)));
        }
    }
    facts
}

/// Pointers to what a certificate proves: one that somebody can look up, and that has not run out.
fn certified(product: &Product, today: NaiveDate) -> Vec<String> {
    let certificates = product.certificates.iter().enumerate().filter(|(_, certificate)| {
        let can_be_looked_up = certificate.id.is_some() || certificate.url.is_some();
        can_be_looked_up && certificate.valid_until.is_none_or(|last| today <= last)
    });
    certificates
        .flat_map(|(at, certificate)| {
            let labels = product.labels.iter().enumerate();
            let proven = labels.filter(|(_, label)| word(label).eq_ignore_ascii_case(&certificate.scheme));
            let labels: Vec<String> = proven.map(|(at, _)| format!("/labels/{at}")).collect();
            std::iter::once(format!("/certificates/{at}")).chain(labels)
        })
        .collect()
}

/// What a list shows of a product.
///
/// # Errors
/// A document that is not the product that was written.
pub fn summary(document: Value, withdrawn: bool) -> Result<ProductSummary, serde_json::Error> {
    let product = product(document)?;
    Ok(ProductSummary {
        gtin: product.gtin,
        names: product.names,
        brand_name: product.brand_name,
        category: product.category,
        quantity: product.quantity,
        withdrawn,
    })
}

/// What the fridge learns of a scan.
///
/// # Errors
/// A document that is not the product that was written.
pub fn snapshot(
    scan_id: Uuid,
    scanned_at: DateTime<Utc>,
    identifier: Identifier,
    revision: Option<Revision>,
    brand_id: Option<Uuid>,
) -> Result<ScanSnapshot, serde_json::Error> {
    let recalls = revision.as_ref().map(|revision| revision.recalls.as_slice()).unwrap_or_default();
    let recall_status = recall::reach(recalls, Held::of(&identifier));
    let expires_at = super::scan::expires_at(&identifier);
    let passport_revision = revision.as_ref().map(|revision| i64::from(revision.number));
    let product = revision.map(|revision| product(revision.document)).transpose()?.unwrap_or_default();
    Ok(ScanSnapshot {
        scan_id,
        scanned_at,
        gtin: identifier.gtin,
        lot: identifier.lot,
        serial: identifier.serial,
        use_by: identifier.use_by,
        best_before: identifier.best_before,
        expires_at,
        produced_on: identifier.produced_on,
        packed_on: identifier.packed_on,
        brand_id,
        names: product.names,
        brand_name: product.brand_name,
        category: product.category,
        quantity: product.quantity,
        storage: product.storage,
        passport_revision,
        recall_status,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn revision(trusted: Option<bool>, document: Value) -> Revision {
        Revision {
            document,
            number: 2,
            content_hash: "0".repeat(64),
            source: trusted.map_or("demo", |_| "brand").to_owned(),
            brand: trusted.map(|trusted| Brand { id: Uuid::from_u128(1), name: "Fjell".to_owned(), trusted }),
            facts: BTreeMap::from([("/labels".to_owned(), DateTime::UNIX_EPOCH)]),
            signature: None,
            at: DateTime::from_timestamp(9, 0).unwrap(),
            withdrawn: false,
            links: Vec::new(),
            recalls: Vec::new(),
        }
    }

    fn document() -> Value {
        json!({"gtin": "09521234543213", "labels": ["en:halal", "en:nova-group-3", "en:nutriscore-grade-b"],
        "certificates": [
            {"scheme": "halal", "id": "H-1", "valid_until": "2026-11-22"},
            {"scheme": "kosher"},
            {"scheme": "eu-organic", "id": "X", "valid_until": "2026-11-21"},
        ]})
    }

    fn standings(trusted: Option<bool>) -> Vec<(String, Standing)> {
        let today = "2026-11-22".parse().unwrap();
        let passport = of(revision(trusted, document()), today).unwrap();
        passport.facts.into_iter().map(|(pointer, fact)| (pointer, fact.standing)).collect()
    }

    #[test]
    fn a_brand_that_an_admin_vouches_for_attests_its_facts() {
        assert_eq!(
            standings(Some(true)),
            [
                (String::new(), Standing::Brand),
                ("/certificates/0".to_owned(), Standing::Certified),
                ("/labels".to_owned(), Standing::Brand),
                ("/labels/0".to_owned(), Standing::Certified),
            ]
        );
    }

    #[test]
    fn anybody_else_is_somebody() {
        for trusted in [Some(false), None] {
            let all = standings(trusted);
            assert!(all.iter().all(|(_, standing)| *standing == Standing::Community), "{all:?}");
        }
    }

    #[test]
    fn each_fact_says_who_states_it_and_since_when() {
        let passport = of(revision(Some(true), document()), NaiveDate::default()).unwrap();
        assert_eq!(passport.facts["/labels"].source, "Fjell");
        assert_eq!(passport.facts["/labels"].at, DateTime::UNIX_EPOCH);
        assert_eq!(passport.facts[""].at.timestamp(), 9);
        let passport = of(revision(None, document()), NaiveDate::default()).unwrap();
        assert_eq!(passport.facts[""].source, "demo");
    }

    #[test]
    fn scores_that_a_brand_states_are_shown_and_those_of_a_catalogue_are_not() {
        let shown = |trusted| {
            let passport = of(revision(trusted, document()), NaiveDate::default()).unwrap();
            (passport.nutri_score, passport.nova_group)
        };
        assert_eq!(shown(Some(false)), (Some("b".to_owned()), Some(3)));
        assert_eq!(shown(None), (None, None));
    }
}
