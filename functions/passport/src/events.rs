//! What passport publishes, what it consumes, and what its schedules do.

pub mod brands;
pub mod imports;
pub mod people;

use service_chassis::{
    consumer::{Consumer, NoSchema},
    events::Event,
    runtime::{BoxError, ScheduledEvent},
    trace::TraceContext,
};
use shared_contracts::events::{
    PassportErasureCompleted, ProductChanged, ProductRecalled, ProductScanned, Scanner,
};
use uuid::Uuid;

use crate::{
    app::App,
    domain::{
        gs1::Gtin,
        recall::Recall,
        scan::{NewScan, Owner},
    },
};

/// `ProductScanned`: which product, who, when, how; no lot, no place, no verdict.
pub fn product_scanned(
    app: &App,
    scan: &NewScan,
    brand_id: Option<Uuid>,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    let fact = ProductScanned {
        scan_id: scan.scan_id,
        gtin: scan.gtin.to_string(),
        brand_id,
        scanner: match scan.owner {
            Owner::Account(id) => Scanner::Account(id),
            Owner::Visitor(id) => Scanner::Visitor(id),
        },
        scanned_at: scan.scanned_at,
        channel: scan.channel,
    };
    Event::new(fact, &app.clock, &app.ids, trace)
}

/// `ProductChanged`: a product has another revision that counts, or is withdrawn, or offered again.
pub fn product_changed(
    app: &App,
    gtin: Gtin,
    brand_id: Option<Uuid>,
    revision: i32,
    withdrawn: bool,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    let fact = ProductChanged { gtin: gtin.to_string(), brand_id, revision: revision.into(), withdrawn };
    Event::new(fact, &app.clock, &app.ids, trace)
}

/// `ProductRecalled`: what a brand takes back, or no longer does.
pub fn product_recalled(app: &App, recall: &Recall, trace: TraceContext) -> Result<Event, serde_json::Error> {
    let fact = ProductRecalled {
        recall_id: recall.recall_id,
        gtin: recall.gtin.clone(),
        brand_id: Some(recall.brand_id),
        lots: recall.lots.clone(),
        use_by: recall.use_by(),
        status: recall.status(),
        reason: recall.reason.clone(),
    };
    Event::new(fact, &app.clock, &app.ids, trace)
}

/// `ErasureCompleted`: nothing of a person is left here.
pub fn erasure_completed(
    app: &App,
    account_id: Uuid,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    let fact = PassportErasureCompleted { account_id, completed_at: app.clock.now() };
    Event::new(fact, &app.clock, &app.ids, trace)
}

/// Everything that passport listens to.
pub fn consumer(app: &App) -> Result<Consumer, NoSchema> {
    let consumer = Consumer::of(app.database.clone(), app.schema)?
        .on(people::Link)?
        .on(people::Erase(app.clone()))?
        .on(brands::Take)?;
    Ok(consumer.start())
}

/// Every minute: sends what a frozen or killed process left in the outbox and works off imports that it
/// left, forgets what nobody can ask for again, and measures what waits.
pub async fn on_schedule(app: App, event: ScheduledEvent) -> Result<(), BoxError> {
    if event.detail.schedule == "work-imports" {
        return imports::work(&app).await;
    }
    let mut conn = app.database.acquire().await?;
    service_chassis::store::idempotency::forget_old(&mut conn, app.schema).await?;
    service_chassis::store::processed::forget_old(&mut conn, app.schema).await?;
    imports::forget_old(&app, &mut conn).await?;
    drop(conn);
    let sent = app.outbox.send_waiting().await;
    app.outbox.measure().await?;
    sent?;
    Ok(())
}

/// Whether requests can be served: the database answers.
pub async fn ready(app: App) -> Result<(), BoxError> {
    app.database.acquire().await?;
    Ok(())
}
