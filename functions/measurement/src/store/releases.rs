//! SQL of `measurement.releases` and of `measurement.cluster`.

use chrono::{DateTime, Utc};
use shared_contracts::events::{BrandMetricBatchPublished, Fact};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{batch::Batch, windows::Window};

/// Keeps the bytes of a batch.
pub async fn insert(
    conn: &mut PgConnection,
    brand: Uuid,
    window: &Window,
    batch: &Batch,
    published_at: Option<DateTime<Utc>>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into measurement.releases
             (event_id, brand_id, window_start, key, payload, payload_hash, publish_at, published_at)
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
        batch.event_id,
        brand,
        window.start,
        batch.key,
        batch.payload,
        batch.hash,
        window.publish_at(),
        published_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts the batches whose hour has come into the outbox, byte for byte. Says how many.
pub async fn publish_due(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<u64, sqlx::Error> {
    let sent = sqlx::query!(
        "with due as (
             update measurement.releases set published_at = $1
              where publish_at <= $1 and published_at is null
          returning event_id, key, payload, publish_at)
         insert into measurement.outbox (event_id, topic, key, payload)
         select event_id, $2, key, payload from due order by publish_at, key
             on conflict on constraint outbox_event_once do nothing",
        now,
        BrandMetricBatchPublished::TOPIC,
    )
    .execute(conn)
    .await?;
    Ok(sent.rows_affected())
}

/// The hash of what was released under a key.
pub async fn hash_of(conn: &mut PgConnection, key: &str) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("select payload_hash from measurement.releases where key = $1", key)
        .fetch_optional(conn)
        .await
}

/// Keys of all that the broker must have: published, and no more in the outbox.
pub async fn delivered(conn: &mut PgConnection) -> Result<Vec<String>, sqlx::Error> {
    sqlx::query_scalar!(
        "select key from measurement.releases
          where published_at is not null
            and not exists (select from measurement.outbox where outbox.event_id = releases.event_id)",
    )
    .fetch_all(conn)
    .await
}

/// Notes that a batch is on the topic.
pub async fn note_published(
    conn: &mut PgConnection,
    key: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update measurement.releases set published_at = $2 where key = $1 and published_at is null",
        key,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Has batches sent again, the same bytes.
pub async fn send_again(conn: &mut PgConnection, keys: &[String]) -> Result<(), sqlx::Error> {
    sqlx::query!("update measurement.releases set published_at = null where key = any($1)", keys)
        .execute(conn)
        .await?;
    Ok(())
}

/// The Kafka cluster that held the output topic last.
pub async fn cluster(conn: &mut PgConnection) -> Result<Option<String>, sqlx::Error> {
    sqlx::query_scalar!("select cluster_id from measurement.cluster").fetch_optional(conn).await
}

/// Notes which Kafka cluster holds the output topic.
pub async fn note_cluster(
    conn: &mut PgConnection,
    cluster: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into measurement.cluster (cluster_id, seen_at) values ($1, $2)
             on conflict on constraint cluster_pkey do update set cluster_id = $1, seen_at = $2",
        cluster,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
