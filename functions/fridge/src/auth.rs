//! Rights as types of arguments: a handler that forgot to ask does not compile.

use axum::extract::FromRequestParts;
use http::request::Parts;
use service_chassis::{caller::Caller, client::Context, problem::Problem, trace::TraceContext};
use uuid::Uuid;

/// Nobody in particular: what is asked for is public or has a credential of its own.
pub use service_chassis::caller::Anyone;

/// A signed-in person, within a request.
pub struct Account {
    /// Who.
    pub id: Uuid,
    /// The request, for calls that are made for this person.
    pub context: Context,
}

/// Another function asks, about somebody.
pub struct Internal;

impl Account {
    /// The trace that the request belongs to.
    pub fn trace(&self) -> TraceContext {
        self.context.trace
    }
}

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let id = caller.on_behalf.account.ok_or_else(Problem::unauthorized)?;
        let Caller { request_id, trace, on_behalf, .. } = caller;
        Ok(Self { id, context: Context { request_id, trace, on_behalf } })
    }
}

impl<S: Sync> FromRequestParts<S> for Internal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        // The manifest names who may ask for internal routes; the gateway is not among them.
        Caller::from_request_parts(parts, state).await.map(|_| Self)
    }
}
