//! SQL of `fridge.household_members` and `fridge.invitations`.

use chrono::{DateTime, Utc};
use shared_contracts::fridge::{Invitation, Member, Role};
use sqlx::PgConnection;
use uuid::Uuid;

use super::named;
use crate::domain::access::Access;

/// What an account may look into and change.
pub async fn access(conn: &mut PgConnection, account: Uuid) -> Result<Access, sqlx::Error> {
    let row =
        sqlx::query!("select owner_id, role from fridge.household_members where account_id = $1", account,)
            .fetch_optional(conn)
            .await?;
    let shared = row.map(|row| Ok::<_, sqlx::Error>((row.owner_id, named(&row.role)?))).transpose()?;
    Ok(Access { account, shared })
}

/// Who shares a fridge, but its owner.
pub async fn members(conn: &mut PgConnection, owner: Uuid) -> Result<Vec<Member>, sqlx::Error> {
    let rows = sqlx::query!(
        "select account_id, role, joined_at from fridge.household_members where owner_id = $1
          order by joined_at, account_id",
        owner,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Member { account_id: row.account_id, role: named(&row.role)?, joined_at: row.joined_at })
        })
        .collect()
}

/// Lets an account into a fridge. False when it shares one already.
pub async fn join(
    conn: &mut PgConnection,
    account: Uuid,
    owner: Uuid,
    role: Role,
    now: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let joined = sqlx::query!(
        "insert into fridge.household_members (account_id, owner_id, role, joined_at) values ($1, $2, $3, $4)
         on conflict on constraint household_members_pkey do nothing",
        account,
        owner,
        role.as_str(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(joined.rows_affected() == 1)
}

/// An account leaves, or a whole household ends.
pub async fn leave(conn: &mut PgConnection, account: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "with uninvited as (delete from fridge.invitations where owner_id = $1)
         delete from fridge.household_members where account_id = $1 or owner_id = $1",
        account,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// An owner shuts a member out. False when there is no such member.
pub async fn remove(conn: &mut PgConnection, owner: Uuid, account: Uuid) -> Result<bool, sqlx::Error> {
    let removed = sqlx::query!(
        "delete from fridge.household_members where owner_id = $1 and account_id = $2",
        owner,
        account,
    )
    .execute(conn)
    .await?;
    Ok(removed.rows_affected() == 1)
}

/// Keeps an invitation.
pub async fn invite(
    conn: &mut PgConnection,
    owner: Uuid,
    invitation: &Invitation,
    code_hash: &[u8],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into fridge.invitations (invitation_id, owner_id, role, code_hash, expires_at)
         values ($1, $2, $3, $4, $5)",
        invitation.invitation_id,
        owner,
        invitation.role.as_str(),
        code_hash,
        invitation.expires_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Open invitations of an owner.
pub async fn invitations(
    conn: &mut PgConnection,
    owner: Uuid,
    now: DateTime<Utc>,
) -> Result<Vec<Invitation>, sqlx::Error> {
    let rows = sqlx::query!(
        "select invitation_id, role, expires_at from fridge.invitations
          where owner_id = $1 and expires_at > $2 order by invitation_id",
        owner,
        now,
    )
    .fetch_all(conn)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(Invitation {
                invitation_id: row.invitation_id,
                role: named(&row.role)?,
                expires_at: row.expires_at,
            })
        })
        .collect()
}

/// Takes an open invitation by its code: whose fridge, and in what role. It works once.
pub async fn accept(
    conn: &mut PgConnection,
    code_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Option<(Uuid, Role)>, sqlx::Error> {
    let row = sqlx::query!(
        "delete from fridge.invitations where code_hash = $1 and expires_at > $2 returning owner_id, role",
        code_hash,
        now,
    )
    .fetch_optional(conn)
    .await?;
    row.map(|row| Ok((row.owner_id, named(&row.role)?))).transpose()
}

/// An owner takes an invitation back. False when there is none.
pub async fn withdraw(
    conn: &mut PgConnection,
    owner: Uuid,
    invitation_id: Uuid,
) -> Result<bool, sqlx::Error> {
    let withdrawn = sqlx::query!(
        "delete from fridge.invitations where owner_id = $1 and invitation_id = $2",
        owner,
        invitation_id,
    )
    .execute(conn)
    .await?;
    Ok(withdrawn.rows_affected() == 1)
}

/// Forgets invitations that nobody accepted in time.
pub async fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from fridge.invitations where expires_at <= $1", now).execute(conn).await?;
    Ok(())
}
