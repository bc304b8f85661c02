//! `backup` and `restore`: all databases as they were at one moment, with the events that were between
//! the functions then. What else an empty machine needs is in the parameter store and in the images.
//!
//! A backup is a folder of objects whose `contents.json` is written last: what has none is no backup.

mod contents;
mod erasures;
mod process;
mod restore;
mod staging;
mod take;

use std::{io, path::PathBuf};

use service_chassis::{
    clock::Clock,
    objects::{ObjectError, Objects},
    runtime::manifest::Manifest,
};

pub use contents::Contents;
pub use restore::{Wanted, check, run as restore};
pub use take::run as take;

use crate::{
    postgres::PostgresError,
    secrets::SecretsError,
    settings::{Settings, SettingsError},
};

/// The object that makes a backup of a folder.
const CONTENTS: &str = "contents.json";

/// Why there is no backup, or nothing was restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something that the command needs is not said.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The place of backups, or the erasure log.
    #[error(transparent)]
    Objects(#[from] ObjectError),
    /// No connection.
    #[error(transparent)]
    Postgres(#[from] PostgresError),
    /// Postgres refuses.
    #[error("Postgres refuses")]
    Store(#[from] sqlx::Error),
    /// Kafka refuses.
    #[error("Kafka refuses")]
    Kafka(#[from] rdkafka::error::KafkaError),
    /// Reading from Kafka was stopped.
    #[error("reading from Kafka was stopped")]
    Stopped(#[from] tokio::task::JoinError),
    /// A secret cannot be read.
    #[error(transparent)]
    Secret(#[from] SecretsError),
    /// `pg_dump` or `pg_restore` failed, or is not there.
    #[error("{program} failed: {said}")]
    Program {
        /// Which of them.
        program: &'static str,
        /// Its words.
        said: String,
    },
    /// There is no backup, or none of this name.
    #[error("there is no such backup; `packytrace-ops restore --list` names those that there are")]
    Missing,
    /// The backup is not what it was when it was taken.
    #[error("{0} is not what the backup's contents say: this backup is broken, take another one")]
    Broken(String),
    /// Made by a newer program.
    #[error("the backup has format {0}, which this program does not know")]
    Format(u32),
    /// The database is not empty.
    #[error(
        "{0} has tables: a backup is restored into empty databases, or with --replace in place of what is there"
    )]
    NotEmpty(String),
    /// Functions or Keycloak are running.
    #[error("{sessions} sessions use {database}: stop the functions and Keycloak first")]
    InUse {
        /// The database.
        database: String,
        /// How many.
        sessions: i64,
    },
    /// After a restore, a table has other rows than the backup had.
    #[error("{0} has other rows than the backup: it does not bring back what was there")]
    Differs(String),
    /// An entry of the erasure log cannot be read, or what is announced cannot be written.
    #[error("{0} cannot be read or written as JSON")]
    Json(String, #[source] serde_json::Error),
    /// The key that proofs of consent are made with is none.
    #[error(transparent)]
    Pseudonym(#[from] identity::domain::pseudonym::NoKey),
    /// The manifest and this program do not agree.
    #[error("the manifest: {0}")]
    Manifest(String),
    /// A file beside the dumps.
    #[error("{path} cannot be read or written")]
    File {
        /// The file.
        path: PathBuf,
        /// The system's words.
        source: io::Error,
    },
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Between what a backup moves.
pub struct Ground<'a> {
    /// Says which databases and topics there are.
    pub manifest: &'a Manifest,
    /// Postgres, Kafka and secrets.
    pub settings: &'a Settings,
    /// Where backups are.
    pub backups: Objects,
    /// Where identity notes erasures.
    pub erasures: Option<Objects>,
    /// The time.
    pub clock: &'a Clock,
}

/// Every database, in the order in which a backup begins to look at them. What only listens comes
/// before those it listens to: it must not know of an event that its source will not know of. Keycloak
/// comes last: a user without account gets one, an account without user is lost.
fn databases(manifest: &Manifest) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let described = manifest.functions.iter().rev().filter_map(|function| function.database.as_ref());
    for database in described {
        if !names.contains(&database.database) {
            names.push(database.database.clone());
        }
    }
    names.push("keycloak".to_owned());
    names
}

/// The names of all backups, oldest first.
pub async fn names(backups: &Objects) -> Result<Vec<String>, ObjectError> {
    let objects = backups.list().await?;
    let complete = objects.iter().filter_map(|object| object.strip_suffix(CONTENTS)?.strip_suffix('/'));
    Ok(complete.map(str::to_owned).collect())
}

/// What the newest backup says of itself, if there is one.
pub async fn newest(backups: &Objects) -> Result<Option<Contents>, BackupError> {
    match names(backups).await?.pop() {
        Some(name) => Ok(Some(Contents::read(backups, &name).await?)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_listens_is_looked_at_first_and_keycloak_last() {
        let manifest = Manifest::embedded().unwrap();
        assert_eq!(databases(&manifest), ["packytrace_analytics", "packytrace", "keycloak"]);
    }
}
