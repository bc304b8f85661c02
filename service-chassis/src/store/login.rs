//! Whose connection this is.

use sqlx::PgConnection;

/// The role that logged in, whoever it acts as.
pub async fn name(conn: &mut PgConnection) -> Result<String, sqlx::Error> {
    sqlx::query_scalar("select session_user::text").fetch_one(conn).await
}
