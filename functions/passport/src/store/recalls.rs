//! SQL of `passport.recalls`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::recall::Recall;

/// Writes a recall.
pub async fn insert(conn: &mut PgConnection, recall: &Recall) -> Result<(), sqlx::Error> {
    let written = sqlx::query!(
        "insert into passport.recalls
             (recall_id, gtin, brand_id, lots, use_by_from, use_by_to, reason, instructions, opened_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        recall.recall_id,
        recall.gtin,
        recall.brand_id,
        recall.lots.as_deref(),
        recall.use_by_from,
        recall.use_by_to,
        recall.reason,
        recall.instructions,
        recall.opened_at,
    );
    written.execute(conn).await?;
    Ok(())
}

/// The brand's recall of this id, held until the transaction ends; another brand's is none.
pub async fn hold(
    conn: &mut PgConnection,
    brand: Uuid,
    recall_id: Uuid,
) -> Result<Option<Recall>, sqlx::Error> {
    sqlx::query_as!(
        Recall,
        "select recall_id, gtin, brand_id, lots, use_by_from, use_by_to, reason, instructions, opened_at, lifted_at
           from passport.recalls
          where brand_id = $1 and recall_id = $2
            for update",
        brand,
        recall_id,
    )
    .fetch_optional(conn)
    .await
}

/// Ends a recall.
pub async fn lift(conn: &mut PgConnection, recall_id: Uuid, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let lifted =
        sqlx::query!("update passport.recalls set lifted_at = $2 where recall_id = $1", recall_id, at);
    lifted.execute(conn).await?;
    Ok(())
}

/// The brand's recalls, newest first, older than `after`.
pub async fn list(
    conn: &mut PgConnection,
    brand: Uuid,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Recall>, sqlx::Error> {
    sqlx::query_as!(
        Recall,
        "select recall_id, gtin, brand_id, lots, use_by_from, use_by_to, reason, instructions, opened_at, lifted_at
           from passport.recalls
          where brand_id = $1 and ($2::uuid is null or recall_id < $2)
          order by recall_id desc
          limit $3",
        brand,
        after,
        rows,
    )
    .fetch_all(conn)
    .await
}
