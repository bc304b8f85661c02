//! SQL of `{schema}.outbox`.

use sqlx::{FromRow, PgConnection};
use uuid::Uuid;

use super::Schema;

/// One event that waits to be sent.
#[derive(Debug, FromRow)]
pub struct WaitingEvent {
    /// Order of writing; sending keeps it.
    pub position: i64,
    /// The event's id, which consumers deduplicate by.
    pub event_id: Uuid,
    /// Kafka topic.
    pub topic: String,
    /// Kafka key: the entity the order of which matters.
    pub key: String,
    /// The CloudEvents envelope, as it goes on the wire.
    pub payload: String,
    /// W3C trace context of the request that caused it, absent where none may be known.
    pub traceparent: Option<String>,
}

/// Writes one event in the caller's transaction.
pub async fn append(
    conn: &mut PgConnection,
    schema: Schema,
    event_id: Uuid,
    topic: &str,
    key: &str,
    payload: &str,
    traceparent: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query(schema.sql(
        "insert into {schema}.outbox (event_id, topic, key, payload, traceparent) values ($1, $2, $3, $4, $5)",
    ))
    .bind(event_id)
    .bind(topic)
    .bind(key)
    .bind(payload)
    .bind(traceparent)
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes the sending of this outbox for the rest of the transaction: one sender at a time
/// keeps the order. False when another instance has it.
pub async fn take_turn(conn: &mut PgConnection, schema: Schema) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("select pg_try_advisory_xact_lock(hashtext($1))")
        .bind(format!("{}.outbox", schema.name()))
        .fetch_one(conn)
        .await
}

/// The oldest waiting events, at most `limit`.
pub async fn oldest(
    conn: &mut PgConnection,
    schema: Schema,
    limit: i64,
) -> Result<Vec<WaitingEvent>, sqlx::Error> {
    sqlx::query_as(schema.sql(
        "select position, event_id, topic, key, payload, traceparent from {schema}.outbox order by position limit $1",
    ))
    .bind(limit)
    .fetch_all(conn)
    .await
}

/// Removes events that the broker has acknowledged.
pub async fn remove(conn: &mut PgConnection, schema: Schema, positions: &[i64]) -> Result<(), sqlx::Error> {
    sqlx::query(schema.sql("delete from {schema}.outbox where position = any($1)"))
        .bind(positions)
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes waiting events of these keys: the data of the entities that they name is erased.
pub async fn forget_keys(
    conn: &mut PgConnection,
    schema: Schema,
    keys: &[String],
) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query(schema.sql("delete from {schema}.outbox where key = any($1)"))
        .bind(keys)
        .execute(conn)
        .await?;
    Ok(forgotten.rows_affected())
}

/// How many events wait, and the age of the oldest in seconds.
pub async fn backlog(conn: &mut PgConnection, schema: Schema) -> Result<(i64, f64), sqlx::Error> {
    sqlx::query_as(schema.sql(
        "select count(*), coalesce(extract(epoch from now() - min(written_at)), 0)::float8 from {schema}.outbox",
    ))
    .fetch_one(conn)
    .await
}
