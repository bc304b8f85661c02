//! What Identity says of people: which account a browser is, and who is gone.

use futures::{FutureExt, future::BoxFuture};
use service_chassis::{
    consumer::Effect,
    runtime::BoxError,
    store::{idempotency, outbox},
    trace::TraceContext,
};
use shared_contracts::events::{AccountErased, Envelope, VisitorLinkedToAccount};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{app::App, domain::scan::Owner, events, store};

/// The visitor's scans that no account owns become the account's, and later ones are at once.
pub struct Link;

impl Effect<VisitorLinkedToAccount> for Link {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<VisitorLinkedToAccount>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        link(conn, event.data).boxed()
    }
}

async fn link(conn: &mut PgConnection, link: VisitorLinkedToAccount) -> Result<(), BoxError> {
    let VisitorLinkedToAccount { visitor_id, account_id, linked_at } = link;
    // A scan in flight is written before, and moved, or after, and written for the account.
    store::scans::take_turn(conn, Owner::Visitor(visitor_id)).await?;
    store::scans::take_turn(conn, Owner::Account(account_id)).await?;
    // The erasure may have come first: topics have no order among each other.
    if store::people::is_erased(conn, account_id).await? {
        return Ok(());
    }
    if store::people::link(conn, visitor_id, account_id, linked_at).await? {
        store::scans::hand_over(conn, visitor_id, account_id).await?;
    }
    Ok(())
}

/// Everything of the person goes, answers that are kept and events that wait included.
pub struct Erase(pub App);

impl Effect<AccountErased> for Erase {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<AccountErased>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        erase(&self.0, conn, event).boxed()
    }
}

async fn erase(app: &App, conn: &mut PgConnection, event: Envelope<AccountErased>) -> Result<(), BoxError> {
    let AccountErased { account_id, visitor_ids, erased_at } = event.data;
    let own = store::people::visitors(conn, account_id).await?;
    // A visitor without an account is erased under its own id.
    let mut visitors: Vec<Uuid> =
        own.into_iter().map(|link| link.visitor_id).chain(visitor_ids).chain([account_id]).collect();
    visitors.sort_unstable();
    visitors.dedup();
    for visitor in &visitors {
        store::scans::take_turn(conn, Owner::Visitor(*visitor)).await?;
    }
    store::scans::take_turn(conn, Owner::Account(account_id)).await?;

    store::people::note_erased(conn, account_id, erased_at).await?;
    store::scans::erase(conn, account_id, &visitors).await?;
    store::imports::erase(conn, account_id).await?;
    store::people::unlink(conn, account_id, &visitors).await?;
    let callers = visitors.iter().map(|id| format!("visitor:{id}")).chain([format!("account:{account_id}")]);
    idempotency::forget_callers(conn, app.schema, &callers.collect::<Vec<_>>()).await?;
    let keys: Vec<String> = visitors.iter().map(ToString::to_string).collect();
    outbox::forget_keys(conn, app.schema, &keys).await?;

    let trace = event.traceparent.as_deref().and_then(TraceContext::parse);
    let completed = events::erasure_completed(app, account_id, trace.unwrap_or_else(TraceContext::start))?;
    app.outbox.append(conn, &completed).await?;
    Ok(())
}
