//! `catalog assign`: an admin gives a GTIN to one brand alone, such as a GTIN-8, which no company prefix
//! covers, or takes it back.

use passport::{
    domain::gs1::{CodeError, Gtin},
    store::brands,
};
use service_chassis::clock::Clock;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::output::Output;

/// Why a GTIN was not assigned.
#[derive(Debug, thiserror::Error)]
pub enum AssignError {
    /// The product's number is none.
    #[error("{0}")]
    Gtin(#[from] CodeError),
    /// Identity has not announced such a brand.
    #[error("passport knows no brand {0}")]
    UnknownBrand(Uuid),
    /// Nobody was given it.
    #[error("{0} was given to no brand")]
    NotAssigned(Gtin),
    /// Postgres refuses.
    #[error("the catalogue cannot be written")]
    Store(#[from] sqlx::Error),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}

/// Gives a GTIN, in any length, to a brand alone, whoever had it.
pub async fn assign(
    conn: &mut PgConnection,
    gtin: &str,
    brand: Uuid,
    clock: &Clock,
    output: &mut Output,
) -> Result<(), AssignError> {
    let gtin: Gtin = gtin.parse()?;
    if !brands::assign(conn, gtin, brand, clock.now()).await? {
        return Err(AssignError::UnknownBrand(brand));
    }
    Ok(output.line(format_args!("assigned\t{gtin}\t{brand}"))?)
}

/// Takes a GTIN back: it is whose company prefix covers it.
pub async fn take_back(conn: &mut PgConnection, gtin: &str, output: &mut Output) -> Result<(), AssignError> {
    let gtin: Gtin = gtin.parse()?;
    if !brands::unassign(conn, gtin).await? {
        return Err(AssignError::NotAssigned(gtin));
    }
    Ok(output.line(format_args!("taken back\t{gtin}"))?)
}
