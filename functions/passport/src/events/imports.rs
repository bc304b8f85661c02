//! The worker of imports. It wakes when a part comes in; a schedule wakes it for parts that a killed or
//! frozen process left.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use service_chassis::{runtime::BoxError, trace::TraceContext};
use sqlx::{Acquire, PgConnection};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        catalog::Entry,
        gs1::Gtin,
        import::{Progress, Record, Records},
        signature::Signer,
    },
    error::Error,
    routes::brand::products::{publish, signer},
    store::{self, imports::WorkRow},
};

/// Records in one transaction.
const BATCH: usize = 50;
/// How long a worker may be silent before another one goes on with its job.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How long a finished job can be asked for.
const KEPT: TimeDelta = TimeDelta::days(30);

/// The host's loop: works when something came in. Ends with the process.
pub async fn keep_working(app: App) {
    loop {
        if let Err(error) = work(&app).await {
            tracing::warn!(%error, "imports wait for the schedule");
        }
        app.imports.notified().await;
    }
}

/// Works off every job that nobody has.
pub async fn work(app: &App) -> Result<(), BoxError> {
    while let Some(job) = lease(app).await? {
        run(app, job).await?;
    }
    Ok(())
}

/// Forgets jobs that ended long ago.
pub async fn forget_old(app: &App, conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    store::imports::forget_old(conn, app.clock.now() - KEPT).await
}

async fn lease(app: &App) -> Result<Option<WorkRow>, sqlx::Error> {
    let mut conn = app.database.acquire().await?;
    store::imports::lease(&mut conn, app.clock.now(), until(app)).await
}

fn until(app: &App) -> DateTime<Utc> {
    app.clock.now() + LEASE
}

/// Goes through the records of a job, from where the last worker left it.
async fn run(app: &App, job: WorkRow) -> Result<(), BoxError> {
    let mut progress = job.progress.clone();
    let done = usize::try_from(progress.handled).unwrap_or_default();
    let mut met = HashMap::new();
    let mut batch = Vec::with_capacity(BATCH);
    // The header was read when the part came in.
    for (index, record) in Records::new(job.format, &job.content)?.enumerate() {
        let record = once(record, job.first_line, &mut met);
        if index < done {
            continue;
        }
        batch.push(record);
        if batch.len() == BATCH {
            write(app, &job, &mut progress, std::mem::take(&mut batch)).await?;
        }
    }
    write(app, &job, &mut progress, batch).await?;
    let mut conn = app.database.acquire().await?;
    Ok(store::imports::finish(&mut conn, job.job_id, app.clock.now()).await?)
}

/// A record with its line in the whole file. One part takes a GTIN once: two records of it contradict
/// each other or say the same twice.
fn once(record: Record, first_line: i64, met: &mut HashMap<Gtin, i64>) -> Record {
    let line = first_line + record.line - 1;
    let product = record.product.and_then(|product| {
        let gtin: Gtin = product.gtin.parse().map_err(|error| format!("{error}"))?;
        match *met.entry(gtin).or_insert(line) {
            first if first == line => Ok(product),
            first => Err(format!("the GTIN {gtin} stands at line {first} already; one import takes it once")),
        }
    });
    Record { line, product }
}

/// Writes a batch with how far it brings the job, in one transaction.
async fn write(
    app: &App,
    job: &WorkRow,
    progress: &mut Progress,
    batch: Vec<Record>,
) -> Result<(), BoxError> {
    if batch.is_empty() {
        return Ok(());
    }
    let before = progress.handled;
    let mut tx = app.database.begin().await?;
    let signer = signer(app, &mut tx).await?;
    for Record { line, product } in batch {
        let entry = product.and_then(|product| {
            Entry::of_brand(product, job.brand_id).map_err(|refusal| refusal.to_string())
        });
        let taken = match entry {
            Ok(entry) => take(app, &mut tx, job.brand_id, &entry, &signer).await?,
            Err(reason) => Err(reason),
        };
        match taken {
            Ok(()) => progress.taken(),
            Err(reason) => progress.refused(line, reason),
        }
    }
    if !store::imports::progress(&mut tx, job.job_id, before, progress, until(app)).await? {
        return Err("another worker has the job, or it is gone".into());
    }
    tx.commit().await?;
    app.outbox.send_soon();
    Ok(())
}

/// Publishes one product, if it is the brand's; what Postgres cannot keep is refused alone.
async fn take(
    app: &App,
    conn: &mut PgConnection,
    brand: Uuid,
    entry: &Entry,
    signer: &Signer,
) -> Result<Result<(), String>, Error> {
    let owner = store::brands::owner(conn, entry.gtin).await?;
    if owner.is_none_or(|owner| owner.id != brand) {
        return Ok(Err(format!("{} is not one of this brand's products", entry.gtin)));
    }
    let mut savepoint = conn.begin().await?;
    match publish(app, &mut savepoint, entry, signer, TraceContext::start()).await {
        Ok(_) => {
            savepoint.commit().await?;
            Ok(Ok(()))
        }
        Err(Error::Database(error)) if is_about_the_data(&error) => {
            savepoint.rollback().await?;
            Ok(Err("this is more than a product can hold".to_owned()))
        }
        Err(error) => Err(error),
    }
}

/// Data that Postgres cannot keep: classes 22 and 54 (PostgreSQL 15, appendix A).
fn is_about_the_data(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    code.is_some_and(|code| code.starts_with("22") || code.starts_with("54"))
}
