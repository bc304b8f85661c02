//! SQL of `{schema}.processed_events`.

use sqlx::PgConnection;
use uuid::Uuid;

use super::Schema;

/// Notes in the caller's transaction that an event takes effect. False when it did before.
pub async fn note(conn: &mut PgConnection, schema: Schema, event_id: Uuid) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query(schema.sql(
        "insert into {schema}.processed_events (event_id) values ($1) \
         on conflict on constraint processed_events_pkey do nothing",
    ))
    .bind(event_id)
    .execute(conn)
    .await?;
    Ok(noted.rows_affected() == 1)
}

/// Forgets events older than eight days: topics keep theirs for seven.
pub async fn forget_old(conn: &mut PgConnection, schema: Schema) -> Result<u64, sqlx::Error> {
    let forgotten = sqlx::query(
        schema.sql("delete from {schema}.processed_events where processed_at < now() - interval '8 days'"),
    )
    .execute(conn)
    .await?;
    Ok(forgotten.rows_affected())
}
