//! `catalog import`: records of several shapes become products; each one is taken, or refused with
//! its line and the reason. What makes a product acceptable is passport's business.
//!
//! [`input`] gives lines, [`records`] gives records, the shapes map them to products ([`csv`],
//! [`extract`], [`open_food_facts`]), [`import`] takes them.

mod amount;
mod assign;
mod csv;
mod extract;
mod import;
mod input;
mod open_food_facts;
mod progress;
mod records;
mod terms;
mod withdraw;

use std::{io, path::PathBuf};

use clap::ValueEnum;
use passport::domain::catalog::Source;
use service_chassis::{clock::Clock, runtime::manifest::Manifest};
use sqlx::PgConnection;

use crate::{
    output::Output,
    postgres::{self, PostgresError},
};
pub use assign::{AssignError, assign, take_back};
pub use import::Summary;
use input::Input;
use records::Records;
pub use withdraw::{Mark, WithdrawError, withdraw};

/// The shape of a file's records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// By the header and the members of each record.
    Auto,
    /// Products, one JSON object a line.
    Jsonl,
    /// Products, flattened: one column for each member.
    Csv,
    /// Open Food Facts' own export, one JSON object a line.
    #[value(name = "openfoodfacts")]
    OpenFoodFacts,
    /// The extract that the tests use, one JSON object a line.
    Extract,
}

/// What to import.
pub struct Request {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// Its shape.
    pub format: Format,
    /// Who states the facts, if it is said.
    pub source: Option<String>,
}

/// Why an import did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file cannot be opened.
    #[error("{file} cannot be read")]
    Unopened {
        /// The file.
        file: String,
        /// The system's words.
        source: io::Error,
    },
    /// The file cannot be read any further.
    #[error("{file} cannot be read after line {line}; what came before it is in the catalogue")]
    Unreadable {
        /// The file.
        file: String,
        /// The last line that was read.
        line: u64,
        /// The system's words.
        source: io::Error,
    },
    /// The header of a CSV file is not one.
    #[error("the header (line 1) {0}")]
    Header(String),
    /// `--source` is no source.
    #[error("--source takes lower-case letters, digits and hyphens, 40 at most, such as open-food-facts")]
    Source,
    /// No catalogue in the manifest.
    #[error("the manifest has no passport with a database")]
    NoCatalogue,
    /// No connection.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// Postgres refuses.
    #[error("the catalogue cannot be written; run the import again when Postgres is well")]
    Store(#[from] sqlx::Error),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Connects to the catalogue as the service's own restricted role.
pub async fn connect(manifest: &Manifest, admin_url: &str) -> Result<PgConnection, ImportError> {
    let database = manifest
        .function("passport")
        .ok()
        .and_then(|function| function.database.as_ref())
        .ok_or(ImportError::NoCatalogue)?;
    Ok(postgres::connect_as(admin_url, &database.database, &database.role).await?)
}

/// Imports a file.
pub async fn import(
    conn: &mut PgConnection,
    request: Request,
    clock: &Clock,
    output: &mut Output,
) -> Result<Summary, ImportError> {
    let source = match request.source.as_deref() {
        Some(name) => Some(Source::new(name).ok_or(ImportError::Source)?),
        None => None,
    };
    let records = Records::new(Input::open(&request.file)?, request.format)?;
    import::run(conn, records, source.as_ref(), clock, output).await
}
