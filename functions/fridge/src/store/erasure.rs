//! The routine `fridge.erase_account`, and what was processed long ago.

use sqlx::PgConnection;
use uuid::Uuid;

/// Deletes everything of an account, and lets nothing be written for it again.
pub async fn erase(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("select fridge.erase_account($1)", account).execute(conn).await?;
    Ok(())
}

/// Forgets ids of events that no broker delivers again: topics are kept for a week.
pub async fn forget_processed(conn: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from fridge.processed_events where processed_at < now() - interval '30 days'")
        .execute(conn)
        .await?;
    Ok(())
}
