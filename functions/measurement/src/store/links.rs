//! SQL of `measurement.links`.

use chrono::{DateTime, Utc};
use futures::TryStreamExt;
use sqlx::PgConnection;

use crate::domain::{people::People, pseudonym::Pseudonym};

/// That a visitor is an account.
#[derive(Clone, Debug)]
pub struct Link {
    /// The browser.
    pub visitor: Pseudonym,
    /// Whose it is.
    pub account: Pseudonym,
    /// When, by identity's clock.
    pub at: DateTime<Utc>,
}

/// Writes a link, once; none of somebody who was erased.
pub async fn insert(
    conn: &mut PgConnection,
    link: &Link,
    received_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into measurement.links (visitor, account, linked_at, received_at)
         select $1, $2, $3, $4
          where not exists (select from measurement.tombstones where subject in ($1, $2))
             on conflict on constraint links_pkey do nothing",
        &link.visitor.0[..],
        &link.account.0[..],
        link.at,
        received_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Who is one person, as it was known at a close.
pub async fn people(conn: &mut PgConnection, close: DateTime<Utc>) -> Result<People, sqlx::Error> {
    let mut people = People::default();
    let mut rows =
        sqlx::query!("select visitor, account from measurement.links where received_at < $1", close)
            .fetch(conn);
    while let Some(row) = rows.try_next().await? {
        if let (Some(visitor), Some(account)) = (Pseudonym::read(&row.visitor), Pseudonym::read(&row.account))
        {
            people.link(visitor, account);
        }
    }
    Ok(people)
}

/// The visitors of an account, with the moments at which they were linked.
pub async fn of_account(
    conn: &mut PgConnection,
    account: Pseudonym,
) -> Result<Vec<(Vec<u8>, DateTime<Utc>)>, sqlx::Error> {
    let rows = sqlx::query!(
        "select visitor, linked_at from measurement.links where account = $1 order by linked_at",
        &account.0[..],
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.visitor, row.linked_at)).collect())
}

/// Forgets links of visitors whose cookie is gone by now.
pub async fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from measurement.links where linked_at < $1::timestamptz - interval '13 months'",
        now
    )
    .execute(conn)
    .await?;
    Ok(())
}
