//! What fridge publishes, what it listens to, and what its schedules do.

mod check;
mod consumed;

use chrono::{DateTime, Utc};
use serde::Serialize;
use service_chassis::{
    consumer::{Consumer, NoSchema},
    events::Event,
    runtime::{BoxError, ScheduledEvent},
    trace::TraceContext,
};
use shared_contracts::events::{
    EntryReverted, Envelope, Fact, FridgeErasureCompleted, ItemAddedToFridge, ItemConsumed, ItemDiscarded,
};
use uuid::Uuid;

use crate::{
    app::App,
    domain::item::{Added, Change, Entry},
    store,
};

/// The event that announces an entry of the history, under the entry's own id. Opening, freezing,
/// thawing and dates are nobody else's business; so is the undo of those (`undone`).
///
/// # Errors
/// None that a type of `shared-contracts` has.
pub fn announced(
    entry: &Entry,
    added: &Added,
    undone: Option<&Change>,
    trace: TraceContext,
) -> Result<Option<Event>, serde_json::Error> {
    let (item_id, happened_at) = (entry.item_id, entry.occurred_at);
    let Some(account_id) = entry.account_id else { return Ok(None) };
    let (gtin, brand_id) = (added.gtin.clone(), added.brand_id);
    let told = match &entry.change {
        Change::Added(..) => {
            told(entry, ItemAddedToFridge { item_id, account_id, gtin, brand_id, happened_at }, trace)?
        }
        Change::Consumed(_) => {
            told(entry, ItemConsumed { item_id, account_id, gtin, brand_id, happened_at }, trace)?
        }
        Change::Discarded(..) => {
            told(entry, ItemDiscarded { item_id, account_id, gtin, brand_id, happened_at }, trace)?
        }
        Change::Reverted(reverts) if undone.is_some_and(is_announced) => {
            told(entry, EntryReverted { item_id, reverts_event_id: *reverts, happened_at }, trace)?
        }
        _ => return Ok(None),
    };
    Ok(Some(told))
}

fn is_announced(change: &Change) -> bool {
    matches!(change, Change::Added(..) | Change::Consumed(_) | Change::Discarded(..))
}

fn told<F: Fact + Serialize>(
    entry: &Entry,
    fact: F,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    event(entry.event_id, entry.occurred_at, fact, trace)
}

/// `ErasureCompleted`: nothing of the person is left here.
fn erased(
    id: Uuid,
    now: DateTime<Utc>,
    account_id: Uuid,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    event(id, now, FridgeErasureCompleted { account_id, completed_at: now }, trace)
}

fn event<F: Fact + Serialize>(
    id: Uuid,
    now: DateTime<Utc>,
    fact: F,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    let (key, traceparent) = (fact.key(), trace.child().to_string());
    let payload = serde_json::to_string(&Envelope::new(id, now, Some(traceparent.clone()), fact))?;
    Ok(Event { id, topic: F::TOPIC, key, payload, traceparent: Some(traceparent) })
}

/// Recalls of brands, and erasures.
///
/// # Errors
/// A schema that the contracts lack.
pub fn consumer(app: &App) -> Result<Consumer, NoSchema> {
    Ok(Consumer::of(app.database.clone(), app.schema)?
        .on(consumed::Recalls(app.clone()))?
        .on(consumed::Erasures(app.clone()))?
        .start())
}

/// Every hour the dates (`check-expiry`); every minute what a frozen or killed process left in
/// outbox and pushes, and what is forgotten with age.
pub async fn on_schedule(app: App, event: ScheduledEvent) -> Result<(), BoxError> {
    if event.detail.schedule == "check-expiry" {
        check::everybody(&app).await?;
        return Ok(());
    }
    let mut conn = app.database.acquire().await?;
    service_chassis::store::idempotency::forget_old(&mut conn, app.schema).await?;
    store::households::forget_old(&mut conn, app.clock.now()).await?;
    service_chassis::store::processed::forget_old(&mut conn, app.schema).await?;
    drop(conn);
    let (sent, pushed) = (app.outbox.send_waiting().await, app.pushes.send_waiting().await);
    app.outbox.measure().await?;
    sent?;
    pushed?;
    Ok(())
}

/// Whether requests can be served: the database answers.
pub async fn ready(app: App) -> Result<(), BoxError> {
    app.database.acquire().await?;
    Ok(())
}
