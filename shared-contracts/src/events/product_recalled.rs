//! `passport.product-recalled.v1`: a brand recalls a product, or the recall is over.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fact;
use crate::passport::RecallStatus;

/// A brand recalls a product, or lots or use-by days of it; or the recall was lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductRecalled {
    /// The recall.
    pub recall_id: Uuid,
    /// 14 digits.
    pub gtin: String,
    /// The brand that recalls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<Uuid>,
    /// AI 10 of the lots that it touches; absent = not limited to lots.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lots: Option<Vec<String>>,
    /// First and last use-by day that it touches; absent = not limited by date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<[NaiveDate; 2]>,
    /// Whether it holds.
    pub status: RecallStatus,
    /// What is wrong, in the brand's words.
    pub reason: String,
}

impl Fact for ProductRecalled {
    const TYPE: &'static str = "packytrace.passport.ProductRecalled.v1";
    const TOPIC: &'static str = "passport.product-recalled.v1";
    const SOURCE: &'static str = "passport";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:passport.product-recalled.v1";

    fn key(&self) -> String {
        self.gtin.clone()
    }
}
