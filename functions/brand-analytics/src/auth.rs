//! Rights as types of arguments: a handler that forgot to ask does not compile.

use axum::extract::FromRequestParts;
use http::request::Parts;
use service_chassis::{caller::Caller, problem::Problem};
use shared_contracts::problem::ProblemType;
use uuid::Uuid;

/// An account that may read what is its brand's. The brand is the one that Identity names for it.
#[derive(Clone, Copy, Debug)]
pub struct BrandViewer {
    /// Its brand.
    pub brand: Uuid,
}

impl<S: Sync> FromRequestParts<S> for BrandViewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        caller.on_behalf.account.ok_or_else(Problem::unauthorized)?;
        let forbidden = || Problem::new(ProblemType::Forbidden, "This account belongs to no brand.");
        Ok(Self { brand: caller.on_behalf.brand.ok_or_else(forbidden)?.brand })
    }
}
