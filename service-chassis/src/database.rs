//! The function's own database: one pool, as the restricted role and nothing more.

use std::{str::FromStr, time::Duration};

use serde::Deserialize;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgSslMode};

use crate::{secrets::Secret, settings::Platform};

/// How long a request waits for a connection before it is told to come again.
const ACQUIRE_BUDGET: Duration = Duration::from_secs(2);

/// A login of the service, as the secret `database` holds it.
#[derive(Deserialize)]
pub struct Login {
    username: String,
    password: String,
}

/// Why a function has no database.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// The secret is not a login.
    #[error(transparent)]
    Secret(#[from] crate::secrets::SecretError),
    /// `POSTGRES_SSL_MODE` names no mode.
    #[error("POSTGRES_SSL_MODE: {0}")]
    SslMode(sqlx::Error),
}

/// A pool that logs in with the secret's login and acts as `role` in `database`. It connects
/// when first used, so that a function starts while Postgres is away and is merely not ready.
pub fn pool(
    platform: &Platform,
    login: &Secret,
    database: &str,
    role: &str,
) -> Result<PgPool, DatabaseError> {
    let login: Login = login.json()?;
    let options = PgConnectOptions::new_without_pgpass()
        .host(&platform.postgres_host)
        .port(platform.postgres_port)
        .ssl_mode(PgSslMode::from_str(&platform.postgres_ssl_mode).map_err(DatabaseError::SslMode)?)
        .username(&login.username)
        .password(&login.password)
        .database(database)
        .application_name(&login.username);
    Ok(pool_as(options, role, platform.postgres_connections))
}

/// A pool of `connections` that acts as `role`. They are opened at the start and kept: sqlx's
/// SCRAM login yields some eight hundred times, and behind a burst of requests it would take seconds.
pub fn pool_as(options: PgConnectOptions, role: &str, connections: u32) -> PgPool {
    let options = options.options([
        ("role", role),
        ("search_path", ""),
        ("statement_timeout", "4s"),
        ("idle_in_transaction_session_timeout", "10s"),
    ]);
    PgPoolOptions::new()
        .max_connections(connections)
        .min_connections(connections)
        .acquire_timeout(ACQUIRE_BUDGET)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options)
}

/// Whether an error means that Postgres is away or restarting, so that the same request may
/// succeed in a moment (PostgreSQL 15, appendix A, classes 08, 53 and 57).
pub fn is_passing(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Tls(_) => {
            true
        }
        sqlx::Error::Database(error) => error
            .code()
            .is_some_and(|code| code.starts_with("08") || code.starts_with("53") || code.starts_with("57P")),
        _ => false,
    }
}

/// The name of the constraint that refused a write, if one did.
pub fn violated_constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error().and_then(sqlx::error::DatabaseError::constraint)
}
