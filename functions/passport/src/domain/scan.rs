//! A scan: what a code said, read by whom, when and how.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::Number;
use shared_contracts::{
    events::Channel,
    passport::{Element, Identifier, Weight},
};
use uuid::{Builder, Uuid};

use super::gs1::{Code, CodeError, CodeErrorKind, Gtin};

/// Application Identifiers that [`Identifier`] has a member for (GS1 General Specifications, 3).
const TYPED: [&str; 10] = ["01", "22", "10", "21", "235", "17", "15", "13", "11", "30"];

/// For how long the same address, opened again by the same person, is the same scan.
const REPEATED: TimeDelta = TimeDelta::seconds(10);

/// Whose scans these are: the account's, else the visitor's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A signed-in person.
    Account(Uuid),
    /// A browser without account.
    Visitor(Uuid),
}

impl Owner {
    /// `(account, visitor)`, one of them present.
    pub fn ids(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Account(id) => (Some(id), None),
            Self::Visitor(id) => (None, Some(id)),
        }
    }
}

/// Whose a scan is that somebody makes now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// This one's: a visitor who is an account scans for the account, with a token or without.
    Theirs(Owner),
    /// The account was erased; its token is about to be refused everywhere.
    Nobodys,
}

/// What is kept of an account that was erased: SHA-256 of its id, which cannot be turned back.
pub fn id_hash(id: Uuid) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, id.as_bytes()).as_ref().to_vec()
}

/// A scan that is about to be recorded.
#[derive(Clone, Debug)]
pub struct NewScan {
    /// UUIDv7.
    pub scan_id: Uuid,
    /// Our time, not the device's.
    pub scanned_at: DateTime<Utc>,
    /// The product.
    pub gtin: Gtin,
    /// What the code said.
    pub identifier: Identifier,
    /// Through the app, or by a browser that followed the code.
    pub channel: Channel,
    /// The scanner's symbology identifier, if it gave one.
    pub symbology: Option<String>,
    /// Whose it is.
    pub owner: Owner,
}

impl NewScan {
    /// The channel's name in the database.
    pub fn channel_name(&self) -> &'static str {
        match self.channel {
            Channel::App => "app",
            Channel::Resolver => "resolver",
        }
    }
}

/// A `UUIDv7` that sorts before those of every scan which one at `now` only repeats.
pub fn repeats_since(now: DateTime<Utc>) -> Uuid {
    let millis = u64::try_from((now - REPEATED).timestamp_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &[0; 10]).into_uuid()
}

/// The identifier that a code carries.
///
/// # Errors
/// `no_gtin` for a valid GS1 code that names something else than a product.
pub fn identifier(code: &Code) -> Result<Identifier, CodeError> {
    let Some(gtin) = code.gtin() else {
        return Err(CodeError {
            kind: CodeErrorKind::NoGtin,
            ai: None,
            position: None,
            detail: "This is a valid GS1 code, but it names no product (no GTIN).".to_owned(),
        });
    };
    let weight = code.elements().iter().any(|element| is_weight(element.ai));
    Ok(Identifier {
        gtin: gtin.to_string(),
        lot: code.lot().map(str::to_owned),
        serial: code.serial().map(str::to_owned),
        cpv: code.cpv().map(str::to_owned),
        tpx: code.tpx().map(str::to_owned),
        use_by: code.use_by(),
        best_before: code.best_before(),
        packed_on: code.packed_on(),
        produced_on: code.produced_on(),
        net_weight: if weight { code.net_weight().and_then(kilograms) } else { None },
        count: code.count(),
        other: code
            .elements()
            .iter()
            .filter(|element| !TYPED.contains(&element.ai) && !is_weight(element.ai))
            .map(|element| Element { ai: element.ai.to_owned(), value: element.value.clone() })
            .collect(),
    })
}

/// AI 7003: the minute at which it expires, by the clock on the wall. The code was checked before: its
/// first six digits are a day of our century, as in AI 17.
pub fn expires_at(identifier: &Identifier) -> Option<NaiveDateTime> {
    let element = identifier.other.iter().find(|element| element.ai == "7003")?;
    NaiveDateTime::parse_from_str(&format!("20{}", element.value), "%Y%m%d%H%M").ok()
}

/// AI 310n: net weight in kilograms, n decimals (GS1 General Specifications, 3.6.2).
fn is_weight(ai: &str) -> bool {
    ai.len() == 4 && ai.starts_with("310")
}

fn kilograms(measure: super::gs1::Measure) -> Option<Weight> {
    let value = f64::from(measure.digits) / 10_f64.powi(i32::from(measure.decimals));
    Number::from_f64(value).map(|value| Weight { value, unit: "kg".to_owned() })
}
