//! Effects of what others announce.

use futures::future::BoxFuture;
use service_chassis::{
    consumer::Effect,
    runtime::BoxError,
    store::{idempotency, outbox},
    trace::TraceContext,
};
use shared_contracts::{
    events::{AccountErased, Envelope, ProductRecalled},
    fridge::RecallSource,
    passport::RecallStatus,
};
use sqlx::PgConnection;

use crate::{
    app::App,
    domain::recall::{Lots, Recall},
    store,
};

/// A brand recalls, or its recall is over: items are marked, people are told.
pub(super) struct Recalls(pub(super) App);

impl Effect<ProductRecalled> for Recalls {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<ProductRecalled>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        Box::pin(async move {
            let fact = event.data;
            let recall = Recall {
                recall_id: fact.recall_id,
                source: RecallSource::Brand,
                gtins: vec![fact.gtin],
                lots: fact.lots.map_or(Lots::All, Lots::Exactly),
                use_by: fact.use_by,
                names: Vec::new(),
                reason: fact.reason,
                url: None,
                active: fact.status == RecallStatus::Active,
            };
            let app = &self.0;
            let marked = store::marking::take(conn, &recall, &app.ids, app.clock.now()).await?;
            tracing::info!(items = marked.items, people = marked.people, "a recall was taken");
            Ok(())
        })
    }
}

/// Somebody is erased: everything of them goes, and that it is gone is announced with it.
pub(super) struct Erasures(pub(super) App);

impl Effect<AccountErased> for Erasures {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<AccountErased>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        Box::pin(async move {
            let (app, account) = (&self.0, event.data.account_id);
            store::erasure::erase(conn, account).await?;
            idempotency::forget_callers(conn, app.schema, &[format!("account:{account}")]).await?;
            outbox::forget_keys(conn, app.schema, &[account.to_string()]).await?;
            let trace = event.traceparent.as_deref().and_then(TraceContext::parse);
            let now = app.clock.now();
            let trace = trace.unwrap_or_else(TraceContext::start);
            let done = super::erased(app.ids.next(now), now, account, trace)?;
            app.outbox.append(conn, &done).await?;
            Ok(())
        })
    }
}
