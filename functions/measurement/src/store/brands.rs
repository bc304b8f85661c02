//! SQL of `measurement.brand_versions`.

use std::collections::HashMap;

use shared_contracts::identity::WindowLength;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::windows::BrandVersion;

/// Writes what was announced of a brand, once.
pub async fn insert(
    conn: &mut PgConnection,
    event_id: Uuid,
    brand: Uuid,
    version: &BrandVersion,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into measurement.brand_versions
             (event_id, brand_id, changed_at, received_at, measured, length, from_day)
         values ($1, $2, $3, $4, $5, $6, $7)
             on conflict on constraint brand_versions_pkey do nothing",
        event_id,
        brand,
        version.at,
        version.received_at,
        version.measured,
        version.length.as_str(),
        version.from,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Every brand with its history.
pub async fn all(conn: &mut PgConnection) -> Result<HashMap<Uuid, Vec<BrandVersion>>, sqlx::Error> {
    let rows = sqlx::query!(
        "select brand_id, changed_at, received_at, measured, length, from_day from measurement.brand_versions",
    )
    .fetch_all(conn)
    .await?;
    let mut brands: HashMap<Uuid, Vec<BrandVersion>> = HashMap::new();
    for row in rows {
        brands.entry(row.brand_id).or_default().push(BrandVersion {
            at: row.changed_at,
            received_at: row.received_at,
            measured: row.measured,
            length: length(&row.length),
            from: row.from_day,
        });
    }
    Ok(brands)
}

/// The histories of the brands that have these products now, by product.
pub async fn of_products(
    conn: &mut PgConnection,
    gtins: &[String],
) -> Result<HashMap<String, Vec<BrandVersion>>, sqlx::Error> {
    let rows = sqlx::query!(
        "select product.gtin, brand.changed_at, brand.received_at, brand.measured, brand.length, brand.from_day
           from (select distinct on (gtin) gtin, brand_id from measurement.product_versions
                  where gtin = any($1) order by gtin, changed_at desc, event_id desc) as product
           join measurement.brand_versions as brand on brand.brand_id = product.brand_id",
        gtins,
    )
    .fetch_all(conn)
    .await?;
    let mut products: HashMap<String, Vec<BrandVersion>> = HashMap::new();
    for row in rows {
        products.entry(row.gtin).or_default().push(BrandVersion {
            at: row.changed_at,
            received_at: row.received_at,
            measured: row.measured,
            length: length(&row.length),
            from: row.from_day,
        });
    }
    Ok(products)
}

/// The table holds no other than these two.
pub(super) fn length(text: &str) -> WindowLength {
    if text == WindowLength::Week.as_str() { WindowLength::Week } else { WindowLength::Day }
}
