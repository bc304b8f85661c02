//! `migrate`: every function's migrations, as the owner of its schema.

use std::{borrow::Cow, io};

use service_chassis::runtime::manifest::{Database, Manifest};
use sqlx::{
    PgConnection,
    migrate::{Migrate, MigrateError, Migrator},
};

use crate::{
    functions::{self, NotBuiltIn, Owner},
    output::Output,
    postgres::{self, PostgresError},
};

/// Why a schema is not what this program needs.
#[derive(Debug, thiserror::Error)]
pub enum MigrationError {
    /// The manifest names a function that this program does not know.
    #[error(transparent)]
    NotBuiltIn(#[from] NotBuiltIn),
    /// No connection.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// A migration failed, or one that was applied is not the one that this program has.
    #[error("the migrations of {function} did not go through")]
    Migration {
        /// Whose.
        function: &'static str,
        /// Postgres's or sqlx's words.
        source: MigrateError,
    },
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Brings every schema of the manifest to what this program was built with. One line for each
/// migration that was applied; what is applied already stays as it is.
pub async fn run(manifest: &Manifest, admin_url: &str, output: &mut Output) -> Result<(), MigrationError> {
    for (owner, database) in functions::owners(manifest)? {
        migrate(owner, database, admin_url, output).await?;
    }
    Ok(())
}

async fn migrate(
    owner: &Owner,
    database: &Database,
    admin_url: &str,
    output: &mut Output,
) -> Result<(), MigrationError> {
    let mut conn = postgres::connect_as(admin_url, &database.database, &database.owner).await?;
    let migrator = without_schemas(owner.migrator);
    let applied = apply(&mut conn, &migrator)
        .await
        .map_err(|source| MigrationError::Migration { function: owner.function, source })?;
    for (version, description) in &applied {
        output.line(format_args!("applied\t{}\t{version:04}\t{description}", owner.function))?;
    }
    let all = migrator.iter().count();
    let new = applied.len();
    output.tell(format_args!("{}: {all} migrations, {new} of them new", owner.function))?;
    Ok(())
}

/// Applies what is missing and says which those were.
async fn apply(conn: &mut PgConnection, migrator: &Migrator) -> Result<Vec<(i64, String)>, MigrateError> {
    conn.ensure_migrations_table(&migrator.table_name).await?;
    let before = conn.list_applied_migrations(&migrator.table_name).await?;
    migrator.run(&mut *conn).await?;
    let is_new = |version: i64| before.iter().all(|applied| applied.version != version);
    Ok(migrator
        .iter()
        .filter(|migration| is_new(migration.version))
        .map(|migration| (migration.version, migration.description.to_string()))
        .collect())
}

/// The migrations of this program that a schema lacks. Changes nothing.
pub async fn pending(
    owner: &Owner,
    database: &Database,
    admin_url: &str,
) -> Result<Vec<i64>, MigrationError> {
    let mut conn = postgres::connect_as(admin_url, &database.database, &database.owner).await?;
    let applied = conn
        .list_applied_migrations(&owner.migrator.table_name)
        .await
        .map_err(|source| MigrationError::Migration { function: owner.function, source })?;
    let is_missing = |version: &i64| applied.iter().all(|applied| applied.version != *version);
    Ok(owner.migrator.iter().map(|migration| migration.version).filter(is_missing).collect())
}

/// The same migrations without `create schema`: bootstrap.sql has made the schema, and its owner has
/// no right to make others (PostgreSQL asks for that right even where the schema exists).
fn without_schemas(migrator: &'static Migrator) -> Migrator {
    Migrator {
        migrations: Cow::Borrowed(&migrator.migrations),
        table_name: migrator.table_name.clone(),
        ..Migrator::DEFAULT
    }
}
