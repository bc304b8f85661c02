//! Taking somebody out: facts, links, decisions, and a tombstone in their place.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;

/// Leaves tombstones. False when all of them were there: the erasure was done before.
pub async fn mark(
    conn: &mut PgConnection,
    subjects: &[Vec<u8>],
    erased_at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let marked = sqlx::query!(
        "insert into measurement.tombstones (subject, erased_at)
         select distinct subject, $2::timestamptz from unnest($1::bytea[]) as gone (subject)
             on conflict on constraint tombstones_pkey do nothing",
        subjects,
        erased_at,
    )
    .execute(conn)
    .await?;
    Ok(marked.rows_affected() > 0)
}

/// Deletes their facts.
pub async fn delete_facts(conn: &mut PgConnection, subjects: &[Vec<u8>]) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from measurement.facts where subject = any($1)", subjects).execute(conn).await?;
    Ok(())
}

/// Deletes links from and to them.
pub async fn delete_links(conn: &mut PgConnection, subjects: &[Vec<u8>]) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from measurement.links where visitor = any($1) or account = any($1)", subjects)
        .execute(conn)
        .await?;
    Ok(())
}

/// Deletes their decisions.
pub async fn delete_consents(conn: &mut PgConnection, subjects: &[Vec<u8>]) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from measurement.consents where subject = any($1)", subjects).execute(conn).await?;
    Ok(())
}

/// Removes tombstones that no replay can reach any more: Kafka keeps facts for seven days.
pub async fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from measurement.tombstones where erased_at < $1::timestamptz - interval '14 days'",
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
