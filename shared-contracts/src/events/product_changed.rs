//! `passport.product-changed.v1`: a product has a new revision, was withdrawn, or is offered again.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Fact;

/// What counts of a product has changed. What it is now, the passport says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductChanged {
    /// 14 digits.
    pub gtin: String,
    /// The brand whose product it is, where one has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_id: Option<Uuid>,
    /// The revision that counts now.
    pub revision: i64,
    /// Whether its brand has withdrawn the product.
    pub withdrawn: bool,
}

impl Fact for ProductChanged {
    const TYPE: &'static str = "packytrace.passport.ProductChanged.v1";
    const TOPIC: &'static str = "passport.product-changed.v1";
    const SOURCE: &'static str = "passport";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:passport.product-changed.v1";

    fn key(&self) -> String {
        self.gtin.clone()
    }
}
