//! SQL of `fridge.notices`.

use chrono::{DateTime, Utc};
use shared_contracts::fridge::{DateState, Notice};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{name_of, named};
use crate::domain::{item::Item, recall::Recall};

struct Row {
    notice_id: Uuid,
    kind: String,
    item_id: Option<Uuid>,
    name: Option<String>,
    state: Option<String>,
    recall_id: Option<Uuid>,
    reason: Option<String>,
    created_at: DateTime<Utc>,
}

/// Tells somebody of a recall. False when they have heard of it before.
pub async fn recall(
    conn: &mut PgConnection,
    notice_id: Uuid,
    account: Uuid,
    recall: &Recall,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let told = sqlx::query!(
        "insert into fridge.notices (notice_id, account_id, kind, recall_id, reason, created_at)
         values ($1, $2, 'recall', $3, $4, $5)
         on conflict on constraint notices_recall_once do nothing",
        notice_id,
        account,
        recall.recall_id,
        recall.reason,
        now,
    )
    .execute(conn)
    .await?;
    Ok(told.rows_affected() == 1)
}

/// Tells somebody of a date. False when they have heard of it before.
pub async fn expiry(
    conn: &mut PgConnection,
    notice_id: Uuid,
    account: Uuid,
    item: &Item,
    state: DateState,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let told = sqlx::query!(
        "insert into fridge.notices (notice_id, account_id, kind, item_id, name, state, expires_on, created_at)
         values ($1, $2, 'expiry', $3, $4, $5, $6, $7)
         on conflict on constraint notices_expiry_once do nothing",
        notice_id,
        account,
        item.item_id,
        item.added.name,
        name_of(&state)?,
        item.dates.expires_on(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(told.rows_affected() == 1)
}

/// What somebody was told, the newest first, older than `after`.
pub async fn list(
    conn: &mut PgConnection,
    account: Uuid,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<Notice>, sqlx::Error> {
    let rows = sqlx::query_as!(
        Row,
        "select notice_id, kind, item_id, name, state, recall_id, reason, created_at
           from fridge.notices
          where account_id = $1 and ($2::uuid is null or notice_id < $2)
          order by notice_id desc
          limit $3",
        account,
        after,
        rows,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter().map(Row::notice).collect()
}

impl Row {
    fn notice(self) -> Result<Notice, sqlx::Error> {
        Ok(Notice {
            notice_id: self.notice_id,
            kind: named(&self.kind)?,
            item_id: self.item_id,
            name: self.name,
            state: self.state.as_deref().map(named).transpose()?,
            recall_id: self.recall_id,
            reason: self.reason,
            created_at: self.created_at,
        })
    }
}
