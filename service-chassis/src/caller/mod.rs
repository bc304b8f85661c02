//! Who calls: the internal token that every call between functions carries.
//!
//! The network proves nothing. A function believes the identity headers of a request only
//! when `X-Internal-Token` is an `EdDSA` JWT of a function that the manifest lets call this
//! very route. `shared-contracts/README.md` specifies the token; this module implements it.

mod check;
mod keys;
mod sign;

use uuid::Uuid;

pub use check::{Callers, Refusal, require};
pub use keys::{KeySet, SigningKey};
pub use sign::{SignError, TokenSigner, trial};

use crate::trace::TraceContext;

/// Header of the internal token.
pub const INTERNAL_TOKEN: &str = "x-internal-token";
/// Header of the verified account id.
pub const ACCOUNT_ID: &str = "x-account-id";
/// Header of the verified visitor id.
pub const VISITOR_ID: &str = "x-visitor-id";
/// Header of the brand that Identity names for the account.
pub const BRAND_ID: &str = "x-brand-id";
/// Header of the request id.
pub const REQUEST_ID: &str = "x-request-id";
/// Header of the W3C trace context.
pub const TRACEPARENT: &str = "traceparent";

/// On whose behalf a call is made. Empty for a call that is made for nobody in particular.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnBehalf {
    /// The account whose valid token came in.
    pub account: Option<Uuid>,
    /// The visitor whose valid cookie came in.
    pub visitor: Option<Uuid>,
    /// The brand scope of the account.
    pub brand: Option<BrandScope>,
}

/// A brand and the role that the account has in it, as Identity says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandScope {
    /// The brand.
    pub brand: Uuid,
    /// `owner`, `editor` or `viewer`.
    pub role: String,
}

/// A request that carries a valid internal token: who calls, for whom, within which request.
#[derive(Clone, Debug)]
pub struct Caller {
    /// The calling function.
    pub function: String,
    /// For whom it calls.
    pub on_behalf: OnBehalf,
    /// The request id that the gateway gave.
    pub request_id: String,
    /// The trace that the call belongs to.
    pub trace: TraceContext,
}

impl Caller {
    /// Names the caller for idempotency: the same person, else the calling function.
    pub fn key(&self) -> String {
        match (self.on_behalf.account, self.on_behalf.visitor) {
            (Some(account), _) => format!("account:{account}"),
            (None, Some(visitor)) => format!("visitor:{visitor}"),
            (None, None) => format!("function:{}", self.function),
        }
    }
}

impl<S: Sync> axum::extract::FromRequestParts<S> for Caller {
    type Rejection = crate::problem::Problem;

    async fn from_request_parts(
        parts: &mut http::request::Parts,
        _state: &S,
    ) -> Result<Self, Self::Rejection> {
        // `require` put it there; a route outside that layer answers 401, never as nobody.
        parts.extensions.get::<Self>().cloned().ok_or_else(crate::problem::Problem::unauthorized)
    }
}

/// Nobody in particular, but a function of ours that asks: the right that every route demands which
/// demands no other.
pub struct Anyone;

impl<S: Sync> axum::extract::FromRequestParts<S> for Anyone {
    type Rejection = crate::problem::Problem;

    async fn from_request_parts(
        parts: &mut http::request::Parts,
        state: &S,
    ) -> Result<Self, Self::Rejection> {
        Caller::from_request_parts(parts, state).await.map(|_| Self)
    }
}
