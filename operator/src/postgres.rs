//! Connections to Postgres as the operator, who acts as one of the product's roles.

use std::str::FromStr;

use sqlx::{ConnectOptions, Connection, PgConnection, postgres::PgConnectOptions};

use crate::secrets::shapes::Login;

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// `POSTGRES_ADMIN_URL` is no address. It may hold a password, so it is not repeated.
    #[error("POSTGRES_ADMIN_URL is not an address like postgres://user:password@host:5432/postgres")]
    Address,
    /// The database or the role is not there yet.
    #[error(
        "Postgres has no database {database} with the role {role}: run deploy/postgres/bootstrap.sql \
         first (psql --file=deploy/postgres/bootstrap.sql, as the superuser)"
    )]
    NotBootstrapped {
        /// The database that was asked for.
        database: String,
        /// The role that was asked for.
        role: String,
    },
    /// Postgres refuses, or is not there.
    #[error("Postgres cannot be used")]
    Refused(#[source] sqlx::Error),
}

/// Connects to `database` with the operator's login.
pub async fn connect(admin_url: &str, database: &str) -> Result<PgConnection, PostgresError> {
    connect_with(options(admin_url, database)?, database, "its owner").await
}

/// Connects to `database` and acts as `role` from the first statement on.
pub async fn connect_as(admin_url: &str, database: &str, role: &str) -> Result<PgConnection, PostgresError> {
    let options = options(admin_url, database)?.options([("role", role), ("search_path", "")]);
    connect_with(options, database, role).await
}

/// Logs in as a service does, and acts as `role`.
pub async fn log_in(admin_url: &str, database: &str, role: &str, login: &Login) -> Result<(), PostgresError> {
    let options = options(admin_url, database)?.username(&login.username).password(&login.password);
    let options = options.options([("role", role), ("search_path", "")]);
    let conn = options.connect().await.map_err(PostgresError::Refused)?;
    conn.close().await.map_err(PostgresError::Refused)
}

fn options(admin_url: &str, database: &str) -> Result<PgConnectOptions, PostgresError> {
    let options = PgConnectOptions::from_str(admin_url).map_err(|_| PostgresError::Address)?;
    Ok(options.database(database).application_name("packytrace-ops"))
}

async fn connect_with(
    options: PgConnectOptions,
    database: &str,
    role: &str,
) -> Result<PgConnection, PostgresError> {
    options.connect().await.map_err(|error| match code(&error).as_deref() {
        // invalid_catalog_name, and what a role in the start-up packet that does not exist gives
        // (PostgreSQL 15, appendix A).
        Some("3D000" | "22023") => {
            PostgresError::NotBootstrapped { database: database.to_owned(), role: role.to_owned() }
        }
        _ => PostgresError::Refused(error),
    })
}

fn code(error: &sqlx::Error) -> Option<String> {
    Some(error.as_database_error()?.code()?.into_owned())
}
