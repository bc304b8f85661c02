//! SQL of `fridge.feed_tokens`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// Keeps the hash of a person's token; the one before it opens nothing any more.
pub async fn put(
    conn: &mut PgConnection,
    account: Uuid,
    hash: &[u8],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into fridge.feed_tokens (account_id, token_hash, created_at) values ($1, $2, $3)
         on conflict on constraint feed_tokens_pkey do update
            set token_hash = excluded.token_hash, created_at = excluded.created_at",
        account,
        hash,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Revokes a person's token.
pub async fn remove(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from fridge.feed_tokens where account_id = $1", account).execute(conn).await?;
    Ok(())
}

/// Whose token this is.
pub async fn owner(conn: &mut PgConnection, hash: &[u8]) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select account_id from fridge.feed_tokens where token_hash = $1", hash)
        .fetch_optional(conn)
        .await
}

/// Since when a person has one.
pub async fn since(conn: &mut PgConnection, account: Uuid) -> Result<Option<DateTime<Utc>>, sqlx::Error> {
    sqlx::query_scalar!("select created_at from fridge.feed_tokens where account_id = $1", account)
        .fetch_optional(conn)
        .await
}
