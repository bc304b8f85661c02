//! SQL of `identity.consents`: written and read, never changed.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::erasure::Subject;

/// A decision.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ConsentRow {
    /// Its place in the history.
    #[serde(skip)]
    pub position: i64,
    /// To what.
    pub purpose: String,
    /// Given, or withdrawn.
    pub granted: bool,
    /// The text that the person saw.
    pub policy_version: String,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// `(account, visitor)`, one of them present.
fn ids(subject: Subject) -> (Option<Uuid>, Option<Uuid>) {
    match subject {
        Subject::Account(id) => (Some(id), None),
        Subject::Visitor(id) => (None, Some(id)),
    }
}

/// Makes decisions of one person about one purpose wait for each other until the transaction ends.
pub async fn take_turn(conn: &mut PgConnection, subject: Subject, purpose: &str) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('identity.consents/' || $1::uuid::text || $2, 0))",
        subject.id(),
        purpose,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Writes a decision.
pub async fn insert(
    conn: &mut PgConnection,
    subject: Subject,
    purpose: &str,
    granted: bool,
    policy_version: &str,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let (account, visitor) = ids(subject);
    sqlx::query!(
        "insert into identity.consents (account_id, visitor_id, purpose, granted, policy_version, changed_at)
         values ($1, $2, $3, $4, $5, $6)",
        account,
        visitor,
        purpose,
        granted,
        policy_version,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The decision that holds, for each purpose that was decided.
pub async fn current(conn: &mut PgConnection, subject: Subject) -> Result<Vec<ConsentRow>, sqlx::Error> {
    let (account, visitor) = ids(subject);
    sqlx::query_as!(
        ConsentRow,
        "select distinct on (purpose) position, purpose, granted, policy_version, changed_at
           from identity.consents
          where account_id = $1 or visitor_id = $2
          order by purpose, position desc",
        account,
        visitor,
    )
    .fetch_all(conn)
    .await
}

/// Decisions, newest first, older than `after`.
pub async fn history(
    conn: &mut PgConnection,
    subject: Subject,
    after: Option<i64>,
    rows: i64,
) -> Result<Vec<ConsentRow>, sqlx::Error> {
    let (account, visitor) = ids(subject);
    sqlx::query_as!(
        ConsentRow,
        "select position, purpose, granted, policy_version, changed_at
           from identity.consents
          where (account_id = $1 or visitor_id = $2) and ($3::bigint is null or position < $3)
          order by position desc
          limit $4",
        account,
        visitor,
        after,
        rows,
    )
    .fetch_all(conn)
    .await
}

/// Turns the decisions of a person into proofs under a pseudonym, through the one routine that may.
pub async fn erase(
    conn: &mut PgConnection,
    account: Uuid,
    visitors: &[Uuid],
    pseudonym: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!("select identity.erase_consents($1, $2, $3)", account, visitors, pseudonym)
        .execute(conn)
        .await?;
    Ok(())
}
