//! What a valid code says: its elements in order, and the ones that PackyTrace works with as types.

use std::fmt;

use chrono::NaiveDate;
use serde::Serialize;

use super::canonical;
use super::checks::{Check, date};
use super::gtin::Gtin;

/// One Application Identifier and its data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Element {
    /// The AI, 2 to 4 digits.
    pub ai: &'static str,
    /// Its data, unescaped, as the AI's format has it.
    pub value: String,
}

/// A decimal number as GS1 writes measures; `Display` writes `0.195`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Measure {
    /// The number without its decimal point.
    pub digits: u32,
    /// How many of the digits follow the decimal point.
    pub decimals: u8,
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimals = usize::from(self.decimals);
        let digits = format!("{:0width$}", self.digits, width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        match fraction {
            "" => f.write_str(whole),
            fraction => write!(f, "{whole}.{fraction}"),
        }
    }
}

/// A valid GS1 code: each AI in it is known, well formed, and stands with what it needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    elements: Vec<Element>,
    use_by: Option<NaiveDate>,
    best_before: Option<NaiveDate>,
    packed_on: Option<NaiveDate>,
    produced_on: Option<NaiveDate>,
}

impl Code {
    /// From elements that were checked; `today` decides the century of their dates.
    pub(super) fn new(elements: Vec<Element>, today: NaiveDate) -> Self {
        let day = |ai: &str| {
            let element = elements.iter().find(|element| element.ai == ai)?;
            date(&element.value, Check::Yymmd0, today).ok()
        };
        let [use_by, best_before, packed_on, produced_on] = ["17", "15", "13", "11"].map(day);
        Self { elements, use_by, best_before, packed_on, produced_on }
    }

    /// Everything that the code says, in the order in which it says it; GTINs have 14 digits.
    pub fn elements(&self) -> &[Element] {
        &self.elements
    }

    /// The data of an AI, if the code has it.
    pub fn get(&self, ai: &str) -> Option<&str> {
        let element = self.elements.iter().find(|element| element.ai == ai);
        element.map(|element| element.value.as_str())
    }

    /// AI 01.
    pub fn gtin(&self) -> Option<Gtin> {
        self.get("01").and_then(|digits| digits.parse().ok())
    }

    /// AI 22, consumer product variant.
    pub fn cpv(&self) -> Option<&str> {
        self.get("22")
    }

    /// AI 10, batch or lot.
    pub fn lot(&self) -> Option<&str> {
        self.get("10")
    }

    /// AI 21.
    pub fn serial(&self) -> Option<&str> {
        self.get("21")
    }

    /// AI 235, third-party controlled serial number.
    pub fn tpx(&self) -> Option<&str> {
        self.get("235")
    }

    /// AI 17: not safe after this day.
    pub fn use_by(&self) -> Option<NaiveDate> {
        self.use_by
    }

    /// AI 15: best quality until this day.
    pub fn best_before(&self) -> Option<NaiveDate> {
        self.best_before
    }

    /// AI 13.
    pub fn packed_on(&self) -> Option<NaiveDate> {
        self.packed_on
    }

    /// AI 11.
    pub fn produced_on(&self) -> Option<NaiveDate> {
        self.produced_on
    }

    /// AIs 3100 to 3105, in kilograms.
    pub fn net_weight(&self) -> Option<Measure> {
        let element = self.elements.iter().find(|element| element.ai.starts_with("310"))?;
        let decimals = element.ai[3..].parse().ok()?;
        Some(Measure { digits: element.value.parse().ok()?, decimals })
    }

    /// AI 30, how many pieces an item of variable count has.
    pub fn count(&self) -> Option<u32> {
        self.get("30")?.parse().ok()
    }

    /// The canonical GS1 Digital Link URI, `https://id.gs1.org/…`; none where the AIs allow none.
    ///
    /// URI Syntax section 4.12. It reads as a code with the same elements.
    pub fn canonical_uri(&self) -> Option<String> {
        canonical::uri(&self.elements)
    }

    /// The element string as a symbol carries it, without brackets, with GS (0x1D) for FNC1.
    pub fn element_string(&self) -> String {
        canonical::element_string(&self.elements)
    }
}
