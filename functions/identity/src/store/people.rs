//! SQL that takes a person out of every table but the consents, which have their own routine.

use sqlx::PgConnection;
use uuid::Uuid;

/// Deletes everything of an account and its visitors. Who holds the lock of the account sees to it
/// that nobody writes more.
pub async fn delete(conn: &mut PgConnection, account: Uuid, visitors: &[Uuid]) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from identity.visitor_links where account_id = $1 or visitor_id = any($2)",
        account,
        visitors,
    )
    .execute(&mut *conn)
    .await?;
    sqlx::query!("delete from identity.brand_users where account_id = $1", account)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from identity.exports where account_id = $1", account).execute(&mut *conn).await?;
    sqlx::query!("update identity.registrations set visitor_id = null where visitor_id = any($1)", visitors,)
        .execute(&mut *conn)
        .await?;
    sqlx::query!("delete from identity.accounts where account_id = $1", account).execute(conn).await?;
    Ok(())
}

/// Deletes the kept answers of a person, and those that name the person.
pub async fn delete_answers(
    conn: &mut PgConnection,
    account: Uuid,
    visitors: &[Uuid],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from identity.idempotency_keys
          where caller = 'account:' || $1::uuid::text
             or caller in (select 'visitor:' || visitor from unnest($2::uuid[]) as visitor)
             or body ->> 'account_id' = $1::uuid::text",
        account,
        visitors,
    )
    .execute(conn)
    .await?;
    Ok(())
}
