//! What can go wrong for the caller, and its one mapping to a problem.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};
use service_chassis::{caller::SignError, client::CallError, problem::Problem, secrets::SecretError};
use shared_contracts::problem::ProblemType;

use crate::domain::{
    headers::Underscore,
    path::{self, PathError},
    routes::Closed,
    token::Refusal,
    visitor::RingError,
};

/// Why a request ends here, named by what happened to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The path or query is not one that may pass.
    #[error(transparent)]
    Target(#[from] PathError),
    /// A header's name is not one that may pass.
    #[error(transparent)]
    HeaderName(#[from] Underscore),
    /// The contracts have no such path.
    #[error("no such route")]
    NoSuchRoute,
    /// The path has other methods, which are these.
    #[error("no such method")]
    NoSuchMethod(HeaderValue),
    /// The token is not believed.
    #[error("a token was refused: {0}")]
    Token(#[from] Refusal),
    /// Keycloak's keys were never read, or too long ago.
    #[error("tokens cannot be checked: there are no keys")]
    NoKeys,
    /// The route is for others.
    #[error("the route is closed: {0:?}")]
    Closed(Closed),
    /// Too many requests; one more is allowed after this time.
    #[error("too many requests")]
    TooMany(Duration),
    /// The body is larger than the route takes.
    #[error("the body is too large")]
    BodyTooLarge,
    /// The body broke off.
    #[error("the body cannot be read")]
    BodyBroken,
    /// A secret of ours cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretError),
    /// The visitor keys are of no use.
    #[error(transparent)]
    Ring(#[from] RingError),
    /// No client was built for the owner of a route.
    #[error("no client of {0}")]
    NoClient(String),
    /// A service gave no answers lately and is left alone for this time.
    #[error("a service gave no answers lately and is left alone")]
    Resting(Duration),
    /// Identity gave no answer to the gateway's own question.
    #[error("identity was asked: {0}")]
    Identity(CallError),
    /// Identity gave another answer to it than the contract has.
    #[error("identity was asked and answers {0} without what was asked for")]
    IdentitySays(http::StatusCode),
    /// A service gave no answer.
    #[error(transparent)]
    Call(#[from] CallError),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Target(PathError::TooLong) => Self::new(
                ProblemType::UriTooLong,
                format!("Path and query may have {} bytes together.", path::MAX_BYTES),
            ),
            Error::Target(PathError::Malformed(reason)) => {
                Self::bad_request(format!("In the address, {reason}."))
            }
            Error::Target(PathError::Internal) | Error::NoSuchRoute => Self::not_found(),
            Error::HeaderName(_) => Self::bad_request("Header names have no underscores."),
            Error::NoSuchMethod(_) => {
                Self::new(ProblemType::MethodNotAllowed, "This resource has no such method; see Allow.")
            }
            Error::Token(_) | Error::Closed(Closed::Unauthenticated) => Self::unauthorized(),
            Error::Closed(Closed::Forbidden) => {
                Self::new(ProblemType::Forbidden, "This account may not do that.")
            }
            Error::TooMany(wait) => {
                Self::new(ProblemType::TooManyRequests, "Too many requests. Slow down.").retry_after(wait)
            }
            Error::BodyTooLarge => {
                Self::new(ProblemType::PayloadTooLarge, "The body is larger than this operation takes.")
            }
            Error::BodyBroken => Self::bad_request("The body cannot be read."),
            Error::Resting(wait) => Self::unavailable().retry_after(wait).because(&error),
            Error::NoKeys
            | Error::Secret(_)
            | Error::Identity(_)
            | Error::IdentitySays(_)
            | Error::Call(CallError::Unreachable { .. } | CallError::Sign(SignError::Secret(_))) => {
                Self::unavailable().because(&error)
            }
            Error::Call(CallError::Broken { .. }) => {
                Self::new(ProblemType::BadGateway, "A service gave no usable answer.").because(&error)
            }
            Error::Call(CallError::TimedOut { .. }) => {
                Self::new(ProblemType::Timeout, "There was no answer in time.").because(&error)
            }
            Error::Ring(_) | Error::NoClient(_) | Error::Call(CallError::Sign(_)) => Self::internal(error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        let allow = if let Self::NoSuchMethod(methods) = &self { Some(methods.clone()) } else { None };
        let mut response = Problem::from(self).into_response();
        if let Some(methods) = allow {
            response.headers_mut().insert(header::ALLOW, methods);
        }
        response
    }
}
