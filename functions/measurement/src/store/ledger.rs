//! SQL of `measurement.ledger`.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use shared_contracts::events::BatchStatus;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::windows::Window;

/// Keeps everybody else from closing windows of this brand until the transaction ends.
pub async fn lock(conn: &mut PgConnection, brand: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('measurement.ledger/' || $1::text, 0))",
        brand.to_string()
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Lets a close take its time: a million facts are read in one statement.
pub async fn be_patient(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select set_config('statement_timeout', '0', true) as statement,
                set_config('idle_in_transaction_session_timeout', '0', true) as pause"
    )
    .fetch_one(conn)
    .await?;
    Ok(())
}

/// The first days of the windows of a brand that are closed.
pub async fn closed(conn: &mut PgConnection, brand: Uuid) -> Result<HashSet<NaiveDate>, sqlx::Error> {
    let days = sqlx::query_scalar!("select window_start from measurement.ledger where brand_id = $1", brand)
        .fetch_all(conn)
        .await?;
    Ok(days.into_iter().collect())
}

/// What a brand has spent in a month, in millionths of ε.
pub async fn spent(conn: &mut PgConnection, brand: Uuid, window: &Window) -> Result<u64, sqlx::Error> {
    let (first, next) = window.month();
    let spent = sqlx::query_scalar!(
        r#"select coalesce(sum(micro_epsilon), 0)::bigint as "spent!"
             from measurement.ledger where brand_id = $1 and window_start >= $2 and window_start < $3"#,
        brand,
        first,
        next,
    )
    .fetch_one(conn)
    .await?;
    Ok(u64::try_from(spent).unwrap_or(u64::MAX))
}

/// Closes a window. False when it was closed before, or a day of it was in another one.
pub async fn insert(
    conn: &mut PgConnection,
    brand: Uuid,
    window: &Window,
    status: BatchStatus,
    micro_epsilon: u64,
    closed_at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query!(
        "insert into measurement.ledger
             (brand_id, window_start, window_end, length, micro_epsilon, status, closed_at)
         values ($1, $2, $3, $4, $5, $6, $7)
             on conflict do nothing",
        brand,
        window.start,
        window.end(),
        window.length.as_str(),
        i64::try_from(micro_epsilon).unwrap_or(i64::MAX),
        status.as_str(),
        closed_at,
    )
    .execute(conn)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
