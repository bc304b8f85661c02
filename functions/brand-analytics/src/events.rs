//! What brand-analytics consumes: batches, and nothing else.

use futures::future::BoxFuture;
use service_chassis::{
    BootError,
    consumer::{Consumer, Effect},
    runtime::BoxError,
    store::Schema,
};
use shared_contracts::events::{BrandMetricBatchPublished, Envelope};
use sqlx::PgConnection;

use crate::{app::App, domain, store};

/// A batch comes in.
struct Storing;

impl Effect<BrandMetricBatchPublished> for Storing {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<BrandMetricBatchPublished>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        Box::pin(async move {
            domain::batch::check(&event)?;
            store::batches::insert(conn, &event).await?;
            Ok(store::metrics::insert_all(conn, &event.data).await?)
        })
    }
}

/// Takes batches; a second one of the same window has no effect.
pub fn consumer(app: &App) -> Result<Consumer, BootError> {
    let own = |error: &dyn std::fmt::Display| BootError::Own(error.to_string());
    let schema = Schema::new("brand_analytics").map_err(|name| own(&name))?;
    let subscribing = Consumer::of(app.database.clone(), schema).map_err(|error| own(&error))?;
    Ok(subscribing.on(Storing).map_err(|error| own(&error))?.start())
}

/// Whether requests can be served: the database answers.
pub async fn ready(app: App) -> Result<(), BoxError> {
    app.database.acquire().await?;
    Ok(())
}
