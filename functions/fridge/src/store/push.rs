//! SQL of `fridge.push_subscriptions` and `fridge.pushes`.

use chrono::{DateTime, TimeDelta, Utc};
use shared_contracts::fridge::{NoticeKind, PushKeys, PushRequest, PushSubscription};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{name_of, named};

/// A message that goes out now.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its id.
    pub push_id: i64,
    /// Where to.
    pub endpoint: String,
    /// What it is sealed with.
    pub keys: PushKeys,
    /// What it says.
    pub kind: NoticeKind,
    /// How often it was tried, this time included.
    pub attempts: i32,
}

/// Keeps a browser; one that somebody else had is this person's now.
pub async fn subscribe(
    conn: &mut PgConnection,
    account: Uuid,
    request: &PushRequest,
    now: DateTime<Utc>,
) -> Result<PushSubscription, sqlx::Error> {
    sqlx::query_as!(
        PushSubscription,
        "insert into fridge.push_subscriptions (endpoint, account_id, p256dh, auth, created_at)
         values ($1, $2, $3, $4, $5)
         on conflict on constraint push_subscriptions_pkey do update
            set account_id = excluded.account_id, p256dh = excluded.p256dh, auth = excluded.auth
         returning endpoint, created_at",
        request.endpoint,
        account,
        request.keys.p256dh,
        request.keys.auth,
        now,
    )
    .fetch_one(conn)
    .await
}

/// A person's browsers.
pub async fn list(conn: &mut PgConnection, account: Uuid) -> Result<Vec<PushSubscription>, sqlx::Error> {
    sqlx::query_as!(
        PushSubscription,
        "select endpoint, created_at from fridge.push_subscriptions where account_id = $1 order by created_at",
        account,
    )
    .fetch_all(conn)
    .await
}

/// Forgets one of a person's browsers, or all.
pub async fn unsubscribe(
    conn: &mut PgConnection,
    account: Uuid,
    endpoint: Option<&str>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from fridge.push_subscriptions where account_id = $1 and ($2::text is null or endpoint = $2)",
        account,
        endpoint,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Puts a message for each of a person's browsers on its way.
pub async fn queue(
    conn: &mut PgConnection,
    account: Uuid,
    kind: NoticeKind,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into fridge.pushes (endpoint, kind, not_before)
         select endpoint, $2, $3 from fridge.push_subscriptions where account_id = $1",
        account,
        name_of(&kind)?,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes messages that are due; they come again after `pause` unless they are removed.
pub async fn take(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    pause: TimeDelta,
    limit: i64,
) -> Result<Vec<Waiting>, sqlx::Error> {
    let rows = sqlx::query!(
        "update fridge.pushes p
            set attempts = attempts + 1, not_before = $2
           from fridge.push_subscriptions s
          where s.endpoint = p.endpoint
            and p.push_id in (select push_id from fridge.pushes where not_before <= $1
                               order by push_id limit $3 for update skip locked)
         returning p.push_id, p.endpoint, s.p256dh, s.auth, p.kind, p.attempts",
        now,
        now + pause,
        limit,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Waiting {
                push_id: row.push_id,
                endpoint: row.endpoint,
                keys: PushKeys { p256dh: row.p256dh, auth: row.auth },
                kind: named(&row.kind)?,
                attempts: row.attempts,
            })
        })
        .collect()
}

/// A message is done with.
pub async fn remove(conn: &mut PgConnection, push_id: i64) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from fridge.pushes where push_id = $1", push_id).execute(conn).await?;
    Ok(())
}

/// The push service does not know the browser any more.
pub async fn forget(conn: &mut PgConnection, endpoint: &str) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from fridge.push_subscriptions where endpoint = $1", endpoint).execute(conn).await?;
    Ok(())
}
