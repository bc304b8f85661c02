//! What a backup says of itself.

use std::{collections::BTreeMap, path::Path};

use aws_lc_rs::digest::{Context, SHA256};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use service_chassis::objects::Objects;
use tokio::{fs::File, io::AsyncReadExt};

use super::{BackupError, CONTENTS};

/// The form of what this program writes.
pub(super) const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Contents {
    /// The form of this document and of the files.
    pub format: u32,
    /// The backup's name.
    pub name: String,
    /// The moment before which everything that was answered is in it.
    pub taken_at: DateTime<Utc>,
    /// The environment that it is of.
    pub environment: String,
    /// The program that took it.
    pub packytrace: String,
    /// The Kafka cluster, whose output topic may outlive the databases.
    pub kafka_cluster: Option<String>,
    /// The databases, in the order in which they were looked at.
    pub databases: Vec<Database>,
    /// Events that were sent and not yet taken by everybody.
    pub events: Part,
}

/// One database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Database {
    /// Its name.
    #[serde(rename = "database")]
    pub name: String,
    /// The server's version.
    pub postgres: String,
    /// `pg_dump`'s file.
    pub dump: Part,
    /// Rows by `schema.table`, at the moment of the dump. Tables whose rows are left out are not here.
    pub rows: BTreeMap<String, i64>,
}

/// A file of the backup.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub file: String,
    /// How long it is.
    pub bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

impl Contents {
    /// Reads what the backup `name` says.
    pub(super) async fn read(backups: &Objects, name: &str) -> Result<Self, BackupError> {
        let text = backups.get(&format!("{name}/{CONTENTS}")).await?;
        let contents: Self =
            serde_json::from_slice(&text).map_err(|error| BackupError::Json(CONTENTS.to_owned(), error))?;
        if contents.format == FORMAT { Ok(contents) } else { Err(BackupError::Format(contents.format)) }
    }

    /// Its files.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.databases.iter().map(|database| &database.dump).chain([&self.events])
    }

    /// How long all of them are.
    pub fn bytes(&self) -> u64 {
        self.parts().map(|part| part.bytes).sum()
    }
}

impl Part {
    /// The part that this file is.
    pub(super) async fn of(name: &str, path: &Path) -> Result<Self, BackupError> {
        let unreadable = |source| BackupError::File { path: path.to_owned(), source };
        let (mut digest, mut bytes) = (Context::new(&SHA256), 0);
        let mut file = File::open(path).await.map_err(unreadable)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = file.read(&mut buffer).await.map_err(unreadable)?;
            if read == 0 {
                break;
            }
            digest.update(&buffer[..read]);
            bytes += read as u64;
        }
        let sha256 = identity::domain::pseudonym::hex(digest.finish().as_ref());
        Ok(Self { file: name.to_owned(), bytes, sha256 })
    }
}
