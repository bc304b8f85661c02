//! SQL of `personalization.profiles`, with the version that is current.

use chrono::{DateTime, Utc};
use service_chassis::sealed::Sealed;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::profile::{Label, Seat};

/// A profile as it is kept: sealed.
#[derive(Debug)]
pub struct ProfileRow {
    /// Whose.
    pub account_id: Uuid,
    /// Which.
    pub profile_id: Uuid,
    /// Its current version.
    pub version: i64,
    /// When that was stored.
    pub stored_at: DateTime<Utc>,
    /// Key of the ring.
    pub key_id: String,
    /// Data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// The document.
    pub ciphertext: Vec<u8>,
}

impl ProfileRow {
    /// What authenticates the document.
    pub fn label(&self) -> Label {
        Label { account: self.account_id, profile: self.profile_id, version: self.version }
    }

    /// The document.
    pub fn sealed(self) -> Sealed {
        Sealed { key_id: self.key_id, wrapped_key: self.wrapped_key, ciphertext: self.ciphertext }
    }
}

/// Makes all that changes an account's profiles wait for each other until the transaction ends:
/// what is stored, and what erases.
pub async fn take_turn(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "select pg_advisory_xact_lock(hashtextextended('personalization.profiles/' || $1::uuid::text, 0))",
        account
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The account's own profile.
pub async fn find_first(conn: &mut PgConnection, account: Uuid) -> Result<Option<ProfileRow>, sqlx::Error> {
    sqlx::query_as!(
        ProfileRow,
        "select p.account_id, p.profile_id, p.version, v.stored_at, v.key_id, v.wrapped_key, v.ciphertext
           from personalization.profiles p
           join personalization.profile_versions v using (profile_id, version)
          where p.account_id = $1 and p.is_first",
        account,
    )
    .fetch_optional(conn)
    .await
}

/// A profile of a further member of the account's household.
pub async fn find_member(
    conn: &mut PgConnection,
    account: Uuid,
    profile: Uuid,
) -> Result<Option<ProfileRow>, sqlx::Error> {
    sqlx::query_as!(
        ProfileRow,
        "select p.account_id, p.profile_id, p.version, v.stored_at, v.key_id, v.wrapped_key, v.ciphertext
           from personalization.profiles p
           join personalization.profile_versions v using (profile_id, version)
          where p.account_id = $1 and p.profile_id = $2 and not p.is_first",
        account,
        profile,
    )
    .fetch_optional(conn)
    .await
}

/// Profiles of further members of the household, newest first, older than `after`.
pub async fn list_members(
    conn: &mut PgConnection,
    account: Uuid,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<ProfileRow>, sqlx::Error> {
    sqlx::query_as!(
        ProfileRow,
        "select p.account_id, p.profile_id, p.version, v.stored_at, v.key_id, v.wrapped_key, v.ciphertext
           from personalization.profiles p
           join personalization.profile_versions v using (profile_id, version)
          where p.account_id = $1 and not p.is_first and ($2::uuid is null or p.profile_id < $2)
          order by p.profile_id desc
          limit $3",
        account,
        after,
        rows,
    )
    .fetch_all(conn)
    .await
}

/// All profiles of the household: the account's own, then the others, oldest first.
pub async fn household(conn: &mut PgConnection, account: Uuid) -> Result<Vec<ProfileRow>, sqlx::Error> {
    sqlx::query_as!(
        ProfileRow,
        "select p.account_id, p.profile_id, p.version, v.stored_at, v.key_id, v.wrapped_key, v.ciphertext
           from personalization.profiles p
           join personalization.profile_versions v using (profile_id, version)
          where p.account_id = $1
          order by p.is_first desc, p.profile_id",
        account,
    )
    .fetch_all(conn)
    .await
}

/// How many further members the household has.
pub async fn count_members(conn: &mut PgConnection, account: Uuid) -> Result<i64, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from personalization.profiles where account_id = $1 and not is_first"#,
        account,
    )
    .fetch_one(conn)
    .await
}

/// A new profile, its first version.
pub async fn insert(
    conn: &mut PgConnection,
    account: Uuid,
    profile: Uuid,
    seat: Seat,
    consented_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into personalization.profiles (account_id, profile_id, is_first, version, consented_at)
         values ($1, $2, $3, 1, $4)",
        account,
        profile,
        seat == Seat::First,
        consented_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The next version of a profile.
pub async fn advance(
    conn: &mut PgConnection,
    account: Uuid,
    profile: Uuid,
    version: i64,
    consented_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update personalization.profiles set version = $3, consented_at = $4
          where account_id = $1 and profile_id = $2",
        account,
        profile,
        version,
        consented_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Erases a profile with all its versions.
pub async fn erase(conn: &mut PgConnection, account: Uuid, profile: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from personalization.profiles where account_id = $1 and profile_id = $2",
        account,
        profile,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Erases every profile of an account.
pub async fn erase_all(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from personalization.profiles where account_id = $1", account).execute(conn).await?;
    Ok(())
}

/// Erases the profiles of an account that no consent younger than this moment stands behind.
pub async fn erase_consented_until(
    conn: &mut PgConnection,
    account: Uuid,
    withdrawn_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from personalization.profiles where account_id = $1 and consented_at <= $2",
        account,
        withdrawn_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
