//! SQL of `identity.exports`.

use chrono::{DateTime, Utc};
use service_chassis::sealed::Sealed;
use sqlx::PgConnection;
use uuid::Uuid;

/// How far an export is.
#[derive(Clone, Debug)]
pub struct ExportRow {
    /// Parts gathered.
    pub done: i32,
    /// Parts in all.
    pub total: i32,
    /// Why it cannot be done.
    pub failure: Option<String>,
    /// When it was over.
    pub finished_at: Option<DateTime<Utc>>,
}

/// An export that somebody works on now.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Id.
    pub job_id: Uuid,
    /// Whose.
    pub account_id: Uuid,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
}

/// Begins an export, claimed by who begins it.
pub async fn begin(
    conn: &mut PgConnection,
    account: Uuid,
    job: Uuid,
    total: i32,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.exports (job_id, account_id, requested_at, claimed_at, total)
         values ($1, $2, $3, $3, $4)",
        job,
        account,
        now,
        total,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Claims an unfinished export that nobody has worked on since `before`.
pub async fn claim(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<Option<Claimed>, sqlx::Error> {
    sqlx::query_as!(
        Claimed,
        "update identity.exports
            set claimed_at = $2
          where job_id = (select job_id from identity.exports
                           where finished_at is null and (claimed_at is null or claimed_at < $1)
                           order by requested_at limit 1 for update skip locked)
         returning job_id, account_id, requested_at",
        before,
        now,
    )
    .fetch_optional(conn)
    .await
}

/// Notes how many parts are gathered.
pub async fn progress(conn: &mut PgConnection, job: Uuid, done: i32) -> Result<(), sqlx::Error> {
    sqlx::query!("update identity.exports set done = $2 where job_id = $1", job, done).execute(conn).await?;
    Ok(())
}

/// Finishes an export with what was gathered, sealed.
pub async fn finish(
    conn: &mut PgConnection,
    job: Uuid,
    document: &Sealed,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.exports
            set key_id = $2, wrapped_key = $3, ciphertext = $4, finished_at = $5, done = total
          where job_id = $1 and finished_at is null",
        job,
        document.key_id,
        document.wrapped_key,
        document.ciphertext,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Gives an export up.
pub async fn fail(
    conn: &mut PgConnection,
    job: Uuid,
    failure: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.exports set failure = $2, finished_at = $3 where job_id = $1 and finished_at is null",
        job,
        failure,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The account's export of this id.
pub async fn find(
    conn: &mut PgConnection,
    account: Uuid,
    job: Uuid,
) -> Result<Option<ExportRow>, sqlx::Error> {
    sqlx::query_as!(
        ExportRow,
        "select done, total, failure, finished_at from identity.exports where account_id = $1 and job_id = $2",
        account,
        job,
    )
    .fetch_optional(conn)
    .await
}

/// What the account's export gathered, sealed.
pub async fn document(
    conn: &mut PgConnection,
    account: Uuid,
    job: Uuid,
) -> Result<Option<Sealed>, sqlx::Error> {
    sqlx::query_as!(
        Sealed,
        r#"select key_id as "key_id!", wrapped_key as "wrapped_key!", ciphertext as "ciphertext!"
             from identity.exports
            where account_id = $1 and job_id = $2 and ciphertext is not null"#,
        account,
        job,
    )
    .fetch_optional(conn)
    .await
}

/// Forgets exports that were finished before a moment.
pub async fn forget(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from identity.exports where finished_at < $1", before).execute(conn).await?;
    Ok(())
}
