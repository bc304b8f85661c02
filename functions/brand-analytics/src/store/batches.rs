//! SQL of `brand_analytics.batches`.

use shared_contracts::events::{BrandMetricBatchPublished, Envelope};
use sqlx::{PgConnection, types::Json};

/// Writes that a window is published. A day that is in another window of the brand is an error.
pub async fn insert(
    conn: &mut PgConnection,
    event: &Envelope<BrandMetricBatchPublished>,
) -> Result<(), sqlx::Error> {
    let batch = &event.data;
    sqlx::query!(
        "insert into brand_analytics.batches
             (event_id, brand_id, window_start, window_end, length, status, privacy)
         values ($1, $2, $3, $4, $5, $6, $7)",
        event.id,
        batch.brand_id,
        batch.window.start.date_naive(),
        batch.window.end.date_naive(),
        batch.window.length.as_str(),
        batch.privacy.batch_status.as_str(),
        Json(&batch.privacy) as _,
    )
    .execute(conn)
    .await?;
    Ok(())
}
