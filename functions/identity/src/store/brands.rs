//! SQL of `identity.brands`, `identity.brand_prefixes` and `identity.brand_users`.

use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

/// A brand with its prefixes.
#[derive(Clone, Debug)]
pub struct BrandRow {
    /// Id.
    pub brand_id: Uuid,
    /// Name.
    pub name: String,
    /// Whether an administrator vouches for it.
    pub trusted: bool,
    /// Whether metrics are made of its products.
    pub measured: bool,
    /// `P1D` or `P7D`.
    pub window_length: String,
    /// The first day of that length.
    pub window_from: NaiveDate,
    /// Verified GS1 company prefixes.
    pub prefixes: Vec<String>,
}

/// A user of a brand.
#[derive(Clone, Debug)]
pub struct UserRow {
    /// The brand.
    pub brand_id: Uuid,
    /// Who.
    pub account_id: Uuid,
    /// `owner`, `editor` or `viewer`.
    pub role: String,
}

/// Writes a brand without its prefixes.
pub async fn insert(
    conn: &mut PgConnection,
    brand: &BrandRow,
    now: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.brands (brand_id, name, trusted, measured, window_length, window_from, created_at)
         values ($1, $2, $3, $4, $5, $6, $7)",
        brand.brand_id,
        brand.name,
        brand.trusted,
        brand.measured,
        brand.window_length,
        brand.window_from,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Changes a brand, without its prefixes.
pub async fn update(conn: &mut PgConnection, brand: &BrandRow) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "update identity.brands
            set name = $2, trusted = $3, measured = $4, window_length = $5, window_from = $6
          where brand_id = $1",
        brand.brand_id,
        brand.name,
        brand.trusted,
        brand.measured,
        brand.window_length,
        brand.window_from,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Takes all prefixes from a brand.
pub async fn remove_prefixes(conn: &mut PgConnection, brand: Uuid) -> Result<(), sqlx::Error> {
    sqlx::query!("delete from identity.brand_prefixes where brand_id = $1", brand).execute(conn).await?;
    Ok(())
}

/// Gives prefixes to a brand. Those of another brand are refused by a constraint.
pub async fn insert_prefixes(
    conn: &mut PgConnection,
    brand: Uuid,
    prefixes: &[String],
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into identity.brand_prefixes (prefix, brand_id) select unnest($2::text[]), $1",
        brand,
        prefixes,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The brand of this id.
pub async fn find(conn: &mut PgConnection, brand: Uuid) -> Result<Option<BrandRow>, sqlx::Error> {
    sqlx::query_as!(
        BrandRow,
        r#"select brand_id, name, trusted, measured, window_length, window_from,
                  array(select p.prefix from identity.brand_prefixes p where p.brand_id = b.brand_id order by 1) as "prefixes!"
             from identity.brands b
            where brand_id = $1"#,
        brand,
    )
    .fetch_optional(conn)
    .await
}

/// The same, so that nobody else changes it until the transaction ends.
pub async fn lock(conn: &mut PgConnection, brand: Uuid) -> Result<Option<BrandRow>, sqlx::Error> {
    sqlx::query_as!(
        BrandRow,
        r#"select brand_id, name, trusted, measured, window_length, window_from,
                  array(select p.prefix from identity.brand_prefixes p where p.brand_id = b.brand_id order by 1) as "prefixes!"
             from identity.brands b
            where brand_id = $1
              for no key update"#,
        brand,
    )
    .fetch_optional(conn)
    .await
}

/// The brand with this name that was made first.
pub async fn named(conn: &mut PgConnection, name: &str) -> Result<Option<Uuid>, sqlx::Error> {
    sqlx::query_scalar!(
        "select brand_id from identity.brands where name = $1 order by brand_id limit 1",
        name,
    )
    .fetch_optional(conn)
    .await
}

/// Brands, newest first, older than `after`.
pub async fn list(
    conn: &mut PgConnection,
    after: Option<Uuid>,
    rows: i64,
) -> Result<Vec<BrandRow>, sqlx::Error> {
    sqlx::query_as!(
        BrandRow,
        r#"select brand_id, name, trusted, measured, window_length, window_from,
                  array(select p.prefix from identity.brand_prefixes p where p.brand_id = b.brand_id order by 1) as "prefixes!"
             from identity.brands b
            where $1::uuid is null or brand_id < $1
            order by brand_id desc
            limit $2"#,
        after,
        rows,
    )
    .fetch_all(conn)
    .await
}

/// The brand and role of an account.
pub async fn scope(conn: &mut PgConnection, account: Uuid) -> Result<Option<UserRow>, sqlx::Error> {
    sqlx::query_as!(
        UserRow,
        "select brand_id, account_id, role from identity.brand_users where account_id = $1",
        account,
    )
    .fetch_optional(conn)
    .await
}

/// All users of a brand.
pub async fn users(conn: &mut PgConnection, brand: Uuid) -> Result<Vec<UserRow>, sqlx::Error> {
    sqlx::query_as!(
        UserRow,
        "select brand_id, account_id, role from identity.brand_users where brand_id = $1 order by account_id",
        brand,
    )
    .fetch_all(conn)
    .await
}

/// Makes an account a user of a brand, or gives it another role there. False when it is a user of
/// another brand.
pub async fn appoint(conn: &mut PgConnection, user: &UserRow) -> Result<bool, sqlx::Error> {
    let written = sqlx::query!(
        "insert into identity.brand_users (account_id, brand_id, role) values ($1, $2, $3)
         on conflict on constraint brand_users_pkey do update set role = excluded.role
          where brand_users.brand_id = excluded.brand_id",
        user.account_id,
        user.brand_id,
        user.role,
    )
    .execute(conn)
    .await?;
    Ok(written.rows_affected() == 1)
}

/// Takes an account out of a brand. False when it was no user of it.
pub async fn dismiss(conn: &mut PgConnection, brand: Uuid, account: Uuid) -> Result<bool, sqlx::Error> {
    let gone = sqlx::query!(
        "delete from identity.brand_users where brand_id = $1 and account_id = $2",
        brand,
        account,
    )
    .execute(conn)
    .await?;
    Ok(gone.rows_affected() == 1)
}
