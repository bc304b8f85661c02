//! SQL of `measurement.facts` and `measurement.reverted`.

use chrono::{DateTime, Utc};
use futures::{Stream, TryStreamExt};
use shared_contracts::metrics::Metric;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{
    fact::Fact,
    pseudonym::{Kind, Pseudonym},
    windows::Window,
};

/// A fact as it is counted.
pub struct Counted {
    /// Whose.
    pub subject: Pseudonym,
    /// Of which product.
    pub gtin: String,
    /// What.
    pub metric: Metric,
    /// When.
    pub at: DateTime<Utc>,
}

/// A fact of somebody, as their export has it.
#[derive(Debug)]
pub struct Held {
    /// Of which product.
    pub gtin: String,
    /// What.
    pub metric: String,
    /// When.
    pub happened_at: DateTime<Utc>,
}

/// Writes facts, each once. Those of people who were erased, and of windows that are closed for a
/// brand that has or had the product, are left out.
pub async fn insert_all(conn: &mut PgConnection, facts: &[(Kind, Fact)]) -> Result<u64, sqlx::Error> {
    let ids: Vec<Uuid> = facts.iter().map(|(_, fact)| fact.event_id).collect();
    let subjects: Vec<Vec<u8>> = facts.iter().map(|(_, fact)| fact.subject.0.to_vec()).collect();
    let kinds: Vec<String> = facts.iter().map(|(kind, _)| kind.as_str().to_owned()).collect();
    let gtins: Vec<String> = facts.iter().map(|(_, fact)| fact.gtin.clone()).collect();
    let metrics: Vec<String> = facts.iter().map(|(_, fact)| fact.metric.as_str().to_owned()).collect();
    let times: Vec<DateTime<Utc>> = facts.iter().map(|(_, fact)| fact.at).collect();
    let written = sqlx::query!(
        "insert into measurement.facts (event_id, subject, kind, gtin, metric, happened_at)
         select new.event_id, new.subject, new.kind, new.gtin, new.metric, new.happened_at
           from unnest($1::uuid[], $2::bytea[], $3::text[], $4::text[], $5::text[], $6::timestamptz[])
                as new (event_id, subject, kind, gtin, metric, happened_at)
          where not exists (select from measurement.tombstones where tombstones.subject = new.subject)
            and not exists (
                select from measurement.product_versions
                  join measurement.ledger on ledger.brand_id = product_versions.brand_id
                 where product_versions.gtin = new.gtin
                   and new.happened_at >= ledger.window_start::timestamp at time zone 'UTC'
                   and new.happened_at < ledger.window_end::timestamp at time zone 'UTC')
             on conflict on constraint facts_pkey do nothing",
        &ids,
        &subjects,
        &kinds,
        &gtins,
        &metrics,
        &times,
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected())
}

/// Notes that facts were undone.
pub async fn revert_all(
    conn: &mut PgConnection,
    events: &[Uuid],
    received_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into measurement.reverted (event_id, received_at)
         select event_id, $2 from unnest($1::uuid[]) as undone (event_id)
             on conflict on constraint reverted_pkey do nothing",
        events,
        received_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The facts of a window, as they come from the disk: those of these products, without what was
/// undone before the close.
pub fn of_window<'c>(
    conn: &'c mut PgConnection,
    gtins: &'c [String],
    window: &Window,
) -> impl Stream<Item = Result<Counted, sqlx::Error>> + 'c {
    sqlx::query!(
        "select subject, gtin, metric, happened_at
           from measurement.facts
          where gtin = any($1) and happened_at >= $2 and happened_at < $3
            and not exists (
                select from measurement.reverted
                 where reverted.event_id = facts.event_id and reverted.received_at < $4)",
        gtins,
        window.starts_at(),
        window.ends_at(),
        window.closes_at(),
    )
    .fetch(conn)
    .and_then(|row| async move {
        let metric = Metric::named(&row.metric).ok_or_else(|| sqlx::Error::Decode("no metric".into()))?;
        let subject =
            Pseudonym::read(&row.subject).ok_or_else(|| sqlx::Error::Decode("no pseudonym".into()))?;
        Ok(Counted { subject, gtin: row.gtin, metric, at: row.happened_at })
    })
}

/// Deletes the facts of a window that is closed.
pub async fn delete_of_window(
    conn: &mut PgConnection,
    gtins: &[String],
    window: &Window,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from measurement.facts where gtin = any($1) and happened_at >= $2 and happened_at < $3",
        gtins,
        window.starts_at(),
        window.ends_at(),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The facts that are held of somebody.
pub async fn of_subjects(conn: &mut PgConnection, subjects: &[Vec<u8>]) -> Result<Vec<Held>, sqlx::Error> {
    sqlx::query_as!(
        Held,
        "select gtin, metric, happened_at from measurement.facts
          where subject = any($1) order by happened_at, gtin, metric",
        subjects,
    )
    .fetch_all(conn)
    .await
}

/// The hard limits, whatever else failed: 11 days for products of brands with weeks, 5 for all others.
pub async fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from measurement.facts
          where happened_at < $1::timestamptz - interval '11 days'
             or happened_at < $1::timestamptz - interval '5 days'
                and not exists (
                    select from measurement.product_versions
                      join measurement.brand_versions on brand_versions.brand_id = product_versions.brand_id
                     where product_versions.gtin = facts.gtin and brand_versions.length = 'P7D')",
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "delete from measurement.reverted where received_at < $1::timestamptz - interval '14 days'",
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
