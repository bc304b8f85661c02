//! SQL of `identity.visitor_links`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// What became of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// The visitor is this account since now.
    Now,
    /// It was before.
    Before,
    /// It is another account.
    ToAnother,
}

/// A browser that turned out to be an account.
#[derive(Clone, Debug, serde::Serialize)]
pub struct LinkRow {
    /// The visitor.
    pub visitor_id: Uuid,
    /// Since when.
    pub linked_at: DateTime<Utc>,
}

/// Links a visitor to an account, unless it is linked.
pub async fn link(
    conn: &mut PgConnection,
    account: Uuid,
    visitor: Uuid,
    now: DateTime<Utc>,
) -> Result<Linked, sqlx::Error> {
    let made = sqlx::query!(
        "insert into identity.visitor_links (visitor_id, account_id, linked_at)
         values ($1, $2, $3)
         on conflict on constraint visitor_links_pkey do nothing",
        visitor,
        account,
        now,
    )
    .execute(&mut *conn)
    .await?;
    if made.rows_affected() == 1 {
        return Ok(Linked::Now);
    }
    let owner = owner(conn, visitor).await?;
    Ok(if owner == Some(account) { Linked::Before } else { Linked::ToAnother })
}

/// Whose the visitor is.
pub async fn owner(conn: &mut PgConnection, visitor: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select account_id from identity.visitor_links where visitor_id = $1", visitor)
        .fetch_optional(conn)
        .await
}

/// All browsers of an account.
pub async fn of(conn: &mut PgConnection, account: Uuid) -> Result<Vec<LinkRow>, sqlx::Error> {
    sqlx::query_as!(
        LinkRow,
        "select visitor_id, linked_at from identity.visitor_links where account_id = $1 order by linked_at",
        account,
    )
    .fetch_all(conn)
    .await
}
