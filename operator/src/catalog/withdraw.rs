//! `catalog withdraw`: the brand takes a product back, or offers it again.

use passport::{domain::gs1::CodeError, domain::gs1::Gtin, store::products};
use service_chassis::clock::Clock;
use sqlx::PgConnection;

use crate::output::Output;

/// What happens to a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The resolver answers 410, and its passport says that it is withdrawn.
    Withdrawn,
    /// As before.
    Offered,
}

/// Why a product was not marked.
#[derive(Debug, thiserror::Error)]
pub enum WithdrawError {
    /// The product's number is none.
    #[error("{0}")]
    Gtin(#[from] CodeError),
    /// The catalogue lacks the product.
    #[error("the catalogue has no product {0}")]
    Unknown(Gtin),
    /// Postgres refuses.
    #[error("the catalogue cannot be written")]
    Store(#[from] sqlx::Error),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] std::io::Error),
}

/// Marks a product, in any length of GTIN.
pub async fn withdraw(
    conn: &mut PgConnection,
    gtin: &str,
    mark: Mark,
    clock: &Clock,
    output: &mut Output,
) -> Result<(), WithdrawError> {
    let gtin: Gtin = gtin.parse()?;
    let (found, line) = match mark {
        Mark::Withdrawn => (products::withdraw(conn, gtin.as_str(), clock.now()).await?, "withdrawn"),
        Mark::Offered => (products::offer_again(conn, gtin.as_str()).await?, "offered"),
    };
    if !found {
        return Err(WithdrawError::Unknown(gtin));
    }
    output.line(format_args!("{line}\t{gtin}"))?;
    Ok(())
}
