//! From what Passport knows of a scan, or a person by hand, to a new item.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use shared_contracts::{
    fridge::{AddRequest, ExpiryKind, ManualRequest, Part, Price},
    passport::{Quantity, ScanSnapshot},
};
use uuid::Uuid;

use super::{
    amount::{self, Amount, NoAmount, PIECE},
    dates::Expiry,
    item::Added,
};

/// Longest name or category, in characters.
const LONGEST: usize = 200;

/// What is wrong with a request, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer} {detail}")]
pub struct Invalid {
    /// JSON Pointer into the body.
    pub pointer: &'static str,
    /// For the person who wrote it.
    pub detail: String,
}

impl Invalid {
    /// The amount at a place is none.
    pub fn amount(pointer: &'static str, error: NoAmount) -> Self {
        Self { pointer, detail: error.to_string() }
    }
}

/// Where and when something is added.
#[derive(Clone, Debug)]
pub struct Adding<'a> {
    /// The fridge, by its owner's account.
    pub fridge_id: Uuid,
    /// The local day.
    pub day: NaiveDate,
    /// The person's language (BCP 47).
    pub language: &'a str,
    /// The Idempotency-Key, if there was one.
    pub key: Option<&'a str>,
}

/// The item that a scan makes.
///
/// # Errors
/// What is wrong with the amounts or the price of the request.
pub fn scanned(
    adding: &Adding<'_>,
    scan: ScanSnapshot,
    request: &AddRequest,
) -> Result<(Added, Amount), Invalid> {
    let (package, unit) = package(scan.quantity.as_ref());
    let (whole, unit) = whole(request.quantity.as_ref(), package, unit)?;
    let printed = printed(&scan);
    let added = Added {
        fridge_id: adding.fridge_id,
        name: name(&scan.names, adding.language).unwrap_or_else(|| scan.gtin.clone()),
        unit,
        day: adding.day,
        expiry: corrected(printed, request.expires_on, request.expires_kind),
        scan_id: Some(scan.scan_id),
        key: adding.key.map(str::to_owned),
        gtin: Some(scan.gtin),
        brand_id: scan.brand_id,
        brand_name: scan.brand_name,
        category: scan.category,
        lot: scan.lot,
        use_by: scan.use_by.or(scan.expires_at.map(|at| at.date())),
        best_before: scan.best_before,
        days_after_opening: scan.storage.days_after_opening,
        shelf_life_days: scan.storage.shelf_life_days,
        price: price(request.price.as_ref())?,
        recall_status: scan.recall_status,
    };
    Ok((added, whole))
}

/// The item that a person writes by hand.
///
/// # Errors
/// What is wrong with it.
pub fn by_hand(adding: &Adding<'_>, request: &ManualRequest) -> Result<(Added, Amount), Invalid> {
    let (whole, unit) = whole(request.quantity.as_ref(), Amount::ONE, PIECE.to_owned())?;
    let added = Added {
        fridge_id: adding.fridge_id,
        name: text("/name", &request.name)?,
        unit,
        day: adding.day,
        expiry: corrected(Expiry::default(), request.expires_on, request.expires_kind),
        key: adding.key.map(str::to_owned),
        category: request.category.as_deref().map(|category| text("/category", category)).transpose()?,
        price: price(request.price.as_ref())?,
        ..Added::default()
    };
    Ok((added, whole))
}

/// The date of the package: safety before quality before an estimate. AI 12 is a payment's date and
/// never comes here.
fn printed(scan: &ScanSnapshot) -> Expiry {
    let days = scan.storage.shelf_life_days.map(u64::from);
    let made = scan.produced_on.or(scan.packed_on);
    let estimate = || made?.checked_add_days(Days::new(days?));
    match (scan.expires_at, scan.use_by, scan.best_before, estimate()) {
        (Some(at), None, ..) => Expiry { kind: ExpiryKind::UseBy, on: Some(at.date()), at: Some(at.time()) },
        (Some(at), Some(day), ..) if at.date() <= day => {
            Expiry { kind: ExpiryKind::UseBy, on: Some(at.date()), at: Some(at.time()) }
        }
        (_, Some(day), ..) => Expiry { kind: ExpiryKind::UseBy, on: Some(day), at: None },
        (_, _, Some(day), _) => Expiry { kind: ExpiryKind::BestBefore, on: Some(day), at: None },
        (.., Some(day)) => Expiry { kind: ExpiryKind::Estimated, on: Some(day), at: None },
        _ => Expiry::default(),
    }
}

