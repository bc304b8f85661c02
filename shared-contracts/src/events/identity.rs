//! What identity announces: visitors who turn out to be accounts, consents, brands, erasures.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Fact, present};
use crate::identity::{Purpose, WindowLength};

/// A visitor turned out to be this account. What the visitor did is the account's, where no
/// account owns it yet. Announced once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VisitorLinkedToAccount {
    /// The browser's random id.
    pub visitor_id: Uuid,
    /// Whose it is.
    pub account_id: Uuid,
    /// When, by identity's clock.
    pub linked_at: DateTime<Utc>,
}

impl Fact for VisitorLinkedToAccount {
    const TYPE: &'static str = "packytrace.identity.VisitorLinkedToAccount.v1";
    const TOPIC: &'static str = "identity.visitor-linked.v1";
    const SOURCE: &'static str = "identity";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:identity.visitor-linked.v1";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}

/// Somebody gave or withdrew consent to one purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Members", into = "Members")]
pub struct ConsentChanged {
    /// Who decided.
    pub subject: Subject,
    /// To what.
    pub purpose: Purpose,
    /// Given, or withdrawn.
    pub granted: bool,
    /// The text that the person saw.
    pub policy_version: String,
    /// When, by identity's clock.
    pub changed_at: DateTime<Utc>,
}

/// Whose consent it is: an account's, or that of a visitor without one; never both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Member `account_id`.
    Account(Uuid),
    /// Member `visitor_id`.
    Visitor(Uuid),
}

impl Fact for ConsentChanged {
    const TYPE: &'static str = "packytrace.identity.ConsentChanged.v1";
    const TOPIC: &'static str = "identity.consent-changed.v1";
    const SOURCE: &'static str = "identity";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:identity.consent-changed.v1";

    /// The account, else the visitor.
    fn key(&self) -> String {
        match self.subject {
            Subject::Account(id) | Subject::Visitor(id) => id.to_string(),
        }
    }
}

/// The members as they go over the wire.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Members {
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    account_id: Option<Uuid>,
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    visitor_id: Option<Uuid>,
    purpose: Purpose,
    granted: bool,
    policy_version: String,
    changed_at: DateTime<Utc>,
}

impl TryFrom<Members> for ConsentChanged {
    type Error = &'static str;

    fn try_from(members: Members) -> Result<Self, Self::Error> {
        let subject = match (members.account_id, members.visitor_id) {
            (Some(id), None) => Subject::Account(id),
            (None, Some(id)) => Subject::Visitor(id),
            _ => return Err("exactly one of account_id and visitor_id"),
        };
        Ok(Self {
            subject,
            purpose: members.purpose,
            granted: members.granted,
            policy_version: members.policy_version,
            changed_at: members.changed_at,
        })
    }
}

impl From<ConsentChanged> for Members {
    fn from(fact: ConsentChanged) -> Self {
        let (account_id, visitor_id) = match fact.subject {
            Subject::Account(id) => (Some(id), None),
            Subject::Visitor(id) => (None, Some(id)),
        };
        Self {
            account_id,
            visitor_id,
            purpose: fact.purpose,
            granted: fact.granted,
            policy_version: fact.policy_version,
            changed_at: fact.changed_at,
        }
    }
}

/// A brand is new or was changed: the brand as it is now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandChanged {
    /// The brand.
    pub brand_id: Uuid,
    /// Its name.
    pub name: String,
    /// Verified GS1 company prefixes, 4 to 12 digits each.
    pub gs1_company_prefixes: Vec<String>,
    /// An administrator vouches for it: its facts count as brand-attested, and it may be measured.
    pub trusted: bool,
    /// Whether metrics are made of its products.
    pub measured: bool,
    /// Length of a window of its metrics.
    pub window: WindowLength,
    /// The first day of that length, UTC.
    pub window_from: NaiveDate,
}

impl Fact for BrandChanged {
    const TYPE: &'static str = "packytrace.identity.BrandChanged.v1";
    const TOPIC: &'static str = "identity.brand-changed.v1";
    const SOURCE: &'static str = "identity";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:identity.brand-changed.v1";

    fn key(&self) -> String {
        self.brand_id.to_string()
    }
}

/// A person's data must go everywhere. A visitor without an account who asked has their own
/// visitor id as `account_id`, which no account has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountErased {
    /// The account.
    pub account_id: Uuid,
    /// Every visitor that was linked to it.
    pub visitor_ids: Vec<Uuid>,
    /// When, by identity's clock.
    pub erased_at: DateTime<Utc>,
}

impl Fact for AccountErased {
    const TYPE: &'static str = "packytrace.identity.AccountErased.v1";
    const TOPIC: &'static str = "identity.account-erased.v1";
    const SOURCE: &'static str = "identity";
    const DATASCHEMA: &'static str = "urn:packytrace:schema:identity.account-erased.v1";

    fn key(&self) -> String {
        self.account_id.to_string()
    }
}
