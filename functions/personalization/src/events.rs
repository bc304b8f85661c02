//! What personalization publishes, what it makes of what Identity announces, and its schedules.

use futures::future::BoxFuture;
use service_chassis::{
    consumer::{Consumer, Effect, NoSchema},
    events::Event,
    runtime::{BoxError, ScheduledEvent},
    trace::TraceContext,
};
use shared_contracts::{
    events::{AccountErased, ConsentChanged, Envelope, PersonalizationErasureCompleted, Subject},
    identity::Purpose,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{app::App, store};

/// `ErasureCompleted`: nothing of the person is left here.
pub fn erasure_completed(
    app: &App,
    account_id: Uuid,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    let fact = PersonalizationErasureCompleted { account_id, completed_at: app.clock.now() };
    Event::new(fact, &app.clock, &app.ids, trace)
}

/// What Identity announces.
pub fn consumer(app: &App) -> Result<Consumer, NoSchema> {
    Ok(Consumer::of(app.database.clone(), app.schema)?
        .on::<ConsentChanged>(Withdrawal)?
        .on::<AccountErased>(Erasure(app.clone()))?
        .start())
}

/// A withdrawn consent erases what was stored with it. One that was given again since then keeps
/// what was stored since then, whenever the withdrawal arrives.
struct Withdrawal;

impl Effect<ConsentChanged> for Withdrawal {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<ConsentChanged>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        Box::pin(async move {
            let change = event.data;
            let Subject::Account(account) = change.subject else { return Ok(()) };
            if change.granted || change.purpose != Purpose::HealthProfile {
                return Ok(());
            }
            store::profiles::take_turn(conn, account).await?;
            store::profiles::erase_consented_until(conn, account, change.changed_at).await?;
            Ok(store::idempotency_keys::forget(conn, account).await?)
        })
    }
}

/// A person is erased, and that is confirmed, in one transaction.
struct Erasure(App);

impl Effect<AccountErased> for Erasure {
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<AccountErased>,
    ) -> BoxFuture<'c, Result<(), BoxError>> {
        Box::pin(async move {
            let account = event.data.account_id;
            store::profiles::take_turn(conn, account).await?;
            store::profiles::erase_all(conn, account).await?;
            store::idempotency_keys::forget(conn, account).await?;
            let trace = event.traceparent.as_deref().and_then(TraceContext::parse);
            let confirmation =
                erasure_completed(&self.0, account, trace.unwrap_or_else(TraceContext::start))?;
            Ok(self.0.outbox.append(conn, &confirmation).await?)
        })
    }
}

/// What the manifest schedules.
pub async fn on_schedule(app: App, event: ScheduledEvent) -> Result<(), BoxError> {
    let mut conn = app.database.acquire().await?;
    if event.detail.schedule == "rewrap-keys" {
        store::profile_versions::rewrap_all(&mut conn, &app.keys().await?).await?;
        return Ok(());
    }
    service_chassis::store::idempotency::forget_old(&mut conn, app.schema).await?;
    service_chassis::store::processed::forget_old(&mut conn, app.schema).await?;
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
