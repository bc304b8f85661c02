//! What passport publishes, and what its schedules do.

use service_chassis::{
    events::Event,
    runtime::{BoxError, ScheduledEvent},
    trace::TraceContext,
};
use shared_contracts::events::{ProductScanned, Scanner};

use crate::{
    app::App,
    domain::scan::{NewScan, Owner},
};

/// `ProductScanned`: which product, who, when, how; no lot, no place, no verdict.
pub fn product_scanned(app: &App, scan: &NewScan, trace: TraceContext) -> Result<Event, serde_json::Error> {
    let fact = ProductScanned {
        scan_id: scan.scan_id,
        gtin: scan.gtin.to_string(),
        brand_id: None,
        scanner: match scan.owner {
            Owner::Account(id) => Scanner::Account(id),
            Owner::Visitor(id) => Scanner::Visitor(id),
        },
        scanned_at: scan.scanned_at,
        channel: scan.channel,
    };
    Event::new(fact, &app.clock, &app.ids, trace)
}

/// Every minute: sends what a frozen or killed process left in the outbox, forgets answers
/// that nobody can ask for again, and measures what waits.
pub async fn on_schedule(app: App, _event: ScheduledEvent) -> Result<(), BoxError> {
    let mut conn = app.database.acquire().await?;
    service_chassis::store::idempotency::forget_old(&mut conn, app.schema).await?;
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
