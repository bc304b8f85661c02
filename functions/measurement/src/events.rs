//! What measurement consumes and publishes, and what its schedules do.

mod erasure;
mod ingest;
mod notices;

use service_chassis::{
    events::Event,
    runtime::{BatchAnswer, BoxError, KafkaEvent, ScheduledEvent},
    trace::TraceContext,
};
use shared_contracts::events::MeasurementErasureCompleted;
use uuid::Uuid;

use crate::{app::App, store};

/// A batch of records: what can be read takes effect in one transaction for each partition; the first
/// that cannot ends its partition's turn. A record of people never gets into an error or a log.
pub async fn on_records(app: App, batch: KafkaEvent) -> Result<BatchAnswer, BoxError> {
    let mut answer = BatchAnswer::success();
    for records in batch.records.values() {
        let (notices, unreadable) = notices::read(records);
        ingest::take(&app, notices).await?;
        if let Some(record) = unreadable {
            answer.refuse(record, "the record is no event of its topic");
        }
    }
    Ok(answer)
}

/// `ErasureCompleted`: nothing of a person is left here. It starts a trace of its own.
pub fn erasure_completed(app: &App, account_id: Uuid) -> Result<Event, serde_json::Error> {
    let fact = MeasurementErasureCompleted { account_id, completed_at: app.clock.now() };
    Event::new(fact, &app.clock, &app.ids, TraceContext::start())
}

/// `close`: windows whose time has come. `publish`: batches whose hour has come. `forget`: what is
/// too old. `send-outbox`: what a frozen or killed process left.
pub async fn on_schedule(app: App, event: ScheduledEvent) -> Result<(), BoxError> {
    match event.detail.schedule.as_str() {
        "close" => close(&app).await,
        "publish" => publish(&app).await,
        "forget" => forget(&app).await,
        _ => send(&app).await,
    }
}

async fn close(app: &App) -> Result<(), BoxError> {
    rebuild(app).await?;
    let mut conn = app.database.acquire().await?;
    let closed = store::closing::close_due(&mut conn, &app.policy, app.clock.now()).await?;
    tracing::info!(closed, "windows closed");
    Ok(())
}

async fn publish(app: &App) -> Result<(), BoxError> {
    let mut conn = app.database.acquire().await?;
    store::releases::publish_due(&mut conn, app.clock.now()).await?;
    drop(conn);
    send(app).await
}

async fn send(app: &App) -> Result<(), BoxError> {
    let sent = app.outbox.send_waiting().await;
    app.outbox.measure().await?;
    sent?;
    Ok(())
}

async fn forget(app: &App) -> Result<(), BoxError> {
    let (mut conn, now) = (app.database.acquire().await?, app.clock.now());
    store::facts::forget_old(&mut conn, now).await?;
    store::links::forget_old(&mut conn, now).await?;
    store::consents::forget_old(&mut conn, now).await?;
    store::erasure::forget_old(&mut conn, now).await?;
    store::products::forget_old(&mut conn, now).await?;
    Ok(())
}

/// Holds the release table against the output topic, before anything else is released.
pub async fn rebuild(app: &App) -> Result<(), BoxError> {
    let mut conn = app.database.acquire().await?;
    let delivered = store::releases::delivered(&mut conn).await?;
    let contents = app.output.read().await?;
    let taken =
        store::rebuild::rebuild(&mut conn, &app.policy, &contents, &delivered, app.clock.now()).await?;
    tracing::info!(taken, "the release table agrees with the output topic");
    Ok(())
}

/// Whether the function can work: the database answers.
pub async fn ready(app: App) -> Result<(), BoxError> {
    app.database.acquire().await?;
    Ok(())
}
