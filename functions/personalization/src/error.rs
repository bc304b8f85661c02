//! What can go wrong for the caller, and its one mapping to a problem. No health datum is in any of
//! it: what is logged of a profile is nothing.

use axum::response::{IntoResponse, Response};
use service_chassis::{problem::Problem, sealed::SealError, secrets::SecretError};
use shared_contracts::problem::ProblemType;

use crate::{clients::ConsentError, domain::profile::Refusal};

/// An error of a route, named by what happened to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// The account has not consented.
    #[error("no consent")]
    NoConsent,
    /// Nobody can say whether the account consents.
    #[error("consent is not known: {0}")]
    ConsentUnknown(#[from] ConsentError),
    /// The profile breaks rules.
    #[error("the profile breaks rules")]
    Invalid(Vec<Refusal>),
    /// The household has as many profiles as it may.
    #[error("too many profiles")]
    TooMany,
    /// The idempotency key belongs to another request.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// A profile cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The keys cannot be had.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// A stored document is not what we wrote.
    #[error("a stored document cannot be read")]
    Stored,
    /// The database said no or nothing.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The request cannot be read.
    #[error("the request cannot be read")]
    Request(Box<Problem>),
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Request(Box::new(problem))
    }
}

impl From<serde_json::Error> for Error {
    /// serde's words may repeat what is in a document.
    fn from(_: serde_json::Error) -> Self {
        Self::Stored
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::NoConsent => Self::new(
                ProblemType::Forbidden,
                "A Health Profile needs your consent: PUT /api/v1/me/consents/health_profile.",
            ),
            Error::ConsentUnknown(error) => Self::unavailable().because(error),
            Error::Invalid(refusals) => refusals.into_iter().fold(
                Self::new(ProblemType::ValidationFailed, "The profile breaks a rule; nothing was stored."),
                |problem, refusal| problem.field(refusal.pointer, refusal.detail),
            ),
            Error::TooMany => Self::new(
                ProblemType::ValidationFailed,
                "The household has 20 further profiles, which is as many as it may have.",
            ),
            Error::KeyReused => Self::new(
                ProblemType::IdempotencyKeyReused,
                "This Idempotency-Key was used before with another request.",
            ),
            Error::Seal(error) => Self::internal(error),
            Error::Secret(error) => Self::unavailable().because(error),
            Error::Stored => Self::internal("a stored profile cannot be read"),
            Error::Database(error) => Self::from_database(&error),
            Error::Request(problem) => *problem,
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
