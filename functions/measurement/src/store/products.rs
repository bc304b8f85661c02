//! SQL of `measurement.product_versions`.

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::{tally::Catalog, windows::Window};

/// A product as it was announced.
#[derive(Clone, Debug)]
pub struct ProductVersion {
    /// The event.
    pub event_id: Uuid,
    /// 14 digits.
    pub gtin: String,
    /// Whose it is.
    pub brand: Option<Uuid>,
    /// Whether its brand has withdrawn it.
    pub withdrawn: bool,
    /// When, by passport's clock.
    pub at: DateTime<Utc>,
}

/// Writes what was announced of a product, once.
pub async fn insert(
    conn: &mut PgConnection,
    version: &ProductVersion,
    received_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "insert into measurement.product_versions (event_id, gtin, brand_id, withdrawn, changed_at, received_at)
         values ($1, $2, $3, $4, $5, $6)
             on conflict on constraint product_versions_pkey do nothing",
        version.event_id,
        version.gtin,
        version.brand,
        version.withdrawn,
        version.at,
        received_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A brand's catalog at the start of a window, as it was known at its close.
pub async fn catalog(conn: &mut PgConnection, brand: Uuid, window: &Window) -> Result<Catalog, sqlx::Error> {
    let gtins = sqlx::query_scalar!(
        "select latest.gtin
           from (select distinct on (gtin) gtin, brand_id, withdrawn
                   from measurement.product_versions
                  where gtin in (select gtin from measurement.product_versions where brand_id = $1)
                    and changed_at <= $2 and received_at < $3
                  order by gtin, changed_at desc, event_id desc) as latest
          where latest.brand_id = $1 and not latest.withdrawn",
        brand,
        window.starts_at(),
        window.closes_at(),
    )
    .fetch_all(conn)
    .await?;
    Ok(Catalog::of(gtins))
}

/// Forgets versions that another one had replaced before any window that is still open.
pub async fn forget_old(conn: &mut PgConnection, now: DateTime<Utc>) -> Result<(), sqlx::Error> {
    sqlx::query!(
        "delete from measurement.product_versions as old
          using measurement.product_versions as newer
          where newer.gtin = old.gtin
            and (newer.changed_at, newer.event_id) > (old.changed_at, old.event_id)
            and newer.changed_at < $1::timestamptz - interval '60 days'",
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}