/// What the person says counts more; without a kind a date is of the printed kind, else the careful one.
fn corrected(printed: Expiry, on: Option<NaiveDate>, kind: Option<ExpiryKind>) -> Expiry {
    let Some(day) = on.or(printed.on) else { return Expiry::default() };
    let kept = if printed.kind == ExpiryKind::None { ExpiryKind::UseBy } else { printed.kind };
    match kind.unwrap_or(kept) {
        ExpiryKind::None => Expiry::default(),
        kind => Expiry { kind, on: Some(day), at: if on.is_none() { printed.at } else { None } },
    }
}

/// How much is in the package: what the passport says, if that is an amount, else one piece.
fn package(stated: Option<&Quantity>) -> (Amount, String) {
    let known = || {
        let stated = stated?;
        let unit = amount::unit(stated.unit.as_deref()?).ok()?;
        Some((Amount::read(stated.value.as_ref()?).ok()?, unit))
    };
    known().unwrap_or_else(|| (Amount::ONE, PIECE.to_owned()))
}

/// How much there is: a number of the package's unit, or any amount with a unit of its own.
fn whole(given: Option<&Part>, package: Amount, unit: String) -> Result<(Amount, String), Invalid> {
    let wrong = |error| Invalid::amount("/quantity", error);
    Ok(match given {
        None => (package, unit),
        Some(Part::Number(number)) => (Amount::read(number).map_err(wrong)?, unit),
        Some(Part::Amount(given)) => {
            (Amount::read(&given.value).map_err(wrong)?, amount::unit(&given.unit).map_err(wrong)?)
        }
    })
}

fn name(names: &BTreeMap<String, String>, language: &str) -> Option<String> {
    let primary = language.split('-').next().unwrap_or_default();
    let found = [language, primary, "en"].into_iter().find_map(|language| names.get(language));
    found.or_else(|| names.values().next()).cloned()
}

fn text(pointer: &'static str, given: &str) -> Result<String, Invalid> {
    let text = given.trim();
    let detail = if text.is_empty() {
        "must say something"
    } else if text.chars().count() > LONGEST {
        "must have 200 characters at most"
    } else if text.contains(char::is_control) {
        "must have no control characters"
    } else {
        return Ok(text.to_owned());
    };
    Err(Invalid { pointer, detail: detail.to_owned() })
}

