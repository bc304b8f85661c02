//! SQL of `fridge.people`: time zones and languages; and who must not be written for any more.

use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

/// What Identity last said of a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// IANA name.
    pub time_zone: String,
    /// BCP 47.
    pub language: String,
}

/// Somebody whose fridge the hourly check looks into.
#[derive(Clone, Debug)]
pub struct Checked {
    /// Who.
    pub account_id: Uuid,
    /// IANA name.
    pub time_zone: String,
    /// Local day of the last digest.
    pub digested_on: Option<NaiveDate>,
}

/// Holds off the account's erasure until the transaction ends. False when it is erased already.
pub async fn enter(conn: &mut PgConnection, account: Uuid) -> Result<bool, sqlx::Error> {
    sqlx::query!("select pg_advisory_xact_lock_shared(hashtextextended($1::uuid::text, 7))", account)
        .execute(&mut *conn)
        .await?;
    sqlx::query_scalar!(
        r#"select not exists (
               select from fridge.erased_accounts where id_hash = sha256(uuid_send($1))
           ) as "there!""#,
        account,
    )
    .fetch_one(conn)
    .await
}

/// What is known of a person.
pub async fn find(conn: &mut PgConnection, account: Uuid) -> Result<Option<Person>, sqlx::Error> {
    sqlx::query_as!(Person, "select time_zone, language from fridge.people where account_id = $1", account)
        .fetch_optional(conn)
        .await
}

/// Keeps what Identity says.
pub async fn put(conn: &mut PgConnection, account: Uuid, person: &Person) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into fridge.people (account_id, time_zone, language) values ($1, $2, $3)
         on conflict on constraint people_pkey do update
            set time_zone = excluded.time_zone, language = excluded.language",
        account,
        person.time_zone,
        person.language,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Everybody who looks into a fridge: its owner and the household.
pub async fn of_fridge(conn: &mut PgConnection, fridge: Uuid) -> Result<Vec<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        r#"select $1::uuid as "account_id!"
            union
           select account_id from fridge.household_members where owner_id = $1"#,
        fridge,
    )
    .fetch_all(conn)
    .await
}

/// People with something in a fridge that they look into, by id, after `after`.
pub async fn to_check(conn: &mut PgConnection, after: Uuid, limit: i64) -> Result<Vec<Checked>, sqlx::Error> {
    sqlx::query_as!(
        Checked,
        "select p.account_id, p.time_zone, p.digested_on
           from fridge.people p
           left join fridge.household_members m using (account_id)
          where p.account_id > $1
            and exists (select from fridge.items i
                         where i.fridge_id in (p.account_id, m.owner_id) and not i.gone)
          order by p.account_id
          limit $2",
        after,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Notes that a person had the digest of a day. False when they had it already.
pub async fn digest(conn: &mut PgConnection, account: Uuid, day: NaiveDate) -> Result<bool, sqlx::Error> {
    let noted = sqlx::query!(
        "update fridge.people set digested_on = $2
          where account_id = $1 and digested_on is distinct from $2",
        account,
        day,
    )
    .execute(conn)
    .await?;
    Ok(noted.rows_affected() == 1)
}
