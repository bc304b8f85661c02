//! `links put`, `links get`: what the resolver leads to, for a product, as a document.

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use passport::{
    domain::{
        gs1::{CodeError, Gtin},
        links::{self, Entry, Refusal},
    },
    store,
};
use serde::Serialize;
use service_chassis::clock::Clock;
use shared_contracts::passport::LinkDocument;
use sqlx::{Connection, PgConnection};

use crate::output::Output;

/// A document to put.
pub struct Request {
    /// The product, in any length of GTIN.
    pub gtin: String,
    /// The document; `-` is standard input.
    pub file: PathBuf,
    /// The version that it replaces, if it may replace no other; 0 for none.
    pub if_version: Option<i32>,
}

/// Why links were not put or told.
#[derive(Debug, thiserror::Error)]
pub enum LinksError {
    /// The product's number is none.
    #[error("{0}")]
    Gtin(#[from] CodeError),
    /// The file cannot be read.
    #[error("{file} cannot be read")]
    Unreadable {
        /// The file.
        file: String,
        /// The system's words.
        source: io::Error,
    },
    /// The file is no such document.
    #[error("{place} {reason}")]
    Malformed {
        /// Where.
        place: String,
        /// Why.
        reason: String,
    },
    /// The document breaks rules; standard output has them.
    #[error("the document is not taken, for {0} reasons; the links are what they were")]
    Refused(usize),
    /// Somebody has put links meanwhile.
    #[error("the links of {0} are not at that version any more; nothing was changed")]
    Changed(Gtin),
    /// No links were ever put.
    #[error("nobody has put links of {0}")]
    None(Gtin),
    /// Postgres refuses.
    #[error("the links cannot be reached")]
    Store(#[from] sqlx::Error),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// One reason against a document, as a line for programs.
#[derive(Serialize)]
struct Reason<'a> {
    pointer: &'a str,
    detail: &'a str,
}

/// Replaces the links of a product as a whole. The last line is the new version.
pub async fn put(
    conn: &mut PgConnection,
    request: Request,
    clock: &Clock,
    output: &mut Output,
) -> Result<(), LinksError> {
    let gtin: Gtin = request.gtin.parse()?;
    let document = read(&request.file)?;
    let entries = links::check(gtin, document).or_else(|refusals| refuse(&refusals, output))?;
    let mut tx = conn.begin().await?;
    let version =
        store::links::replace(&mut tx, gtin.as_str(), request.if_version, &entries, clock.now()).await?;
    let version = version.ok_or(LinksError::Changed(gtin))?;
    tx.commit().await?;
    output.line(version)?;
    output.tell(format_args!("{gtin} has links at {} levels, version {version}", entries.len()))?;
    Ok(())
}

/// Tells the links of a product as a document, in one line, that can be put again.
pub async fn get(conn: &mut PgConnection, gtin: &str, output: &mut Output) -> Result<(), LinksError> {
    let gtin: Gtin = gtin.parse()?;
    let found = store::links::find(conn, gtin.as_str()).await?.ok_or(LinksError::None(gtin))?;
    let document = LinkDocument { entries: found.entries.iter().map(Entry::written).collect() };
    output.line(json(&document)?)?;
    output.tell(format_args!("version {}", found.version))?;
    Ok(())
}

fn read(file: &Path) -> Result<LinkDocument, LinksError> {
    let unreadable = |source| LinksError::Unreadable { file: file.display().to_string(), source };
    let mut text = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut text).map_err(unreadable)?;
    } else {
        text = fs::read(file).map_err(unreadable)?;
    }
    let mut json = serde_json::Deserializer::from_slice(&text);
    serde_path_to_error::deserialize(&mut json).map_err(|error| LinksError::Malformed {
        place: error.path().to_string(),
        reason: error.inner().to_string(),
    })
}

fn refuse(refusals: &[Refusal], output: &mut Output) -> Result<Vec<Entry>, LinksError> {
    for Refusal { pointer, detail } in refusals {
        output.line(json(&Reason { pointer, detail })?)?;
    }
    Err(LinksError::Refused(refusals.len()))
}

fn json(line: &impl Serialize) -> Result<String, LinksError> {
    serde_json::to_string(line).map_err(|error| LinksError::Output(error.into()))
}
