//! What can go wrong for the caller, and its one mapping to a problem.

use axum::response::{IntoResponse, Response};
use service_chassis::problem::Problem;

/// An error of a measurement route, named by what happened to the caller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database said no or nothing.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Database(error) => Self::from_database(&error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
