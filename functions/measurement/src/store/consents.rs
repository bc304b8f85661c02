//! SQL of `measurement.consents`.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use sqlx::PgConnection;

use crate::domain::{
    consent::{Consents, Decision},
    pseudonym::Pseudonym,
};

/// A decision of somebody, as their export has it.
#[derive(Debug)]
pub struct Held {
    /// Given, or withdrawn.
    pub granted: bool,
    /// When.
    pub changed_at: DateTime<Utc>,
}

/// Writes a decision, once; none of somebody who was erased.
pub async fn insert(
    conn: &mut PgConnection,
    decision: &Decision,
    received_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into measurement.consents (event_id, subject, granted, changed_at, received_at)
         select $1, $2, $3, $4, $5
          where not exists (select from measurement.tombstones where subject = $2)
             on conflict on constraint consents_pkey do nothing",
        decision.event_id,
        &decision.subject.0[..],
        decision.granted,
        decision.at,
        received_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Who consents, and since when, as it was known at a close.
pub async fn standing(conn: &mut PgConnection, close: DateTime<Utc>) -> Result<Consents, sqlx::Error> {
    let mut decisions = Vec::new();
    let mut rows = sqlx::query!(
        "select event_id, subject, granted, changed_at from measurement.consents where received_at < $1",
        close,
    )
    .fetch(conn);
    while let Some(row) = rows.try_next().await? {
        if let Some(subject) = Pseudonym::read(&row.subject) {
            decisions.push(Decision {
                event_id: row.event_id,
                subject,
                granted: row.granted,
                at: row.changed_at,
            });
        }
    }
    Ok(Consents::of(decisions))
}

/// The decisions of somebody.
pub async fn of_subjects(conn: &mut PgConnection, subjects: &[Vec<u8>]) -> Result<Vec<Held>, sqlx::Error> {
    sqlx::query_as!(
        Held,
        "select granted, changed_at from measurement.consents where subject = any($1) order by changed_at",
        subjects,
    )
    .fetch_all(conn)
    .await
}

/// Forgets decisions that others have replaced, and those of visitors whose cookie is gone by now.
pub async fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from measurement.consents as old
          where old.changed_at < $1::timestamptz - interval '13 months'
            and exists (
                select from measurement.consents as newer
                 where newer.subject = old.subject and newer.changed_at > old.changed_at
                   and newer.granted = old.granted)",
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
