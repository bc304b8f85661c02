//! Sharing a fridge.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What somebody may do in a fridge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// It is theirs.
    Owner,
    /// Change everything in it.
    Member,
    /// Look.
    Viewer,
}

impl Role {
    /// As in bodies and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }
}

/// Whom somebody shares a fridge with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Household {
    /// The caller's own role.
    pub role: Role,
    /// Everybody, the owner first.
    pub members: Vec<Member>,
    /// Open ones; only the owner sees them.
    pub invitations: Vec<Invitation>,
}

/// A member of a household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub account_id: Uuid,
    /// What they may do.
    pub role: Role,
    /// Since when.
    pub joined_at: DateTime<Utc>,
}

/// An invitation that nobody has accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Its id.
    pub invitation_id: Uuid,
    /// What who accepts may do.
    pub role: Role,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /api/v1/fridge/household`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvitationRequest {
    /// What who accepts may do: never `owner`.
    pub role: Role,
}

/// An invitation with its code, which is shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInvitation {
    /// Its id.
    pub invitation_id: Uuid,
    /// To be given to who is invited.
    pub code: String,
    /// What who accepts may do.
    pub role: Role,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
}

/// Body of `POST /api/v1/fridge/household/members`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JoinRequest {
    /// The invitation's code.
    pub code: String,
}
