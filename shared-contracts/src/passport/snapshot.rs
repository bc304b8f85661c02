//! What the fridge learns of a scan (`openapi/internal.yaml`).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    product::{Quantity, Storage},
    published::RecallReach,
};

/// What an account scanned, and what the product is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanSnapshot {
    /// The scan.
    pub scan_id: Uuid,
    /// When.
    pub scanned_at: DateTime<Utc>,
    /// 14 digits.
    pub gtin: String,
    /// AI 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// AI 21.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// AI 17.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<NaiveDate>,
    /// AI 15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_before: Option<NaiveDate>,
    /// AI 7003: the minute by the clock on the wall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<NaiveDateTime>,
    /// AI 11.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub produced_on: Option<NaiveDate>,
    /// AI 13.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub packed_on: Option<NaiveDate>,
    /// The brand whose product it is, where one has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<Uuid>,
    /// Name by language; empty where the catalog lacks the product.
    pub names: BTreeMap<String, String>,
    /// Name of the brand as on the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_name: Option<String>,
    /// What kind of product it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// How much is in the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Quantity>,
    /// How to keep it.
    pub storage: Storage,
    /// The passport's revision; absent where the catalog lacks the product.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passport_revision: Option<i64>,
    /// Whether an active recall touches what was scanned.
    pub recall_status: RecallReach,
}
