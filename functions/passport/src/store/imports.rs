//! SQL of `passport.import_jobs`.

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::domain::import::{Format, NewJob, Progress};

/// A job that a worker has.
#[derive(Debug)]
pub struct WorkRow {
    /// Its id.
    pub job_id: Uuid,
    /// Whose products.
    pub brand_id: Uuid,
    /// How they are written.
    pub format: Format,
    /// The part as it came.
    pub content: String,
    /// Number of its first line in the whole file.
    pub first_line: i64,
    /// How far it is.
    pub progress: Progress,
}

/// How far a job is, for who began it.
#[derive(Debug)]
pub struct JobRow {
    /// Whether every line was handled.
    pub is_done: bool,
    /// Records that were handled.
    pub handled: i32,
    /// Records in all.
    pub total: i32,
    /// The first refusals.
    pub errors: Value,
}

/// Writes a job that waits.
pub async fn insert(conn: &mut PgConnection, job: &NewJob, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let written = sqlx::query!(
        "insert into passport.import_jobs
             (job_id, account_id, brand_id, format, content, first_line, state, handled, total, refused, errors,
              created_at)
         values ($1, $2, $3, $4, $5, $6, 'running', 0, $7, 0, '[]', $8)",
        job.job_id,
        job.account,
        job.brand,
        job.format.as_str(),
        job.content,
        job.first_line,
        job.total,
        now,
    );
    written.execute(conn).await?;
    Ok(())
}

/// Takes the oldest job that nobody works on, until `until`; the lease of a worker that died runs out.
pub async fn lease(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<WorkRow>, sqlx::Error> {
    let row = sqlx::query!(
        r#"update passport.import_jobs
              set leased_until = $2
            where job_id = (select job_id
                              from passport.import_jobs
                             where state <> 'done' and (leased_until is null or leased_until < $1)
                             order by job_id
                             limit 1
                               for update skip locked)
        returning job_id, brand_id, format, content as "content!", first_line, handled, refused,
                  errors as "errors: Json<Vec<shared_contracts::job::LineError>>""#,
        now,
        until,
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map(|row| WorkRow {
        job_id: row.job_id,
        brand_id: row.brand_id,
        format: Format::of(&row.format),
        content: row.content,
        first_line: row.first_line,
        progress: Progress { handled: row.handled, refused: row.refused, errors: row.errors.0 },
    }))
}

/// Writes how far a job is, with what was done, and keeps the lease. False when the job is gone, or is
/// not where the worker left it: then the transaction is not to be committed.
pub async fn progress(
    conn: &mut PgConnection,
    job_id: Uuid,
    handled_before: i32,
    progress: &Progress,
    until: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "update passport.import_jobs
            set handled = $3, refused = $4, errors = $5, leased_until = $6
          where job_id = $1 and handled = $2 and state <> 'done'",
        job_id,
        handled_before,
        progress.handled,
        progress.refused,
        Json(&progress.errors) as _,
        until,
    );
    Ok(written.execute(conn).await?.rows_affected() == 1)
}

/// Ends a job, and forgets its content.
pub async fn finish(conn: &mut PgConnection, job_id: Uuid, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let finished = sqlx::query!(
        "update passport.import_jobs
            set state = 'done', content = null, leased_until = null, finished_at = $2
          where job_id = $1",
        job_id,
        now,
    );
    finished.execute(conn).await?;
    Ok(())
}

/// The account's job of this id; somebody else's is none.
pub async fn find(
    conn: &mut PgConnection,
    account: Uuid,
    job_id: Uuid,
) -> Result<Option<JobRow>, sqlx::Error> {
    sqlx::query_as!(
        JobRow,
        r#"select state = 'done' as "is_done!", handled, total, errors
             from passport.import_jobs
            where account_id = $1 and job_id = $2"#,
        account,
        job_id,
    )
    .fetch_optional(conn)
    .await
}

/// Forgets jobs that ended before a time.
pub async fn forget_old(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    let forgotten = sqlx::query!("delete from passport.import_jobs where finished_at < $1", before);
    forgotten.execute(conn).await?;
    Ok(())
}

/// Deletes every job that an account began.
pub async fn erase(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    let erased = sqlx::query!("delete from passport.import_jobs where account_id = $1", account);
    erased.execute(conn).await?;
    Ok(())
}
