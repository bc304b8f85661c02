//! SQL of `personalization.profile_versions`.

use chrono::{DateTime, Utc};
use service_chassis::sealed::{KeyRing, SealError, Sealed};
use sqlx::{Connection, PgConnection};
use uuid::Uuid;

use super::profiles::ProfileRow;
use crate::domain::profile::Label;

/// Versions that one transaction re-wraps at most.
const AT_ONCE: i64 = 200;

/// Why versions stay under another key.
#[derive(Debug, thiserror::Error)]
pub enum RewrapError {
    /// The table.
    #[error(transparent)]
    Database(#[from] sqlx::Error),
    /// A data key cannot be unwrapped: the ring lacks its key, say.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// Puts every data key under the current key of the ring, some in each transaction. Returns how many
/// there were.
pub async fn rewrap_all(conn: &mut PgConnection, keys: &KeyRing) -> Result<usize, RewrapError> {
    let mut rewrapped = 0;
    loop {
        let mut tx = conn.begin().await?;
        let rows = under_other_keys(&mut tx, &keys.current, AT_ONCE).await?;
        if rows.is_empty() {
            return Ok(rewrapped);
        }
        rewrapped += rows.len();
        for row in rows {
            let label = row.label();
            let wrapped = keys.rewrap(&label.text(), &row.sealed())?;
            rewrap(&mut tx, label, &keys.current, &wrapped).await?;
        }
        tx.commit().await?;
    }
}

/// Keeps a version.
pub async fn insert(
    conn: &mut PgConnection,
    label: Label,
    sealed: &Sealed,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into personalization.profile_versions
             (profile_id, version, key_id, wrapped_key, ciphertext, stored_at)
         values ($1, $2, $3, $4, $5, $6)",
        label.profile,
        label.version,
        sealed.key_id,
        sealed.wrapped_key,
        sealed.ciphertext,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Every version of every profile of an account, oldest first.
pub async fn of_account(conn: &mut PgConnection, account: Uuid) -> Result<Vec<ProfileRow>, sqlx::Error> {
    sqlx::query_as!(
        ProfileRow,
        "select p.account_id, p.profile_id, v.version, v.stored_at, v.key_id, v.wrapped_key, v.ciphertext
           from personalization.profiles p
           join personalization.profile_versions v using (profile_id)
          where p.account_id = $1
          order by p.profile_id, v.version",
        account,
    )
    .fetch_all(conn)
    .await
}

/// Some versions whose data key another key than `key` wraps; locked, so that two who re-wrap share
/// the work.
async fn under_other_keys(
    conn: &mut PgConnection,
    key: &str,
    rows: i64,
) -> Result<Vec<ProfileRow>, sqlx::Error> {
    sqlx::query_as!(
        ProfileRow,
        "select p.account_id, p.profile_id, v.version, v.stored_at, v.key_id, v.wrapped_key, v.ciphertext
           from personalization.profile_versions v
           join personalization.profiles p using (profile_id)
          where v.key_id <> $1
          limit $2
            for update of v skip locked",
        key,
        rows,
    )
    .fetch_all(conn)
    .await
}

/// The same version under another key.
async fn rewrap(
    conn: &mut PgConnection,
    label: Label,
    key: &str,
    wrapped_key: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update personalization.profile_versions set key_id = $3, wrapped_key = $4
          where profile_id = $1 and version = $2",
        label.profile,
        label.version,
        key,
        wrapped_key,
    )
    .execute(conn)
    .await?;
    Ok(())
}
