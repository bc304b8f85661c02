//! Scans: what a code said, and what we know about the product.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use uuid::Uuid;

use super::published::{Passport, RecallReach};
use crate::personalization::Verdict;

/// Body of `POST /api/v1/scans`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScanRequest {
    /// The code as the scanner or the person gave it; FNC1 is 0x1D.
    pub code: String,
    /// Symbology identifier such as `]d2`; where the code carries one too they must agree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbology: Option<String>,
}

/// A recorded scan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// Its id.
    pub scan_id: Uuid,
    /// When it was recorded.
    pub scanned_at: DateTime<Utc>,
    /// What the code said.
    pub identifier: Identifier,
    /// The product's passport; `null` where the catalog lacks the product.
    pub passport: Option<Passport>,
    /// Whether an active recall touches it.
    pub recall_status: RecallReach,
    /// Whether it suits the person.
    pub verdict: Verdict,
}

/// What a code said.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Identifier {
    /// 14 digits.
    pub gtin: String,
    /// AI 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// AI 21.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// AI 22, consumer product variant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpv: Option<String>,
    /// AI 235, third-party controlled serial number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tpx: Option<String>,
    /// AI 17: not safe after this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<NaiveDate>,
    /// AI 15: best quality until this day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_before: Option<NaiveDate>,
    /// AI 13.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed_on: Option<NaiveDate>,
    /// AI 11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub produced_on: Option<NaiveDate>,
    /// AI 310n.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub net_weight: Option<Weight>,
    /// AI 30, how many items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// Every other Application Identifier of the code, in its order.
    pub other: Vec<Element>,
}

/// A net weight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Weight {
    /// How much.
    pub value: Number,
    /// `kg`.
    pub unit: String,
}

/// One Application Identifier with its data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Element {
    /// 2 to 4 digits.
    pub ai: String,
    /// Its data, decoded.
    pub value: String,
}
