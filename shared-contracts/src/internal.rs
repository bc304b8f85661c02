//! The internal token: how one function proves to another who calls, and for whom.
//!
//! An `EdDSA` JWT in `X-Internal-Token`; `README.md` says how it is made and checked.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The JWT header's `typ`; no other kind of token has it.
pub const TOKEN_TYPE: &str = "pt-internal+jwt";
/// `exp` is `iat` plus this, in seconds.
pub const LIFETIME_SECONDS: i64 = 30;

/// Claims of an internal token (`schemas/internal-token.v1.json`). Claims that are not known are
/// ignored, as RFC 7519 section 4 asks; one that comes twice is an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// The calling function.
    pub iss: String,
    /// The called function.
    pub aud: String,
    /// Issued at, in Unix seconds.
    pub iat: i64,
    /// Expires at, in Unix seconds: `iat` + [`LIFETIME_SECONDS`].
    pub exp: i64,
    /// The token's own id.
    pub jti: Uuid,
    /// Method of the one request that the token is for.
    pub htm: String,
    /// Path of that request as sent, percent-encoding untouched, without the query.
    pub htu: String,
    /// The request id that the gateway gave.
    pub request_id: String,
    /// The account on whose behalf the call is made; equals `X-Account-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub: Option<Uuid>,
    /// The visitor on whose behalf the call is made; equals `X-Visitor-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vid: Option<Uuid>,
    /// The brand that Identity names for the account; equals `X-Brand-Id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand: Option<Uuid>,
    /// The account's role in that brand; present exactly when `brand` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub brand_role: Option<String>,
}
