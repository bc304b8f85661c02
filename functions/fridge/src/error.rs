//! What can go wrong for the caller, and its one mapping to a problem.

use axum::response::{IntoResponse, Response};
use service_chassis::{client::CallError, problem::Problem};
use shared_contracts::problem::ProblemType;

use crate::domain::{
    access::OnlyLooking, item::Refusal, push::PushError, snapshot::Invalid, token::NoRandomness,
};

/// An error of a fridge route, named by what happened to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// The caller may look into this fridge, but change nothing.
    #[error("only looking")]
    OnlyLooking,
    /// A field of the body breaks a rule.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The item is not in a state for that.
    #[error(transparent)]
    Refused(Refusal),
    /// Something else that is there stands against it.
    #[error("{0}")]
    Conflict(&'static str),
    /// A query parameter cannot be read.
    #[error("{0}")]
    Query(&'static str),
    /// The feed's token opens nothing.
    #[error("no such token")]
    NoToken,
    /// The idempotency key belongs to another request.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// Passport does not answer, or not as agreed.
    #[error("passport: {0}")]
    Passport(#[from] CallError),
    /// Passport's answer is none.
    #[error("passport answered {0}")]
    PassportAnswer(String),
    /// The system or a key of ours failed.
    #[error("{0}")]
    Own(String),
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

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        if refusal == Refusal::NoSuchEvent { Self::NotFound } else { Self::Refused(refusal) }
    }
}

impl From<OnlyLooking> for Error {
    fn from(_: OnlyLooking) -> Self {
        Self::OnlyLooking
    }
}

impl From<NoRandomness> for Error {
    fn from(error: NoRandomness) -> Self {
        Self::Own(error.to_string())
    }
}

impl From<PushError> for Error {
    fn from(error: PushError) -> Self {
        let pointer = match error {
            PushError::Endpoint => "/endpoint",
            PushError::Keys => "/keys",
            PushError::Own => return Self::Own(error.to_string()),
        };
        Self::Invalid(Invalid { pointer, detail: error.to_string() })
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Own(error.to_string())
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::OnlyLooking => {
                Self::new(ProblemType::Forbidden, "You may only look into this household's fridge.")
            }
            Error::Invalid(invalid) => {
                Self::new(ProblemType::ValidationFailed, "The body breaks a rule of the fridge.")
                    .field(invalid.pointer, invalid.detail)
            }
            Error::Refused(refusal) => Self::new(ProblemType::Conflict, refusal.to_string()),
            Error::Conflict(detail) => Self::new(ProblemType::Conflict, detail),
            Error::Query(detail) => Self::bad_request(detail),
            Error::NoToken => Self::unauthorized(),
            Error::KeyReused => Self::new(
                ProblemType::IdempotencyKeyReused,
                "This Idempotency-Key was used before with another request.",
            ),
            Error::Passport(error) => Self::unavailable().because(error),
            Error::PassportAnswer(_) | Error::Own(_) => Self::internal(error),
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
