//! What can go wrong for the caller, and its one mapping to a problem.

use axum::response::{IntoResponse, Response};
use serde_json::Value;
use service_chassis::problem::Problem;
use shared_contracts::problem::{FieldError, ProblemType};

use crate::domain::{gs1::CodeError, link_type::LinkType};

/// An error of a passport route, named by what happened to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The code in the body is not a valid GS1 code, or names no product.
    #[error("the code is not valid: {0}")]
    InvalidCode(CodeError),
    /// The address itself is not a valid GS1 identifier.
    #[error("the identifier is not valid: {0}")]
    InvalidIdentifier(CodeError),
    /// There is no such thing, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// The product has no link of the wanted type.
    #[error("there is no link of the type {kind}")]
    NoSuchLink {
        /// The wanted type.
        kind: LinkType,
        /// What there is, as members of a linkset.
        members: Vec<Value>,
    },
    /// The brand has withdrawn the product.
    #[error("the brand has withdrawn the product")]
    Withdrawn,
    /// The body breaks rules: where, and why.
    #[error("the body breaks {} rules", .0.len())]
    Refused(Vec<(String, String)>),
    /// What was to be replaced is not at the version that the caller knows.
    #[error("it was changed meanwhile")]
    Changed,
    /// The account was erased.
    #[error("the account was erased")]
    Erased,
    /// The key that signs revisions cannot be had.
    #[error("revisions cannot be signed: {0}")]
    SigningKey(String),
    /// The idempotency key belongs to another request.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// A stored document is not what we wrote.
    #[error("a stored document cannot be read: {0}")]
    Stored(#[from] serde_json::Error),
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

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::InvalidCode(code) => {
                Self::new(ProblemType::InvalidCode, code.detail.clone()).error(field("/code", &code))
            }
            Error::InvalidIdentifier(code) => {
                Self::new(ProblemType::InvalidIdentifier, code.detail.clone()).error(field("", &code))
            }
            Error::NotFound => Self::not_found(),
            Error::NoSuchLink { kind, members } => {
                let detail = format!("There is no link of the type {kind}; linkset has what there is.");
                Self::new(ProblemType::NotFound, detail).with("linkset", members.into())
            }
            Error::Withdrawn => Self::new(
                ProblemType::Withdrawn,
                "The brand of this product has withdrawn it. Ask where you bought it.",
            ),
            Error::Refused(refusals) => {
                let problem = Self::new(ProblemType::ValidationFailed, "The body breaks a rule.");
                refusals
                    .into_iter()
                    .fold(problem, |problem, (pointer, detail)| problem.field(pointer, detail))
            }
            Error::Changed => Self::new(
                ProblemType::PreconditionFailed,
                "It is not at the version that If-Match names; nothing was changed.",
            ),
            Error::Erased => Self::unauthorized(),
            Error::SigningKey(reason) => Self::unavailable().because(reason),
            Error::KeyReused => Self::new(
                ProblemType::IdempotencyKeyReused,
                "This Idempotency-Key was used before with another request.",
            ),
            Error::Stored(error) => Self::internal(error),
            Error::Database(error) => Self::from_database(&error),
            Error::Request(problem) => *problem,
        }
    }
}

fn field(pointer: &str, error: &CodeError) -> FieldError {
    FieldError {
        pointer: pointer.to_owned(),
        detail: error.detail.clone(),
        code: Some(error.kind.as_str().to_owned()),
        ai: error.ai.clone(),
        position: error.position.map(|position| position as u64),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
