//! Bodies of `openapi/identity.yaml` and of identity's internal routes.

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// Body of `POST /api/v1/accounts`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// Address to sign in with.
    pub email: String,
    /// 12 to 128 characters.
    pub password: String,
    /// How the person likes to be called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// Language (BCP 47) of the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
}

impl std::fmt::Debug for Registration {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Registration")
    }
}

/// Answer to a registration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registered {
    /// The new account, which is also the `sub` of its tokens.
    pub account_id: Uuid,
}

/// An account, as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub account_id: Uuid,
    /// How the person likes to be called.
    pub display_name: Option<String>,
    /// Language (BCP 47) of the pages.
    pub language: String,
    /// IANA time zone in which dates are judged.
    pub time_zone: String,
    /// Units that amounts are shown in.
    pub units: Units,
    /// Since when there is this account.
    pub created_at: DateTime<Utc>,
}

/// Units that amounts are shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Units {
    /// Grams and millilitres.
    Metric,
    /// Ounces and fluid ounces.
    Imperial,
}

/// Body of `PATCH /api/v1/me`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountChange {
    /// Empty takes the name away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// BCP 47.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// IANA name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    /// Units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<Units>,
}

/// What somebody may consent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Keeping a Health Profile and making verdicts with it.
    HealthProfile,
    /// Being counted in brands' metrics.
    Measurement,
}

impl Purpose {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::HealthProfile, Self::Measurement];

    /// As in paths and events.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HealthProfile => "health_profile",
            Self::Measurement => "measurement",
        }
    }

    /// The purpose of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == name)
    }
}

/// Body of `PUT …/consents/{purpose}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsentChoice {
    /// Given, or withdrawn.
    pub granted: bool,
    /// The text that the person saw.
    pub policy_version: String,
}

/// A decision about one purpose; without version and time while nobody has decided, which is no
/// consent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// To what.
    pub purpose: Purpose,
    /// Given, or withdrawn.
    pub granted: bool,
    /// The text that the person saw.
    pub policy_version: Option<String>,
    /// When it was decided.
    pub changed_at: Option<DateTime<Utc>>,
}

/// Answer of `GET /internal/v1/accounts/{account_id}/consents/{purpose}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentAnswer {
    /// Whether the account consents now.
    pub granted: bool,
    /// The text that the person saw; `null` while nobody has decided.
    pub policy_version: Option<String>,
    /// When it was decided.
    pub changed_at: Option<DateTime<Utc>>,
}

/// Answer to who asked for their data to be erased.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureStarted {
    /// Random; says nothing of the person.
    pub erasure_id: Uuid,
}

/// How far an erasure is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erasure {
    /// Its id.
    pub erasure_id: Uuid,
    /// Whether anybody still has to confirm.
    pub state: ErasureState,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When the last one had confirmed.
    pub completed_at: Option<DateTime<Utc>>,
    /// Who holds data of the person, and when it was gone there.
    pub confirmations: Vec<Confirmation>,
}

/// Whether an erasure is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    /// Somebody has not confirmed yet.
    InProgress,
    /// Everybody has.
    Completed,
}

/// One place where data of a person is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Confirmation {
    /// A service, or `keycloak`.
    pub service: String,
    /// When the data was gone there.
    pub completed_at: Option<DateTime<Utc>>,
}

/// Everything that PackyTrace holds of a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// Whose.
    pub account_id: Uuid,
    /// When it was gathered.
    pub exported_at: DateTime<Utc>,
    /// What each service holds.
    pub parts: Vec<ExportPart>,
}

/// What one service holds of a person; also the answer of
/// `GET /internal/v1/accounts/{account_id}/export`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportPart {
    /// The service.
    pub service: String,
    /// Lists by what they are of.
    pub data: Value,
}

/// Length of a window of a brand's metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WindowLength {
    /// A UTC day.
    #[serde(rename = "P1D")]
    Day,
    /// An ISO week.
    #[serde(rename = "P7D")]
    Week,
}

impl WindowLength {
    /// As an ISO 8601 duration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "P1D",
            Self::Week => "P7D",
        }
    }
}

/// A brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// Its id.
    pub brand_id: Uuid,
    /// Its name.
    pub name: String,
    /// Verified GS1 company prefixes.
    pub gs1_company_prefixes: Vec<String>,
    /// Whether an administrator vouches for it.
    pub trusted: bool,
    /// Whether metrics are made of its products.
    pub measured: bool,
    /// Length of a window of its metrics.
    pub window: WindowLength,
    /// The first day of that length.
    pub window_from: NaiveDate,
    /// What the caller may do in it; absent for administrators.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<BrandRole>,
}

/// Body of `POST /api/v1/admin/brands`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandRequest {
    /// Its name.
    pub name: String,
    /// Verified GS1 company prefixes, 4 to 12 digits each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gs1_company_prefixes: Option<Vec<String>>,
}

/// Body of `PATCH /api/v1/admin/brands/{brand_id}`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandChange {
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// All of its verified GS1 company prefixes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gs1_company_prefixes: Option<Vec<String>>,
    /// Whether an administrator vouches for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trusted: Option<bool>,
    /// Whether metrics are made of its products.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measured: Option<bool>,
    /// Length of a window of its metrics, from the next day or week on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowLength>,
}

/// What an account may do in its brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BrandRole {
    /// Everything.
    Owner,
    /// Products, links and recalls.
    Editor,
    /// Reading.
    Viewer,
}

impl BrandRole {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Owner, Self::Editor, Self::Viewer];

    /// As in bodies and tokens.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Editor => "editor",
            Self::Viewer => "viewer",
        }
    }

    /// The role of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// Body of `POST /api/v1/admin/brands/{brand_id}/users`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BrandUserRequest {
    /// Who.
    pub account_id: Uuid,
    /// What they may do.
    pub role: BrandRole,
}

/// A user of a brand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandUser {
    /// The brand.
    pub brand_id: Uuid,
    /// Who.
    pub account_id: Uuid,
    /// What they may do.
    pub role: BrandRole,
}

/// Answer of `GET /internal/v1/accounts/{account_id}/brand-scope`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrandScope {
    /// The account's brand.
    pub brand_id: Uuid,
    /// What it may do there.
    pub role: BrandRole,
}

/// Body of `PUT /internal/v1/visitors/{visitor_id}/link`. The account is that of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub enum LinkAnswer {
    /// The visitor is this account, since now or before.
    Linked,
    /// The visitor is another account: this browser needs a new id.
    BelongsToAnother,
}

/// Answer of `GET /internal/v1/accounts/{account_id}/settings`: what other functions need to speak to
/// a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountSettings {
    /// IANA time zone in which dates are judged.
    pub time_zone: String,
    /// Language (BCP 47).
    pub language: String,
}

/// Answer of `GET /internal/v1/revocations?since=`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocations {
    /// Accounts whose tokens are void: SHA-256 of the id's text, lower-case hexadecimal, so that
    /// after an erasure nobody holds the id itself.
    pub accounts: Vec<String>,
}
