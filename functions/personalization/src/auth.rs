//! Rights as types of arguments: a handler that forgot to ask does not compile.

use axum::extract::FromRequestParts;
use http::request::Parts;
use service_chassis::{caller::Caller, problem::Problem};
use uuid::Uuid;

/// Nobody in particular: what is asked for is public or has a credential of its own.
pub use service_chassis::caller::Anyone;

/// A signed-in person, who asks through the gateway or is asked for by another function.
pub struct Account {
    /// Who.
    pub id: Uuid,
    /// The call.
    pub caller: Caller,
}

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let id = caller.on_behalf.account.ok_or_else(Problem::unauthorized)?;
        Ok(Self { id, caller })
    }
}
