//! Rights as types of arguments: a handler that forgot to ask does not compile.

use axum::extract::FromRequestParts;
use http::request::Parts;
use service_chassis::{caller::Caller, problem::Problem};
use shared_contracts::problem::ProblemType;
use uuid::Uuid;

use crate::domain::{brand::Role, scan::Owner};

/// Nobody in particular: what is asked for is public or has a credential of its own.
pub use service_chassis::caller::Anyone;

/// A signed-in person.
pub struct Account {
    /// The account.
    pub id: Uuid,
    /// The call that it makes.
    pub caller: Caller,
}

/// An account that may read what is its brand's. The brand is the one that Identity names for it.
#[derive(Clone, Copy, Debug)]
pub struct BrandViewer {
    /// The account.
    pub account: Uuid,
    /// Its brand.
    pub brand: Uuid,
}

/// An account that may also write it.
#[derive(Clone, Copy, Debug)]
pub struct BrandEditor {
    /// The account.
    pub account: Uuid,
    /// Its brand.
    pub brand: Uuid,
}

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        owner_of(&caller).ok_or_else(Problem::unauthorized)
    }
}

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let caller = Caller::from_request_parts(parts, state).await?;
        let id = caller.on_behalf.account.ok_or_else(Problem::unauthorized)?;
        Ok(Self { id, caller })
    }
}

impl<S: Sync> FromRequestParts<S> for BrandViewer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        scope(parts, state).await.map(|(viewer, _)| viewer)
    }
}

impl<S: Sync> FromRequestParts<S> for BrandEditor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match scope(parts, state).await? {
            (BrandViewer { account, brand }, Role::Editor) => Ok(Self { account, brand }),
            (_, Role::Viewer) => {
                Err(forbidden("Viewers of a brand read; its editors and owners also write."))
            }
        }
    }
}

async fn scope<S: Sync>(parts: &mut Parts, state: &S) -> Result<(BrandViewer, Role), Problem> {
    let caller = Caller::from_request_parts(parts, state).await?;
    let account = caller.on_behalf.account.ok_or_else(Problem::unauthorized)?;
    let scope = caller.on_behalf.brand.ok_or_else(|| forbidden("This account belongs to no brand."))?;
    Ok((BrandViewer { account, brand: scope.brand }, Role::of(&scope.role)))
}

fn forbidden(detail: &str) -> Problem {
    Problem::new(ProblemType::Forbidden, detail)
}

/// The owner that a call is made for, if it is made for anybody: the account, else the visitor.
pub fn owner_of(caller: &Caller) -> Option<Owner> {
    let behalf = &caller.on_behalf;
    behalf.account.map(Owner::Account).or(behalf.visitor.map(Owner::Visitor))
}
