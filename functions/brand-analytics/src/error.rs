//! What can go wrong for the caller, and its one mapping to a problem.

use axum::response::{IntoResponse, Response};
use service_chassis::problem::Problem;

use crate::domain::question::Unanswerable;

/// An error of a brand-analytics route, named by what happened to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The query asks for what there cannot be.
    #[error(transparent)]
    Unanswerable(#[from] Unanswerable),
    /// There is no such thing, or it belongs to somebody else.
    #[error("not found")]
    NotFound,
    /// The table is too long for one answer.
    #[error("the table is too long")]
    TooLong,
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
            Error::Unanswerable(reason) => Self::bad_request(reason.to_string())
                .field(format!("?{}", reason.parameter()), reason.to_string()),
            Error::NotFound => Self::not_found(),
            Error::TooLong => {
                Self::bad_request("The table is too long for one answer: ask for a shorter range.")
            }
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
