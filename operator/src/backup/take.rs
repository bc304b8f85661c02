//! `backup`: takes one while everything runs.

use std::{collections::BTreeMap, path::Path};

use chrono::TimeDelta;
use sqlx::PgConnection;

use super::{
    BackupError, CONTENTS, Contents, Ground,
    contents::{Database, FORMAT, Part},
    databases, names,
    process::{LEFT_OUT, Server},
    staging::Staging,
};
use crate::{
    kafka::groups::{self, Places},
    output::Output,
    postgres,
    store::databases as store,
};

/// Topics of facts about people: measurement deletes them within days, and so no backup has them.
const FACTS: [&str; 5] = [
    "fridge.entry-reverted.v1",
    "fridge.item-added.v1",
    "fridge.item-consumed.v1",
    "fridge.item-discarded.v1",
    "passport.product-scanned.v1",
];
/// How far the clocks of those who note erasures may be from ours, and how long an erasure may take.
pub(super) const MARGIN: TimeDelta = TimeDelta::hours(1);

/// A database that is looked at, at one moment.
struct Held {
    database: String,
    snapshot: String,
    conn: PgConnection,
}

/// Takes a backup, and forgets all but the newest `keep`, where that is said.
pub async fn run(ground: &Ground<'_>, keep: Option<usize>, output: &mut Output) -> Result<(), BackupError> {
    let taken_at = ground.clock.now();
    let name = taken_at.format("%Y%m%dT%H%M%SZ").to_string();
    let staging = Staging::make()?;
    // Before any database is looked at: what a group had not finished by then is in the backup.
    let unfinished = unfinished(ground).await?;
    let held = hold_all(ground).await?;
    let mut described = Vec::new();
    for held in held {
        output.tell(format_args!("dumping {}", held.database))?;
        described.push(dump(ground, held, &staging).await?);
    }
    // After all of them: what any of them had sent by then is on its topic.
    let events = events(ground, unfinished, &staging.file("events.jsonl")).await?;
    let kafka = ground.settings.kafka()?;
    let contents = Contents {
        format: FORMAT,
        name,
        taken_at,
        environment: ground.settings.environment()?.to_owned(),
        packytrace: env!("CARGO_PKG_VERSION").to_owned(),
        kafka_cluster: tokio::task::spawn_blocking(move || groups::cluster(&kafka)).await??,
        databases: described,
        events,
    };
    keep_it(ground, &contents, &staging).await?;
    output.line(format_args!("taken\t{}\t{}", contents.name, contents.bytes()))?;
    match keep {
        Some(keep) => forget(ground, keep, output).await,
        None => Ok(()),
    }
}

/// The first record of each partition that somebody had not finished.
async fn unfinished(ground: &Ground<'_>) -> Result<Places, BackupError> {
    let (kafka, manifest) = (ground.settings.kafka()?, ground.manifest.clone());
    let progress = tokio::task::spawn_blocking(move || groups::progress(&kafka, &manifest)).await??;
    let mut places = Places::new();
    for group in progress.into_iter().filter(|group| !FACTS.contains(&group.topic.as_str())) {
        let next = places.entry((group.topic, group.partition)).or_insert(group.next);
        *next = group.next.min(*next);
    }
    Ok(places)
}

/// Looks at all databases within a moment, in their order.
async fn hold_all(ground: &Ground<'_>) -> Result<Vec<Held>, BackupError> {
    let mut all = Vec::new();
    for database in databases(ground.manifest) {
        let mut conn = postgres::connect(ground.settings.postgres_admin_url()?, &database).await?;
        let snapshot = store::hold(&mut conn).await?;
        all.push(Held { database, snapshot, conn });
    }
    Ok(all)
}

async fn dump(ground: &Ground<'_>, mut held: Held, staging: &Staging) -> Result<Database, BackupError> {
    let file = format!("{}.dump", held.database);
    let path = staging.file(&file);
    let server = Server::of(ground.settings.postgres_admin_url()?)?;
    server.dump(&held.database, &held.snapshot, &path).await?;
    let version = held.conn.server_version_num().unwrap_or_default();
    Ok(Database {
        name: held.database,
        postgres: format!("{}.{}", version / 10_000, version % 10_000),
        dump: Part::of(&file, &path).await?,
        rows: counted(&mut held.conn).await?,
    })
}

/// The rows of all tables whose rows a backup has.
pub(super) async fn counted(conn: &mut PgConnection) -> Result<BTreeMap<String, i64>, sqlx::Error> {
    let mut rows = store::rows(conn).await?;
    rows.retain(|table, _| !LEFT_OUT.contains(&table.as_str()));
    Ok(rows)
}

async fn events(ground: &Ground<'_>, from: Places, path: &Path) -> Result<Part, BackupError> {
    let kafka = ground.settings.kafka()?;
    let records = tokio::task::spawn_blocking(move || groups::read(&kafka, &from)).await??;
    let mut lines = String::new();
    for record in &records {
        let line =
            serde_json::to_string(record).map_err(|error| BackupError::Json("an event".to_owned(), error))?;
        lines.push_str(&line);
        lines.push('\n');
    }
    Staging::written(path, tokio::fs::write(path, lines).await)?;
    Part::of("events.jsonl", path).await
}

/// Files first, and last what makes a backup of them.
async fn keep_it(ground: &Ground<'_>, contents: &Contents, staging: &Staging) -> Result<(), BackupError> {
    for part in contents.parts() {
        let object = format!("{}/{}", contents.name, part.file);
        ground.backups.put_file(&object, &staging.file(&part.file)).await?;
    }
    let text =
        serde_json::to_vec_pretty(contents).map_err(|error| BackupError::Json(CONTENTS.to_owned(), error))?;
    Ok(ground.backups.put(&format!("{}/{CONTENTS}", contents.name), text).await?)
}

/// Removes what is older than the newest `keep` backups, those that were never finished included.
async fn forget(ground: &Ground<'_>, keep: usize, output: &mut Output) -> Result<(), BackupError> {
    let names = names(&ground.backups).await?;
    let Some(oldest) = names.get(names.len().saturating_sub(keep.max(1))) else { return Ok(()) };
    for object in ground.backups.list().await? {
        if object.as_str() < oldest.as_str() {
            ground.backups.remove(&object).await?;
        }
    }
    for name in names.iter().filter(|name| *name < oldest) {
        output.line(format_args!("forgotten\t{name}"))?;
    }
    Ok(())
}
