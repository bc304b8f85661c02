//! Items, what is done with them, and their history.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use uuid::Uuid;

use crate::passport::RecallReach;

/// An exact decimal number of a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Amount {
    /// Six decimal places at most.
    pub value: Number,
    /// `g`, `kg`, `ml`, `l`, `piece`, or whatever else things are counted in.
    pub unit: String,
}

/// An amount; a bare number is of the item's unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Part {
    /// Of the item's unit.
    Number(Number),
    /// With a unit of its own.
    Amount(Amount),
}

/// What stands behind a date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExpiryKind {
    /// Safety (AI 17).
    UseBy,
    /// Quality (AI 15).
    BestBefore,
    /// Nobody printed it.
    Estimated,
    /// There is no date.
    #[default]
    None,
}

/// How urgent an item is, by the local day of who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateState {
    /// There is time.
    Fresh,
    /// Within a few days.
    Soon,
    /// This is its last day.
    Today,
    /// A matter of quality: look, smell, taste.
    PastBestBefore,
    /// A matter of safety.
    PastUseBy,
    /// Nobody knows.
    NoDate,
}

/// A price that was paid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// How much.
    pub amount: Number,
    /// ISO 4217.
    pub currency: String,
}

/// Body of `POST /api/v1/fridge/items`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddRequest {
    /// One of the caller's own scans.
    pub scan_id: Uuid,
    /// How much there is, where it is not what the package says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Part>,
    /// Instead of the date of the code.
    #[serde(default, deserialize_with = "crate::date::optional", skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// What that date is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_kind: Option<ExpiryKind>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

/// Body of `POST /api/v1/fridge/items/manual`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManualRequest {
    /// What it is.
    pub name: String,
    /// How much; one piece where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Part>,
    /// What kind of food.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its date.
    #[serde(default, deserialize_with = "crate::date::optional", skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// What that date is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_kind: Option<ExpiryKind>,
    /// What it cost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
}

/// Body of `…/consume`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConsumeRequest {
    /// All that is left where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Part>,
    /// The person knows that it is past its use-by date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirm: Option<bool>,
}

/// Body of `…/discard`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscardRequest {
    /// All that is left where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Part>,
    /// Why.
    pub reason: DiscardReason,
}

/// Why something was thrown away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DiscardReason {
    /// After its use-by date.
    PastUseBy,
    /// After its best-before date.
    PastBestBefore,
    /// Open for too long.
    OpenedTooLong,
    /// It had gone bad.
    Spoiled,
    /// It was recalled.
    Recalled,
    /// Nobody liked it.
    Disliked,
    /// Anything else.
    Other,
}

/// Body of `PATCH /api/v1/fridge/items/{item_id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateRequest {
    /// The date.
    #[serde(default, deserialize_with = "crate::date::optional", skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// What it is; as before where nobody says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ExpiryKind>,
}

/// Body of `…/undo`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UndoRequest {
    /// The event to take back.
    pub event_id: Uuid,
}

/// Something in a fridge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FridgeItem {
    /// Its id.
    pub item_id: Uuid,
    /// The scan that it was added from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scan_id: Option<Uuid>,
    /// 14 digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gtin: Option<String>,
    /// What it is.
    pub name: String,
    /// Name of the brand as on the package.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_name: Option<String>,
    /// What kind of food.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// AI 10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lot: Option<String>,
    /// What is left.
    pub quantity: Amount,
    /// AI 17 or 7003.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub use_by: Option<NaiveDate>,
    /// AI 15.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_before: Option<NaiveDate>,
    /// The date that counts, opening and freezing considered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// AI 7003: the local minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<NaiveDateTime>,
    /// What that date is.
    pub expires_kind: ExpiryKind,
    /// How urgent it is.
    pub state: DateState,
    /// Whether it is recalled.
    pub recall_status: RecallReach,
    /// The recalls that touch it, or may.
    pub recalls: Vec<ItemRecall>,
    /// Since when it is there.
    pub added_at: DateTime<Utc>,
    /// Since when it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<DateTime<Utc>>,
    /// Since when it is frozen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frozen_at: Option<DateTime<Utc>>,
    /// Since when nothing is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<DateTime<Utc>>,
    /// What an undo would name.
    pub last_event_id: Uuid,
    /// Where there is no date: the usual one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suggested_expires_on: Option<NaiveDate>,
    /// It is in the fridge of a household.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub shared: bool,
}

/// A recall that touches an item, or may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemRecall {
    /// The recall.
    pub recall_id: Uuid,
    /// Who recalls.
    pub source: RecallSource,
    /// By what it was found.
    pub matched_by: MatchedBy,
    /// What is wrong.
    pub reason: String,
    /// Where the authority says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Who recalls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RecallSource {
    /// The brand.
    Brand,
    /// The UK Food Standards Agency.
    Fsa,
    /// The US Food and Drug Administration.
    Fda,
}

impl RecallSource {
    /// As in bodies and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Brand => "brand",
            Self::Fsa => "fsa",
            Self::Fda => "fda",
        }
    }
}

/// By what a recall was found to touch an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatchedBy {
    /// The product's number.
    Gtin,
    /// The product's number and its lot.
    Lot,
    /// The names look alike, which proves nothing.
    Text,
}

/// Kinds of event in an item's history.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It came.
    Added,
    /// It was eaten, or a part.
    Consumed,
    /// It was thrown away, or a part.
    Discarded,
    /// It was opened.
    Opened,
    /// It was frozen.
    Frozen,
    /// It was thawed.
    Thawed,
    /// Its date was given or corrected.
    Dated,
    /// An earlier event was taken back.
    Reverted,
}

/// One event of an item's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FridgeEvent {
    /// Its id.
    pub event_id: Uuid,
    /// From 1.
    pub sequence: i32,
    /// What happened.
    pub kind: Kind,
    /// How much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quantity: Option<Amount>,
    /// Why it was thrown away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<DiscardReason>,
    /// The date that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_on: Option<NaiveDate>,
    /// The event that it takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reverts: Option<Uuid>,
    /// Who did it; nobody once that account is erased.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Uuid>,
    /// When.
    pub occurred_at: DateTime<Utc>,
    /// Whether a later event took it back.
    pub reverted: bool,
}

/// What happened to an item, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FridgeHistory {
    /// All of it.
    pub items: Vec<FridgeEvent>,
}
