//! What Identity says of brands: their names, company prefixes, and whether an admin vouches for them.

use futures::{FutureExt, future::BoxFuture};
use service_chassis::{consumer::Effect, runtime::BoxError};
use shared_contracts::events::{BrandChanged, Envelope};
use sqlx::PgConnection;

use crate::{
    domain::brand::{Brand, is_company_prefix},
    store,
};

/// The brand is as the event says, unless a later one was here before.
pub struct Take;

impl Effect<BrandChanged> for Take {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<BrandChanged>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        take(conn, event).boxed()
    }
}

async fn take(conn: &mut PgConnection, event: Envelope<BrandChanged>) -> Result<(), BoxError> {
    let BrandChanged { brand_id, name, gs1_company_prefixes, trusted, .. } = event.data;
    let brand = Brand { id: brand_id, name, trusted };
    if store::brands::take(conn, &brand, event.time).await? {
        let prefixes: Vec<String> =
            gs1_company_prefixes.into_iter().filter(|prefix| is_company_prefix(prefix)).collect();
        store::brands::clear_prefixes(conn, brand_id).await?;
        store::brands::give_prefixes(conn, brand_id, &prefixes).await?;
    }
    Ok(())
}
