//! SQL of `{schema}.idempotency_keys`.

use sqlx::{FromRow, PgConnection};

use super::Schema;

/// The answer that a key got.
#[derive(Debug, FromRow)]
pub struct KeptAnswer {
    /// SHA-256 of method, path and body of the first request.
    pub request_hash: Vec<u8>,
    /// HTTP status of its answer.
    pub status: i16,
    /// Its body.
    pub body: serde_json::Value,
}

/// Claims the key for this transaction. False when the key was used before; waits while
/// another transaction with the same key is open.
pub async fn claim(
    conn: &mut PgConnection,
    schema: Schema,
    caller: &str,
    key: &str,
    request_hash: &[u8],
) -> Result<bool, sqlx::Error> {
    let claimed = sqlx::query(schema.sql(
        "insert into {schema}.idempotency_keys (caller, key, request_hash) values ($1, $2, $3) \
         on conflict on constraint idempotency_keys_pkey do nothing",
    ))
    .bind(caller)
    .bind(key)
    .bind(request_hash)
    .execute(conn)
    .await?;
    Ok(claimed.rows_affected() == 1)
}

/// The answer that was kept under a key.
pub async fn kept(
    conn: &mut PgConnection,
    schema: Schema,
    caller: &str,
    key: &str,
) -> Result<Option<KeptAnswer>, sqlx::Error> {
    sqlx::query_as(schema.sql(
        "select request_hash, status, body from {schema}.idempotency_keys where caller = $1 and key = $2",
    ))
    .bind(caller)
    .bind(key)
    .fetch_optional(conn)
    .await
}

/// Keeps the answer for whoever sends the same request again.
pub async fn keep(
    conn: &mut PgConnection,
    schema: Schema,
    caller: &str,
    key: &str,
    status: i16,
    body: &serde_json::Value,
) -> Result<(), sqlx::Error> {
    sqlx::query(
        schema.sql(
            "update {schema}.idempotency_keys set status = $3, body = $4 where caller = $1 and key = $2",
        ),
    )
    .bind(caller)
    .bind(key)
    .bind(status)
    .bind(body)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets answers older than a day: the time within which a client may retry.
pub async fn forget_old(conn: &mut PgConnection, schema: Schema) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query(
        schema.sql("delete from {schema}.idempotency_keys where created_at < now() - interval '1 day'"),
    )
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}

/// Forgets every answer to these callers: their data is erased.
pub async fn forget_callers(
    conn: &mut PgConnection,
    schema: Schema,
    callers: &[String],
) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query(schema.sql("delete from {schema}.idempotency_keys where caller = any($1)"))
        .bind(callers)
        .execute(conn)
        .await?;
    Ok(forgotten.rows_affected())
}
