//! Rights as types of arguments: a handler that forgot to ask does not compile.

use axum::extract::FromRequestParts;
use http::request::Parts;
use service_chassis::{
    caller::{BrandScope, Caller},
    problem::Problem,
};
use uuid::Uuid;

/// Nobody in particular: what is asked for is public or has a credential of its own.
pub use service_chassis::caller::Anyone;

/// A signed-in person.
pub struct Account(pub Uuid);

/// A browser with a Visitor ID.
pub struct Visitor(pub Uuid);

/// A user of a brand.
pub struct BrandUser(pub BrandScope);

/// An administrator of the platform: the gateway lets nobody else through to these routes, and
/// nobody but the gateway may ask for them.
pub struct Admin;

/// Another function.
pub struct Internal(pub Caller);

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        caller.on_behalf.account.map(Self).ok_or_else(Problem::unauthorized)
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        caller.on_behalf.visitor.map(Self).ok_or_else(Problem::not_found)
    }
}

impl<S: Sync> FromRequestParts<S> for BrandUser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        caller.on_behalf.brand.map(Self).ok_or_else(Problem::not_found)
    }
}

impl<S: Sync> FromRequestParts<S> for Admin {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Account::from_request_parts(parts, state).await.map(|_| Self)
    }
}

impl<S: Sync> FromRequestParts<S> for Internal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Caller::from_request_parts(parts, state).await.map(Self)
    }
}
