//! SQL of `identity.accounts`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::account;

/// An account.
#[derive(Clone, Debug)]
pub struct AccountRow {
    /// Id.
    pub account_id: Uuid,
    /// How the person likes to be called.
    pub display_name: Option<String>,
    /// BCP 47.
    pub language: String,
    /// IANA.
    pub time_zone: String,
    /// `metric` or `imperial`.
    pub units: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
}

impl AccountRow {
    /// The account of somebody of whom nothing is known yet.
    pub fn plain(account_id: Uuid, now: DateTime<Utc>) -> Self {
        Self {
            account_id,
            display_name: None,
            language: account::DEFAULT_LANGUAGE.to_owned(),
            time_zone: account::DEFAULT_TIME_ZONE.to_owned(),
            units: account::DEFAULT_UNITS.to_owned(),
            created_at: now,
        }
    }
}

/// Writes an account. False when it is there already.
pub async fn insert(conn: &mut PgConnection, account: &AccountRow) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "insert into identity.accounts (account_id, display_name, language, time_zone, units, created_at)
         values ($1, $2, $3, $4, $5, $6)
         on conflict on constraint accounts_pkey do nothing",
        account.account_id,
        account.display_name,
        account.language,
        account.time_zone,
        account.units,
        account.created_at,
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// The account of this id.
pub async fn find(conn: &mut PgConnection, account: Uuid) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "select account_id, display_name, language, time_zone, units, created_at
           from identity.accounts
          where account_id = $1",
        account,
    )
    .fetch_optional(conn)
    .await
}

/// The same, so that nobody writes anything about it until the transaction ends.
pub async fn lock(conn: &mut PgConnection, account: Uuid) -> Result<Option<AccountRow>, sqlx::Error> {
    sqlx::query_as!(
        AccountRow,
        "select account_id, display_name, language, time_zone, units, created_at
           from identity.accounts
          where account_id = $1
            for update",
        account,
    )
    .fetch_optional(conn)
    .await
}

/// Writes what an account says of its person.
pub async fn update(conn: &mut PgConnection, account: &AccountRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.accounts
            set display_name = $2, language = $3, time_zone = $4, units = $5
          where account_id = $1",
        account.account_id,
        account.display_name,
        account.language,
        account.time_zone,
        account.units,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of these ids are accounts.
pub async fn among(conn: &mut PgConnection, ids: &[Uuid]) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select account_id from identity.accounts where account_id = any($1)", ids)
        .fetch_all(conn)
        .await
}
