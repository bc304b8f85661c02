//! `recalls import`: alerts of food authorities meet what people have. What has a number is matched by
//! it, and by lot; the rest by the words of its name, and marked as such. What a match means is
//! fridge's business.

mod fda;
mod fsa;

use std::{
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use clap::ValueEnum;
use fridge::{
    domain::recall::Recall,
    store::{marking, rebuild},
};
use serde::Serialize;
use serde_json::Value;
use service_chassis::{clock::Clock, ids::Ids, runtime::manifest::Manifest};
use shared_contracts::fridge::RecallSource;
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use crate::{
    output::Output,
    postgres::{self, PostgresError},
};

/// Whose alerts a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Authority {
    /// By the members of each record.
    Auto,
    /// The UK Food Standards Agency: alerts of its data API.
    Fsa,
    /// The US Food and Drug Administration: enforcement reports of openFDA.
    Fda,
}

/// What to import.
pub struct Request {
    /// The file; `-` is standard input.
    pub file: PathBuf,
    /// Whose alerts it has.
    pub authority: Authority,
}

/// Why an import did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum RecallsError {
    /// The file cannot be read.
    #[error("{file} cannot be read")]
    Unreadable {
        /// The file.
        file: String,
        /// The system's words.
        source: io::Error,
    },
    /// The file holds no alerts.
    #[error("{0} is no JSON list of alerts, nor an answer of an authority's API with one")]
    NoList(String),
    /// No fridge in the manifest.
    #[error("the manifest has no fridge with a database")]
    NoFridge,
    /// No connection.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// Postgres refuses.
    #[error("fridge's recalls cannot be written; run the import again when Postgres is well")]
    Store(#[from] sqlx::Error),
    /// A history cannot be folded.
    #[error(transparent)]
    Rebuild(#[from] rebuild::RebuildError),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// How an import went, as its last line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// Alerts of the file.
    pub read: usize,
    /// Alerts that were taken, for the first time or again.
    pub taken: usize,
    /// Alerts that name nothing by which food could be found.
    pub refused: usize,
    /// Items that they touch, or may.
    pub items: usize,
    /// People who heard of one of them now.
    pub people: usize,
}

/// What became of one alert.
#[derive(Serialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
enum Line<'a> {
    Taken { record: usize, recall_id: Uuid, gtins: &'a [String], items: usize, people: usize },
    Refused { record: usize, reason: &'static str },
}

/// Connects to fridge's schema as the service's own restricted role.
pub async fn connect(manifest: &Manifest, admin_url: &str) -> Result<PgConnection, RecallsError> {
    let database = manifest
        .function("fridge")
        .ok()
        .and_then(|function| function.database.as_ref())
        .ok_or(RecallsError::NoFridge)?;
    Ok(postgres::connect_as(admin_url, &database.database, &database.role).await?)
}

/// Imports a file. An alert that is imported again changes nothing, and nobody hears of it twice.
pub async fn import(
    conn: &mut PgConnection,
    request: &Request,
    clock: &Clock,
    output: &mut Output,
) -> Result<Summary, RecallsError> {
    let (ids, mut summary) = (Ids::system(), Summary::default());
    for (index, record) in records(&request.file)?.into_iter().enumerate() {
        let record_number = index + 1;
        summary.read += 1;
        match recall(record, request.authority) {
            Err(reason) => {
                summary.refused += 1;
                output.line(json(&Line::Refused { record: record_number, reason })?)?;
            }
            Ok(recall) => {
                let mut tx = conn.begin().await?;
                let marked = marking::take(&mut tx, &recall, &ids, clock.now()).await?;
                tx.commit().await?;
                summary.taken += 1;
                summary.items += marked.items;
                summary.people += marked.people;
                output.line(json(&Line::Taken {
                    record: record_number,
                    recall_id: recall.recall_id,
                    gtins: &recall.gtins,
                    items: marked.items,
                    people: marked.people,
                })?)?;
            }
        }
    }
    output.line(json(&summary)?)?;
    Ok(summary)
}

/// `fridge rebuild`: the snapshot of every item, made again from its history.
pub async fn rebuild_fridge(conn: &mut PgConnection, output: &mut Output) -> Result<(), RecallsError> {
    let items = rebuild::rebuild(conn).await?;
    output.line(format_args!("rebuilt\t{items}"))?;
    Ok(())
}

/// The alert of a record, or the reason why it can touch nothing.
fn recall(record: Value, authority: Authority) -> Result<Recall, &'static str> {
    let of_fsa = record.get("notation").is_some() || record.get("productDetails").is_some();
    let recall = match authority {
        Authority::Fsa => fsa::recall(record),
        Authority::Auto if of_fsa => fsa::recall(record),
        Authority::Fda | Authority::Auto => fda::recall(record),
    }?;
    if recall.gtins.is_empty() && recall.names.is_empty() {
        return Err("it names no product by which food could be found");
    }
    Ok(recall)
}

/// A list, or an answer with one: `items` of the FSA, `results` of openFDA.
fn records(file: &Path) -> Result<Vec<Value>, RecallsError> {
    let name = || file.display().to_string();
    let unreadable = |source| RecallsError::Unreadable { file: name(), source };
    let mut text = Vec::new();
    if file == Path::new("-") {
        io::stdin().lock().read_to_end(&mut text).map_err(unreadable)?;
    } else {
        text = fs::read(file).map_err(unreadable)?;
    }
    let no_list = || RecallsError::NoList(name());
    match serde_json::from_slice(&text).map_err(|_| no_list())? {
        Value::Array(records) => Ok(records),
        Value::Object(mut answer) => match answer.remove("items").or_else(|| answer.remove("results")) {
            Some(Value::Array(records)) => Ok(records),
            _ => Err(no_list()),
        },
        _ => Err(no_list()),
    }
}

/// The same alert has the same id each time.
fn id(source: RecallSource, reference: &str) -> Uuid {
    let name = format!("urn:packytrace:recall:{}:{reference}", source.as_str());
    Uuid::new_v5(&Uuid::NAMESPACE_URL, name.as_bytes())
}

fn json(line: &impl Serialize) -> Result<String, RecallsError> {
    serde_json::to_string(line).map_err(|error| RecallsError::Output(error.into()))
}
