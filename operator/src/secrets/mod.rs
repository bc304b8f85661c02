//! Secrets in SSM Parameter Store: made once, labelled `current`, never shown.

mod init;
mod parameters;
mod render;
pub mod shapes;
mod status;

use std::io;

pub use init::run as init;
pub use parameters::{Parameter, Parameters, Version};
pub use render::{Servers, run as render};
pub use status::{Standing, age, run as status, standing};

use crate::{postgres::PostgresError, scram::ScramError};

/// Why a secret is not in its place. No value is ever repeated.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// The store refuses or does not answer.
    #[error("the parameter store refuses {path}: {reason}")]
    Store {
        /// The parameter.
        path: String,
        /// What the client said.
        reason: String,
    },
    /// There is none that is labelled `current`.
    #[error("{0} has no version labelled `current`: run `packytrace-ops secrets init` first")]
    Missing(String),
    /// It is not what it should be; what it is instead is not repeated.
    #[error("the value of {0} has not the form that belongs there; nothing was changed")]
    Malformed(String),
    /// The manifest names a secret that this tool cannot make.
    #[error(
        "{function} wants a secret {name:?} in the manifest, and this tool does not know how to make one"
    )]
    Unknown {
        /// Whose.
        function: String,
        /// Its name.
        name: String,
    },
    /// A file for a server cannot be written.
    #[error("{path} cannot be written; has deploy/prepare-host.sh been run?")]
    File {
        /// The file.
        path: String,
        /// The system's words.
        source: io::Error,
    },
    /// No random numbers.
    #[error(transparent)]
    Random(#[from] ScramError),
    /// No key.
    #[error("an Ed25519 key could not be made or read")]
    Key,
    /// No connection to Postgres, where a login's password is set too.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// Postgres did not take the login's verifier.
    #[error("Postgres did not take the password of {login}; has deploy/postgres/bootstrap.sql been run?")]
    Verifier {
        /// The login.
        login: String,
        /// Postgres's words.
        source: sqlx::Error,
    },
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}
