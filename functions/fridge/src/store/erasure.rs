//! The routine `fridge.erase_account`: the one way in which anything of the history goes.

use sqlx::PgConnection;
use uuid::Uuid;

/// Deletes everything of an account, and lets nothing be written for it again.
pub async fn erase(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("select fridge.erase_account($1)", account).execute(conn).await?;
    Ok(())
}
