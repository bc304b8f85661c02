//! `passport.product-scanned.v1`: somebody scanned a product.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fact, present};

/// Somebody scanned a product. No verdict (a health datum), no lot, no place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Members", into = "Members")]
pub struct ProductScanned {
    /// The scan.
    pub scan_id: Uuid,
    /// 14 digits.
    pub gtin: String,
    /// The brand whose product it is, where the catalog knows one.
    pub brand_id: Option<Uuid>,
    /// Who scanned.
    pub scanner: Scanner,
    /// When, by passport's clock.
    pub scanned_at: DateTime<Utc>,
    /// How the scan came in.
    pub channel: Channel,
}

/// Who scanned: an account, or a visitor without one; never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scanner {
    /// Member `visitor_id`.
    Visitor(Uuid),
    /// Member `account_id`.
    Account(Uuid),
}

/// How a scan came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A browser opened the code's own address (`GET /01/…`).
    Resolver,
    /// `POST /api/v1/scans`.
    App,
}

impl Fact for ProductScanned {
    const TYPE: &'static str = "packytrace.passport.ProductScanned.v1";
    const TOPIC: &'static str = "passport.product-scanned.v1";
    const SOURCE: &'static str = "passport";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:passport.product-scanned.v1";

    /// The account, else the visitor.
    fn key(&self) -> String {
        match self.scanner {
            Scanner::Visitor(id) | Scanner::Account(id) => id.to_string(),
        }
    }
}

/// The members as they go over the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    scan_id: Uuid,
    gtin: String,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    brand_id: Option<Uuid>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    visitor_id: Option<Uuid>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    account_id: Option<Uuid>,
    scanned_at: DateTime<Utc>,
    channel: Channel,
}

impl TryFrom<Members> for ProductScanned {
    type Error = &'static str;

    fn try_from(members: Members) -> Result<Self, Self::Error> {
        let scanner = match (members.visitor_id, members.account_id) {
            (Some(id), None) => Scanner::Visitor(id),
            (None, Some(id)) => Scanner::Account(id),
            _ => return Err("exactly one of visitor_id and account_id"),
        };
        Ok(Self {
            scan_id: members.scan_id,
            gtin: members.gtin,
            brand_id: members.brand_id,
            scanner,
            scanned_at: members.scanned_at,
            channel: members.channel,
        })
    }
}

impl From<ProductScanned> for Members {
    fn from(fact: ProductScanned) -> Self {
        let (visitor_id, account_id) = match fact.scanner {
            Scanner::Visitor(id) => (Some(id), None),
            Scanner::Account(id) => (None, Some(id)),
        };
        Self {
            scan_id: fact.scan_id,
            gtin: fact.gtin,
            brand_id: fact.brand_id,
            visitor_id,
            account_id,
            scanned_at: fact.scanned_at,
            channel: fact.channel,
        }
    }
}
