//! SQL of `passport.brands`, `passport.brand_prefixes` and `passport.assigned_gtins`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{
    brand::{Brand, covering_prefixes},
    gs1::Gtin,
};

/// The brand whose product a GTIN is: the one that an admin gave it to, else the one with the longest
/// company prefix that covers it.
pub async fn owner(conn: &mut PgConnection, gtin: Gtin) -> Result<Option<Brand>, sqlx::Error> {
    sqlx::query_as!(
        Brand,
        r#"select b.brand_id as "id!", b.name as "name!", b.trusted as "trusted!"
             from (select brand_id, 13 as weight from passport.assigned_gtins where gtin = $1
                   union all
                   select brand_id, length(prefix) from passport.brand_prefixes where prefix = any ($2)) as claims
             join passport.brands b using (brand_id)
            order by claims.weight desc, b.changed_at desc
            limit 1"#,
        gtin.as_str(),
        &covering_prefixes(gtin),
    )
    .fetch_optional(conn)
    .await
}

/// Takes a brand as it is at a time; false when a later state is known.
pub async fn take(conn: &mut PgConnection, brand: &Brand, at: DateTime<Utc>) -> Result<bool, sqlx::Error> {
    let taken = sqlx::query!(
        "insert into passport.brands as b (brand_id, name, trusted, changed_at)
         values ($1, $2, $3, $4)
         on conflict on constraint brands_pkey do update
            set name = excluded.name, trusted = excluded.trusted, changed_at = excluded.changed_at
          where b.changed_at <= excluded.changed_at",
        brand.id,
        brand.name,
        brand.trusted,
        at,
    );
    Ok(taken.execute(conn).await?.rows_affected() == 1)
}

/// Takes every company prefix from a brand.
pub async fn clear_prefixes(conn: &mut PgConnection, brand: Uuid) -> Result<(), sqlx::Error> {
    let cleared = sqlx::query!("delete from passport.brand_prefixes where brand_id = $1", brand);
    cleared.execute(conn).await?;
    Ok(())
}

/// Gives company prefixes to a brand.
pub async fn give_prefixes(
    conn: &mut PgConnection,
    brand: Uuid,
    prefixes: &[String],
) -> Result<(), sqlx::Error> {
    let given = sqlx::query!(
        "insert into passport.brand_prefixes (brand_id, prefix)
         select distinct $1::uuid, prefix from unnest($2::text[]) as prefix",
        brand,
        prefixes,
    );
    given.execute(conn).await?;
    Ok(())
}

/// Gives a GTIN to a brand alone, whoever had it; false when there is no such brand.
pub async fn assign(
    conn: &mut PgConnection,
    gtin: Gtin,
    brand: Uuid,
    at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    let given = sqlx::query!(
        "insert into passport.assigned_gtins (gtin, brand_id, assigned_at)
         select $1, brand_id, $3 from passport.brands where brand_id = $2
         on conflict on constraint assigned_gtins_pkey do update
            set brand_id = excluded.brand_id, assigned_at = excluded.assigned_at",
        gtin.as_str(),
        brand,
        at,
    );
    Ok(given.execute(conn).await?.rows_affected() == 1)
}

/// Takes a GTIN back; false when nobody had been given it.
pub async fn unassign(conn: &mut PgConnection, gtin: Gtin) -> Result<bool, sqlx::Error> {
    let taken = sqlx::query!("delete from passport.assigned_gtins where gtin = $1", gtin.as_str());
    Ok(taken.execute(conn).await?.rows_affected() == 1)
}