fn price(given: Option<&Price>) -> Result<Option<Price>, Invalid> {
    let Some(given) = given else { return Ok(None) };
    let wrong = |pointer, detail: &str| Err(Invalid { pointer, detail: detail.to_owned() });
    if given.currency.len() != 3 || !given.currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return wrong("/price/currency", "must be three capital letters (ISO 4217)");
    }
    if !given.amount.as_f64().is_some_and(|amount| (0.0..=1_000_000.0).contains(&amount)) {
        return wrong("/price/amount", "must be from 0 to 1000000");
    }
    Ok(Some(given.clone()))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn adding() -> Adding<'static> {
        let day = "2026-11-22".parse().unwrap();
        Adding { fridge_id: Uuid::from_u128(1), day, language: "de-CH", key: None }
    }

    fn scan(more: Value) -> ScanSnapshot {
        let mut scan = json!({
            "scan_id": Uuid::from_u128(2), "scanned_at": "2026-11-22T10:00:00Z", "gtin": "09521234543213",
            "names": {"en": "Oat drink", "de": "Haferdrink"}, "storage": {}, "recall_status": "none",
        });
        scan.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        serde_json::from_value(scan).unwrap()
    }

    fn add(scan_more: Value, request_more: Value) -> Result<(Added, Amount), Invalid> {
        let mut request = json!({"scan_id": Uuid::from_u128(2)});
        request.as_object_mut().unwrap().extend(request_more.as_object().unwrap().clone());
        scanned(&adding(), scan(scan_more), &serde_json::from_value(request).unwrap())
    }

    fn date(scan_more: Value, request_more: Value) -> (ExpiryKind, Option<String>) {
        let expiry = add(scan_more, request_more).unwrap().0.expiry;
        (expiry.kind, expiry.on.map(|day| day.to_string()))
    }

    #[test]
    fn safety_comes_before_quality_before_an_estimate() {
        use ExpiryKind::{BestBefore, Estimated, None, UseBy};
        let (safe, good) = (json!("2026-12-03"), json!("2026-12-01"));
        let is = |kind, day: &str| (kind, Some(day.to_owned()));
        assert_eq!(date(json!({"use_by": safe, "best_before": good}), json!({})), is(UseBy, "2026-12-03"));
        assert_eq!(date(json!({"best_before": good}), json!({})), is(BestBefore, "2026-12-01"));
        let made = json!({"produced_on": "2026-02-28", "packed_on": "2026-03-05", "storage": {"shelf_life_days": 2}});
        assert_eq!(date(made, json!({})), is(Estimated, "2026-03-02"));
        let packed = json!({"packed_on": "2028-02-28", "storage": {"shelf_life_days": 1}});
        assert_eq!(date(packed, json!({})), is(Estimated, "2028-02-29"));
        assert_eq!(date(json!({"produced_on": "2026-02-28"}), json!({})), (None, Option::None));
    }

    #[test]
    fn a_person_corrects_the_date_and_its_kind() {
        use ExpiryKind::{BestBefore, None, UseBy};
        let is = |kind, day: &str| (kind, Some(day.to_owned()));
        let given = json!({"expires_on": "2026-12-24"});
        assert_eq!(date(json!({"best_before": "2026-12-01"}), given.clone()), is(BestBefore, "2026-12-24"));
        assert_eq!(date(json!({}), given), is(UseBy, "2026-12-24"));
        let kind = json!({"expires_on": "2026-12-24", "expires_kind": "best_before"});
        assert_eq!(date(json!({"use_by": "2026-12-01"}), kind), is(BestBefore, "2026-12-24"));
        assert_eq!(
            date(json!({"use_by": "2026-12-01"}), json!({"expires_kind": "none"})),
            (None, Option::None)
        );
    }

    #[test]
    fn the_minute_of_ai_7003_is_kept() {
        let (added, _) = add(json!({"expires_at": "2026-12-03T14:30:00"}), json!({})).unwrap();
        assert_eq!(added.expiry.at.unwrap().to_string(), "14:30:00");
        assert_eq!(added.use_by, Some("2026-12-03".parse().unwrap()));
    }

    #[test]
    fn there_is_what_the_package_says_or_the_person_or_one_piece() {
        let litre = json!({"quantity": {"value": 1.5, "unit": "L"}});
        let amount =
            |scan, request| add(scan, request).map(|(added, whole)| format!("{whole} {}", added.unit));
        assert_eq!(amount(litre.clone(), json!({})).unwrap(), "1.5 l");
        assert_eq!(amount(litre.clone(), json!({"quantity": 1})).unwrap(), "1 l");
        assert_eq!(amount(litre, json!({"quantity": {"value": 2, "unit": "bottles"}})).unwrap(), "2 bottles");
        assert_eq!(amount(json!({"quantity": {"text": "a lot"}}), json!({})).unwrap(), "1 piece");
        assert_eq!(amount(json!({}), json!({"quantity": 0})).unwrap_err().pointer, "/quantity");
    }

    #[test]
    fn names_are_in_the_persons_language() {
        assert_eq!(add(json!({}), json!({})).unwrap().0.name, "Haferdrink");
        assert_eq!(add(json!({"names": {"fr": "Avoine"}}), json!({})).unwrap().0.name, "Avoine");
        assert_eq!(add(json!({"names": {}}), json!({})).unwrap().0.name, "09521234543213");
    }

    #[test]
    fn food_without_a_code_has_a_name_at_least() {
        let by_hand = |body: Value| by_hand(&adding(), &serde_json::from_value(body).unwrap());
        let (added, whole) = by_hand(json!({"name": " Soup "})).unwrap();
        assert_eq!((added.name.as_str(), added.unit.as_str(), whole), ("Soup", PIECE, Amount::ONE));
        assert_eq!(by_hand(json!({"name": "  "})).unwrap_err().pointer, "/name");
        let price = json!({"name": "Soup", "price": {"amount": 1, "currency": "euro"}});
        assert_eq!(by_hand(price).unwrap_err().pointer, "/price/currency");
    }
}
