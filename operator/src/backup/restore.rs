//! `restore`: an empty Postgres becomes what it was, erased people excepted.

use service_chassis::objects::Objects;

use super::{
    BackupError, Contents, Ground, contents, databases, erasures, names,
    process::Server,
    staging::Staging,
    take::{MARGIN, counted},
};
use crate::{
    kafka::groups::{self, Record},
    output::Output,
    postgres,
    store::databases as store,
};

/// What to restore, and over what.
pub struct Wanted {
    /// The backup's name; the newest without it.
    pub name: Option<String>,
    /// Whether what is in the databases may go.
    pub replace: bool,
}

/// Restores all databases, erases again whom the erasure log names since, and sends the events that
/// were on their way. Nothing may run but Postgres and Kafka.
pub async fn run(ground: &Ground<'_>, wanted: &Wanted, output: &mut Output) -> Result<(), BackupError> {
    let contents = choose(&ground.backups, wanted.name.as_deref()).await?;
    let staging = fetch(&ground.backups, &contents).await?;
    for database in databases(ground.manifest) {
        is_free(ground, &database, wanted.replace).await?;
    }
    let admin_url = ground.settings.postgres_admin_url()?;
    for database in &contents.databases {
        let mut conn = postgres::connect(admin_url, &database.name).await?;
        store::empty(&mut conn).await?;
        Server::of(admin_url)?.restore(&database.name, &staging.file(&database.dump.file)).await?;
        output.line(format_args!("restored\t{}", database.name))?;
    }
    let erased = erasures::again(ground, contents.taken_at - MARGIN).await?;
    output.line(format_args!("erased again\t{erased}"))?;
    let events = records(&staging).await?;
    let kafka = ground.settings.kafka()?;
    groups::write(&kafka, &events).await?;
    output.line(format_args!("sent again\t{}", events.len()))?;
    let cluster = tokio::task::spawn_blocking(move || groups::cluster(&kafka)).await??;
    if cluster != contents.kafka_cluster {
        output.line("adopt\tnecessary")?;
        output.tell(
            "This is another Kafka: run `packytrace-ops measurement adopt` before measurement starts.",
        )?;
    }
    Ok(())
}

/// Restores a backup into a database of its own, one after the other, and counts.
pub async fn check(ground: &Ground<'_>, name: Option<&str>, output: &mut Output) -> Result<(), BackupError> {
    let contents = choose(&ground.backups, name).await?;
    let staging = fetch(&ground.backups, &contents).await?;
    let admin_url = ground.settings.postgres_admin_url()?;
    let mut admin = postgres::connect(admin_url, "postgres").await?;
    for database in &contents.databases {
        store::make_scratch(&mut admin).await?;
        let tried = try_one(admin_url, database, &staging).await;
        store::drop_scratch(&mut admin).await?;
        tried?;
        let (tables, rows) = (database.rows.len(), database.rows.values().sum::<i64>());
        output.line(format_args!("whole\t{}\t{tables} tables\t{rows} rows", database.name))?;
    }
    output.line(format_args!("checked\t{}", contents.name))?;
    Ok(())
}

async fn try_one(
    admin_url: &str,
    database: &contents::Database,
    staging: &Staging,
) -> Result<(), BackupError> {
    let mut conn = postgres::connect(admin_url, store::SCRATCH).await?;
    store::empty(&mut conn).await?;
    Server::of(admin_url)?.restore(store::SCRATCH, &staging.file(&database.dump.file)).await?;
    let now = counted(&mut conn).await?;
    let differs = database.rows.iter().find(|(table, rows)| now.get(*table) != Some(rows));
    match differs {
        Some((table, _)) => Err(BackupError::Differs(format!("{}: {table}", database.name))),
        None if now.len() != database.rows.len() => Err(BackupError::Differs(database.name.clone())),
        None => Ok(()),
    }
}

async fn choose(backups: &Objects, name: Option<&str>) -> Result<Contents, BackupError> {
    let mut names = names(backups).await?;
    let name = match name {
        Some(name) => names.into_iter().find(|known| known == name),
        None => names.pop(),
    };
    Contents::read(backups, &name.ok_or(BackupError::Missing)?).await
}

/// Gets the files, and sees that they are what they were.
async fn fetch(backups: &Objects, contents: &Contents) -> Result<Staging, BackupError> {
    let staging = Staging::make()?;
    for part in contents.parts() {
        let path = staging.file(&part.file);
        backups.get_file(&format!("{}/{}", contents.name, part.file), &path).await?;
        let found = contents::Part::of(&part.file, &path).await?;
        if (found.bytes, &found.sha256) != (part.bytes, &part.sha256) {
            return Err(BackupError::Broken(part.file.clone()));
        }
    }
    Ok(staging)
}

/// Nobody uses the database, and nothing is in it that may not go.
async fn is_free(ground: &Ground<'_>, database: &str, replace: bool) -> Result<(), BackupError> {
    let mut conn = postgres::connect(ground.settings.postgres_admin_url()?, database).await?;
    let sessions = store::others(&mut conn).await?;
    if sessions > 0 {
        return Err(BackupError::InUse { database: database.to_owned(), sessions });
    }
    if !replace && !store::rows(&mut conn).await?.is_empty() {
        return Err(BackupError::NotEmpty(database.to_owned()));
    }
    Ok(())
}

async fn records(staging: &Staging) -> Result<Vec<Record>, BackupError> {
    let path = staging.file("events.jsonl");
    let text = tokio::fs::read_to_string(&path).await;
    let text = text.map_err(|source| BackupError::File { path, source })?;
    let read = |line: &str| serde_json::from_str(line);
    text.lines()
        .map(read)
        .collect::<Result<_, _>>()
        .map_err(|error| BackupError::Json("an event".to_owned(), error))
}
