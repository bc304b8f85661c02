//! SQL of `identity.erasures`, `identity.erasure_confirmations` and `identity.revocations`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{consents, people};

/// An erasure.
#[derive(Clone, Debug)]
pub struct ErasureRow {
    /// Id.
    pub erasure_id: Uuid,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When the last one had confirmed.
    pub completed_at: Option<DateTime<Utc>>,
}

/// One who confirms.
#[derive(Clone, Debug)]
pub struct ConfirmationRow {
    /// A service, or `keycloak`.
    pub service: String,
    /// When it confirmed.
    pub completed_at: Option<DateTime<Utc>>,
}

/// Whose data goes, and what stands for them afterwards.
pub struct Erasing<'e> {
    /// The erasure's id.
    pub erasure: Uuid,
    /// The account, or the visitor without one.
    pub person: Uuid,
    /// The person's browsers.
    pub visitors: &'e [Uuid],
    /// What a proof of consent knows the person by.
    pub pseudonym: &'e [u8],
    /// Who has to confirm it.
    pub confirmers: &'e [String],
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

/// Takes a person out of this schema, and begins the erasure that the others confirm.
pub async fn carry_out(conn: &mut PgConnection, erasing: &Erasing<'_>) -> Result<(), sqlx::Error> {
    let Erasing { erasure, person, visitors, pseudonym, confirmers, at } = *erasing;
    consents::erase(conn, person, visitors, pseudonym).await?;
    people::delete(conn, person, visitors).await?;
    people::delete_answers(conn, person, visitors).await?;
    begin(conn, erasure, person, confirmers, at).await
}

/// Begins an erasure.
pub async fn begin(
    conn: &mut PgConnection,
    erasure: Uuid,
    account: Uuid,
    confirmers: &[String],
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.erasures (erasure_id, account_id, requested_at) values ($1, $2, $3)",
        erasure,
        account,
        now,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!(
        "insert into identity.erasure_confirmations (erasure_id, service) select $1, unnest($2::text[])",
        erasure,
        confirmers,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The erasure of an account that is still going on.
pub async fn of(conn: &mut PgConnection, account: Uuid) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!("select erasure_id from identity.erasures where account_id = $1", account)
        .fetch_optional(conn)
        .await
}

/// The erasure of this id.
pub async fn find(conn: &mut PgConnection, erasure: Uuid) -> Result<Option<ErasureRow>, sqlx::Error> {
    sqlx::query_as!(
        ErasureRow,
        "select erasure_id, requested_at, completed_at from identity.erasures where erasure_id = $1",
        erasure,
    )
    .fetch_optional(conn)
    .await
}

/// Who confirms it.
pub async fn confirmations(
    conn: &mut PgConnection,
    erasure: Uuid,
) -> Result<Vec<ConfirmationRow>, sqlx::Error> {
    sqlx::query_as!(
        ConfirmationRow,
        "select service, completed_at from identity.erasure_confirmations where erasure_id = $1 order by service",
        erasure,
    )
    .fetch_all(conn)
    .await
}

/// Notes that somebody has confirmed the erasure of an account; who did before is not asked again.
pub async fn confirm(
    conn: &mut PgConnection,
    account: Uuid,
    service: &str,
    at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.erasure_confirmations c
            set completed_at = $3
           from identity.erasures e
          where e.erasure_id = c.erasure_id and e.account_id = $1 and c.service = $2 and c.completed_at is null",
        account,
        service,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Completes the erasure of an account, and forgets whose it was, once everybody has confirmed. True when
/// this completed it.
pub async fn complete(
    conn: &mut PgConnection,
    account: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let completed = sqlx::query!(
        "update identity.erasures e
            set completed_at = $2, account_id = null
          where e.account_id = $1
            and not exists (select from identity.erasure_confirmations c
                             where c.erasure_id = e.erasure_id and c.completed_at is null)",
        account,
        now,
    )
    .execute(conn)
    .await?;
    Ok(completed.rows_affected() == 1)
}

/// Makes confirmations of one erasure wait for each other until the transaction ends, so that the
/// last one sees all.
pub async fn take_turn(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("select erasure_id from identity.erasures where account_id = $1 for update", account)
        .fetch_optional(conn)
        .await?;
    Ok(())
}

/// Accounts whose Keycloak user is still to go.
pub async fn waiting_for(
    conn: &mut PgConnection,
    service: &str,
    limit: i64,
) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select e.account_id as "account_id!"
             from identity.erasures e
             join identity.erasure_confirmations c using (erasure_id)
            where c.service = $1 and c.completed_at is null and e.account_id is not null
            order by e.requested_at
            limit $2"#,
        service,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Makes every token of an account void.
pub async fn revoke(conn: &mut PgConnection, digest: &[u8], now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.revocations (account_digest, revoked_at) values ($1, $2)
         on conflict on constraint revocations_pkey do nothing",
        digest,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Accounts whose tokens became void since a moment.
pub async fn revoked_since(
    conn: &mut PgConnection,
    since: DateTime<Utc>,
) -> Result<Vec<Vec<u8>>, sqlx::Error> {
    sqlx::query_scalar!("select account_digest from identity.revocations where revoked_at >= $1", since)
        .fetch_all(conn)
        .await
}

/// Forgets revocations that no living token needs.
pub async fn forget_revocations(conn: &mut PgConnection, before: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from identity.revocations where revoked_at < $1", before).execute(conn).await?;
    Ok(())
}
