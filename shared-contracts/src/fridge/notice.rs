//! What people are told, and where.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Number;
use uuid::Uuid;

use super::item::DateState;

/// Something that a person was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Its id.
    pub notice_id: Uuid,
    /// What it is about.
    pub kind: NoticeKind,
    /// The item.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_id: Option<Uuid>,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What its date was like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DateState>,
    /// The recall.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub recall_id: Option<Uuid>,
    /// What is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
    /// A date.
    Expiry,
    /// A recall.
    Recall,
}

/// The token of the calendar feed, which is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedToken {
    /// 32 random bytes, base64url.
    pub token: String,
    /// The address that it opens.
    pub url: String,
}

/// Body of `POST /api/v1/fridge/push-subscriptions`: what a browser gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushRequest {
    /// Where its push service takes messages.
    pub endpoint: String,
    /// When the browser forgets it; not used.
    #[serde(default, rename = "expirationTime", skip_serializing_if = "Option::is_none")]
    pub expiration_time: Option<Number>,
    /// What messages are sealed with.
    pub keys: PushKeys,
}

/// Keys of a push subscription (RFC 8291), base64url.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PushKeys {
    /// Public key of the browser.
    pub p256dh: String,
    /// Secret that both know.
    pub auth: String,
}

/// Where somebody lets us push.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSubscription {
    /// The push service's address of the browser.
    pub endpoint: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

/// All of them, and what a browser needs for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PushSubscriptions {
    /// All of them.
    pub items: Vec<PushSubscription>,
    /// `applicationServerKey` (RFC 8292), base64url.
    pub public_key: String,
}
