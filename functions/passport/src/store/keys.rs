//! SQL of `passport.publisher_keys`.

use chrono::{DateTime, Utc};
use shared_contracts::passport::PublisherKey;
use sqlx::PgConnection;

use crate::domain::signature::published;

/// Notes a key that signs, so that it stays known after a rotation.
pub async fn note(conn: &mut PgConnection, key: &PublisherKey, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let noted = sqlx::query!(
        "insert into passport.publisher_keys (kid, x, signed_at)
         values ($1, $2, $3)
         on conflict on constraint publisher_keys_pkey do nothing",
        key.kid,
        key.x,
        at,
    );
    noted.execute(conn).await?;
    Ok(())
}

/// Every key that ever signed, the latest first.
pub async fn all(conn: &mut PgConnection) -> Result<Vec<PublisherKey>, sqlx::Error> {
    let rows = sqlx::query!("select kid, x from passport.publisher_keys order by signed_at desc, kid")
        .fetch_all(conn)
        .await?;
    Ok(rows.into_iter().map(|row| published(row.kid, row.x)).collect())
}
