//! Rights as types of arguments: a handler that forgot to ask does not compile.

use axum::extract::FromRequestParts;
use http::request::Parts;
use service_chassis::{caller::Caller, problem::Problem};

use crate::domain::scan::Owner;

/// Nobody in particular: what is asked for is public, but only functions of ours may ask.
pub struct Anyone;

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        owner_of(&caller).ok_or_else(Problem::unauthorized)
    }
}

/// A signed-in person.
pub struct Account(pub Caller);

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.on_behalf.account.is_some() { Ok(Self(caller)) } else { Err(Problem::unauthorized()) }
    }
}

impl<S: Sync> FromRequestParts<S> for Anyone {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        Caller::from_request_parts(parts, state).await.map(|_| Self)
    }
}

/// The owner that a call is made for, if it is made for anybody: the account, else the visitor.
pub fn owner_of(caller: &Caller) -> Option<Owner> {
    let behalf = &caller.on_behalf;
    behalf.account.map(Owner::Account).or(behalf.visitor.map(Owner::Visitor))
}
