//! SQL of `personalization.idempotency_keys` beyond the chassis'.

use sqlx::PgConnection;
use uuid::Uuid;

/// Forgets the answers that an account got.
pub async fn forget(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from personalization.idempotency_keys where caller = 'account:' || $1::uuid::text",
        account,
    )
    .execute(conn)
    .await?;
    Ok(())
}
