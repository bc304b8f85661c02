//! `/api/v1/brand/…`: what the users of a brand keep here. Another brand's is 404, as what does not
//! exist.

pub mod imports;
pub mod labels;
pub mod links;
pub mod products;
pub mod recalls;

use sqlx::PgConnection;
use uuid::Uuid;

use crate::{domain::gs1::Gtin, error::Error, store};

/// The product of a path, if it is the brand's.
async fn own(conn: &mut PgConnection, brand: Uuid, gtin: &str) -> Result<Gtin, Error> {
    let gtin: Gtin = gtin.parse().map_err(Error::InvalidIdentifier)?;
    let owner = store::brands::owner(conn, gtin).await?;
    owner.filter(|owner| owner.id == brand).map(|_| gtin).ok_or(Error::NotFound)
}
