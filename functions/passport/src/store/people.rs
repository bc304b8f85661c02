//! SQL of `passport.visitor_links` and `passport.erased_accounts`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::scan::{Owner, Whose, id_hash};

/// A visitor of an account.
#[derive(Debug)]
pub struct LinkRow {
    /// The visitor.
    pub visitor_id: Uuid,
    /// Since when it is the account's.
    pub linked_at: DateTime<Utc>,
}

/// Whose a scan is that somebody makes now.
pub async fn whose(conn: &mut PgConnection, owner: Owner) -> Result<Whose, sqlx::Error> {
    match owner {
        Owner::Visitor(visitor) => {
            let account = account_of(conn, visitor).await?;
            Ok(Whose::Theirs(account.map_or(owner, Owner::Account)))
        }
        Owner::Account(account) if is_erased(conn, account).await? => Ok(Whose::Nobodys),
        Owner::Account(_) => Ok(Whose::Theirs(owner)),
    }
}

async fn account_of(conn: &mut PgConnection, visitor: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select account_id from passport.visitor_links where visitor_id = $1", visitor)
        .fetch_optional(conn)
        .await
}

/// Whether an account was erased.
pub async fn is_erased(conn: &mut PgConnection, account: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select exists (select from passport.erased_accounts where id_hash = $1) as "erased!""#,
        &id_hash(account)[..],
    )
    .fetch_one(conn)
    .await
}

/// Notes that a visitor is an account. A visitor never moves: false when it is another one.
pub async fn link(
    conn: &mut PgConnection,
    visitor: Uuid,
    account: Uuid,
    at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query!(
        "insert into passport.visitor_links (visitor_id, account_id, linked_at)
         values ($1, $2, $3)
         on conflict on constraint visitor_links_pkey do nothing",
        visitor,
        account,
        at,
    );
    Ok(noted.execute(conn).await?.rows_affected() == 1)
}

/// The visitors of an account.
pub async fn visitors(conn: &mut PgConnection, account: Uuid) -> Result<Vec<LinkRow>, sqlx::Error> {
    sqlx::query_as!(
        LinkRow,
        "select visitor_id, linked_at from passport.visitor_links where account_id = $1 order by linked_at",
        account,
    )
    .fetch_all(conn)
    .await
}

/// Forgets whose these visitors are, and who the account's visitors are.
pub async fn unlink(conn: &mut PgConnection, account: Uuid, visitors: &[Uuid]) -> Result<(), sqlx::Error> {
    let forgotten = sqlx::query!(
        "delete from passport.visitor_links where account_id = $1 or visitor_id = any ($2)",
        account,
        visitors,
    );
    forgotten.execute(conn).await?;
    Ok(())
}

/// Notes that an account is gone, so that nothing that still arrives brings it back.
pub async fn note_erased(
    conn: &mut PgConnection,
    account: Uuid,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let noted = sqlx::query!(
        "insert into passport.erased_accounts (id_hash, erased_at)
         values ($1, $2)
         on conflict on constraint erased_accounts_pkey do nothing",
        &id_hash(account)[..],
        at,
    );
    noted.execute(conn).await?;
    Ok(())
}
