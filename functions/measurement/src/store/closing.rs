//! Closing a window: everything in one transaction, once and for all.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use shared_contracts::events::{BatchStatus, MetricRow};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::{brands, consents, facts, ledger, links, products, releases};
use crate::domain::{
    batch,
    bounding::WindowKey,
    ledger as budget,
    noise::Noise,
    parameters::Policy,
    tally::{Catalog, Tally},
    windows::{Window, windows},
};

/// Why a window stays open. Nothing of it was written.
#[derive(Debug, thiserror::Error)]
pub enum CloseError {
    /// The database did not do it.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The system has no randomness, or the noise no scale.
    #[error("no noise can be drawn: {0}")]
    Noise(String),
    /// The batch is no JSON, which it always is.
    #[error("the batch cannot be written: {0}")]
    Batch(#[from] serde_json::Error),
}

/// Closes every window whose time has come by `now`, each in a transaction of its own. Says how many.
pub async fn close_due(
    conn: &mut PgConnection,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<u64, CloseError> {
    let mut closed = 0;
    for (brand, window) in open(conn, now).await? {
        if window.closes_at() <= now {
            closed += u64::from(close(conn, policy, brand, &window, now).await?);
        }
    }
    Ok(closed)
}

/// Closes every window that began before `now` without reading a fact of it: what was released of it
/// may be lost. It costs what it may have cost. Says how many.
pub async fn give_up_all(
    conn: &mut PgConnection,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Result<u64, CloseError> {
    let mut given_up = 0;
    for (brand, window) in open(conn, now).await? {
        let mut tx = conn.begin().await?;
        ledger::lock(&mut tx, brand).await?;
        let status = BatchStatus::NotAvailable;
        if ledger::insert(&mut tx, brand, &window, status, policy.micro_epsilon(), now).await? {
            let catalog = products::catalog(&mut tx, brand, &window).await?;
            keep(&mut tx, policy, brand, &window, &catalog, status, batch::nothing(&catalog)).await?;
            tx.commit().await?;
            given_up += 1;
        }
    }
    Ok(given_up)
}

/// Windows that have begun and are not closed, the oldest first.
async fn open(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<Vec<(Uuid, Window)>, sqlx::Error> {
    let mut open = Vec::new();
    for (brand, versions) in brands::all(conn).await? {
        let closed = ledger::closed(conn, brand).await?;
        let begun = windows(&versions, now).into_iter();
        open.extend(begun.filter(|window| !closed.contains(&window.start)).map(|window| (brand, window)));
    }
    open.sort_by_key(|(brand, window)| (window.start, *brand));
    Ok(open)
}

/// False when somebody else has closed it.
async fn close(
    conn: &mut PgConnection,
    policy: &Policy,
    brand: Uuid,
    window: &Window,
    now: DateTime<Utc>,
) -> Result<bool, CloseError> {
    let mut tx = conn.begin().await?;
    ledger::be_patient(&mut tx).await?;
    ledger::lock(&mut tx, brand).await?;
    let cost = policy.micro_epsilon();
    let affordable = budget::fits(ledger::spent(&mut tx, brand, window).await?, cost, window.length);
    let (status, cost) =
        if affordable { (BatchStatus::Released, cost) } else { (BatchStatus::BudgetExhausted, 0) };
    if !ledger::insert(&mut tx, brand, window, status, cost, now).await? {
        return Ok(false);
    }
    let catalog = products::catalog(&mut tx, brand, window).await?;
    let rows = match status {
        BatchStatus::Released => measure(&mut tx, policy, window, &catalog).await?,
        _ => batch::nothing(&catalog),
    };
    keep(&mut tx, policy, brand, window, &catalog, status, rows).await?;
    tx.commit().await?;
    Ok(true)
}

/// Persons resolved, bounded, counted; noise on every count.
async fn measure(
    conn: &mut PgConnection,
    policy: &Policy,
    window: &Window,
    catalog: &Catalog,
) -> Result<Vec<MetricRow>, CloseError> {
    let noise = Noise::of_scale(policy.scale()).map_err(|error| CloseError::Noise(error.to_string()))?;
    let key = WindowKey::draw().map_err(|error| CloseError::Noise(error.to_string()))?;
    let people = links::people(conn, window.closes_at()).await?;
    let consents = consents::standing(conn, window.closes_at()).await?;
    let mut tally = Tally::new(catalog, people, consents);
    let facts = facts::of_window(conn, catalog.gtins(), window);
    let mut facts = std::pin::pin!(facts);
    while let Some(fact) = facts.try_next().await? {
        tally.see(fact.subject, &fact.gtin, fact.metric, fact.at);
    }
    let counts = tally.counts(policy.parameters().max_groups, &key);
    Ok(batch::rows(catalog, &counts, policy, || noise.draw()))
}

async fn keep(
    conn: &mut PgConnection,
    policy: &Policy,
    brand: Uuid,
    window: &Window,
    catalog: &Catalog,
    status: BatchStatus,
    rows: Vec<MetricRow>,
) -> Result<(), CloseError> {
    let batch = batch::seal(brand, window, policy, status, rows)?;
    releases::insert(conn, brand, window, &batch, None).await?;
    Ok(facts::delete_of_window(conn, catalog.gtins(), window).await?)
}
