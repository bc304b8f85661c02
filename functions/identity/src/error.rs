//! What can go wrong for the caller, and its one mapping to a problem.

use axum::response::{IntoResponse, Response};
use service_chassis::{
    database, objects::ObjectError, problem::Problem, sealed::SealError, secrets::SecretError,
};
use shared_contracts::problem::ProblemType;

use crate::{
    clients::{KeyProblem, KeycloakError},
    domain::{pseudonym::NoKey, registration::Step},
};

/// Constraints that a reference to an account, brand or erasure that is not there breaks.
const NOT_THERE: [&str; 5] = [
    "visitor_links_of_an_account",
    "consents_of_an_account",
    "brand_users_of_an_account",
    "brand_users_of_a_brand",
    "exports_of_an_account",
];

/// An error of an identity route, named by what happened to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no such thing, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// A member of the body breaks a rule.
    #[error("{pointer} breaks a rule: {detail}")]
    Invalid {
        /// JSON Pointer.
        pointer: String,
        /// A sentence for the person who asked.
        detail: String,
    },
    /// Somebody has this address.
    #[error("the address is taken")]
    EmailTaken,
    /// The account is a user of another brand.
    #[error("a user of another brand")]
    OtherBrand,
    /// The idempotency key belongs to another request.
    #[error("the idempotency key was used with another body")]
    KeyReused,
    /// Keycloak did not do its part.
    #[error(transparent)]
    Keycloak(#[from] KeycloakError),
    /// A test ended the process here.
    #[error("interrupted after {0:?}")]
    Interrupted(Step),
    /// A secret of ours cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The erasure log does not take an entry.
    #[error("the erasure log: {0}")]
    ErasureLog(#[from] ObjectError),
    /// The pseudonym key is none.
    #[error(transparent)]
    Pseudonym(#[from] NoKey),
    /// An export cannot be sealed or opened.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// Something that we wrote is not what we wrote.
    #[error("a stored value cannot be read: {0}")]
    Stored(String),
    /// An event is no JSON.
    #[error("an event cannot be written: {0}")]
    Event(#[from] serde_json::Error),
    /// The database said no or nothing.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// The request cannot be read.
    #[error("the request cannot be read")]
    Request(Box<Problem>),
}

impl Error {
    /// A member of the body that breaks a rule.
    pub fn invalid(pointer: &str, detail: impl Into<String>) -> Self {
        Self::Invalid { pointer: pointer.to_owned(), detail: detail.into() }
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Request(Box::new(problem))
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::not_found(),
            Error::Invalid { pointer, detail } => {
                Self::new(ProblemType::ValidationFailed, detail.clone()).field(pointer, detail)
            }
            Error::EmailTaken => Self::new(
                ProblemType::Conflict,
                "There is an account with this e-mail address. Sign in, or register with another one.",
            ),
            Error::OtherBrand => Self::new(ProblemType::Conflict, "This account is a user of another brand."),
            Error::KeyReused => Self::new(
                ProblemType::IdempotencyKeyReused,
                "This Idempotency-Key was used before with another request.",
            ),
            Error::Keycloak(error) => keycloak(error),
            Error::Secret(error) => Self::unavailable().because(error),
            Error::ErasureLog(error) => Self::unavailable().because(error),
            Error::Database(error) => database(&error),
            Error::Request(problem) => *problem,
            Error::Interrupted(_)
            | Error::Pseudonym(_)
            | Error::Seal(_)
            | Error::Stored(_)
            | Error::Event(_) => Self::internal(error),
        }
    }
}

/// What Keycloak says of a password is the person's to know; that it is away is too.
fn keycloak(error: KeycloakError) -> Problem {
    match error {
        KeycloakError::Refused { field, reason } => {
            let member = if field.is_some() { "/email" } else { "/password" };
            let detail = if reason.starts_with("Invalid password") {
                reason
            } else if field.is_some() {
                "This is no e-mail address that can be used.".to_owned()
            } else {
                "This password cannot be used; choose another one.".to_owned()
            };
            Problem::new(ProblemType::ValidationFailed, detail.clone()).field(member, detail)
        }
        KeycloakError::Forbidden(_)
        | KeycloakError::Away(_)
        | KeycloakError::Busy
        | KeycloakError::Unclear(_)
        | KeycloakError::Key(KeyProblem::Secret(_)) => {
            let mut problem = Problem::new(
                ProblemType::Unavailable,
                "Accounts cannot be made or changed right now. Nothing was done; try again shortly.",
            );
            problem = problem.retry_after(std::time::Duration::from_secs(5));
            problem.because(error)
        }
        KeycloakError::Key(_) => Problem::internal(error),
    }
}

fn database(error: &sqlx::Error) -> Problem {
    match database::violated_constraint(error) {
        Some(name) if NOT_THERE.contains(&name) => Problem::not_found(),
        Some("brand_prefixes_do_not_overlap" | "brand_prefixes_pkey") => {
            Problem::new(ProblemType::Conflict, "Another brand has numbers under one of these prefixes.")
        }
        _ => Problem::from_database(error),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
