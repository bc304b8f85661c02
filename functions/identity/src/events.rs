//! What identity publishes, what it makes of confirmations, and what its schedules do.

pub mod schedule;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use service_chassis::{
    audit::{self, Actor},
    clock::Clock,
    consumer::{Consumer, Effect, NoSchema},
    events::Event,
    runtime::{BoxError, ScheduledEvent},
    trace::TraceContext,
};
use shared_contracts::{
    events::{
        AccountErased, BrandChanged, ConsentChanged, Envelope, Fact, FridgeErasureCompleted,
        MeasurementErasureCompleted, PassportErasureCompleted, PersonalizationErasureCompleted,
        Subject as Decider, VisitorLinkedToAccount,
    },
    identity::{Brand, Consent},
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{app::App, domain::erasure::Subject, store};

/// `VisitorLinkedToAccount`.
pub fn visitor_linked(
    app: &App,
    visitor_id: Uuid,
    account_id: Uuid,
    linked_at: DateTime<Utc>,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    Event::new(VisitorLinkedToAccount { visitor_id, account_id, linked_at }, &app.clock, &app.ids, trace)
}

/// `ConsentChanged`.
pub fn consent_changed(
    app: &App,
    subject: Subject,
    consent: &Consent,
    changed_at: DateTime<Utc>,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    let fact = ConsentChanged {
        subject: match subject {
            Subject::Account(id) => Decider::Account(id),
            Subject::Visitor(id) => Decider::Visitor(id),
        },
        purpose: consent.purpose,
        granted: consent.granted,
        policy_version: consent.policy_version.clone().unwrap_or_default(),
        changed_at,
    };
    Event::new(fact, &app.clock, &app.ids, trace)
}

/// `BrandChanged`: the brand as it is now.
pub fn brand_changed(app: &App, brand: &Brand, trace: TraceContext) -> Result<Event, serde_json::Error> {
    let fact = BrandChanged {
        brand_id: brand.brand_id,
        name: brand.name.clone(),
        gs1_company_prefixes: brand.gs1_company_prefixes.clone(),
        trusted: brand.trusted,
        measured: brand.measured,
        window: brand.window,
        window_from: brand.window_from,
    };
    Event::new(fact, &app.clock, &app.ids, trace)
}

/// `AccountErased`: every service that hears of it erases, and confirms.
pub fn account_erased(
    app: &App,
    account_id: Uuid,
    visitor_ids: Vec<Uuid>,
    erased_at: DateTime<Utc>,
    trace: TraceContext,
) -> Result<Event, serde_json::Error> {
    Event::new(AccountErased { account_id, visitor_ids, erased_at }, &app.clock, &app.ids, trace)
}

/// Confirmations of erasures.
pub fn consumer(app: &App) -> Result<Consumer, NoSchema> {
    let confirmed = || Confirmed(app.clock.clone());
    Ok(Consumer::of(app.database.clone(), app.schema)?
        .on::<MeasurementErasureCompleted>(confirmed())?
        .on::<PassportErasureCompleted>(confirmed())?
        .on::<PersonalizationErasureCompleted>(confirmed())?
        .on::<FridgeErasureCompleted>(confirmed())?
        .start())
}

/// A service has erased a person: the last one completes the erasure.
struct Confirmed(Clock);

impl Confirmed {
    async fn note(
        &self,
        conn: &mut PgConnection,
        service: &str,
        account: Uuid,
        at: DateTime<Utc>,
    ) -> Result<(), BoxError> {
        store::erasures::take_turn(conn, account).await?;
        store::erasures::confirm(conn, account, service, at).await?;
        if store::erasures::complete(conn, account, self.0.now()).await? {
            audit::record("erasure_completed", Actor::Account(account), "");
        }
        Ok(())
    }
}

/// The effect of each service's confirmation is the same.
macro_rules! confirmed_by {
    ($($fact:ty),+) => {
        $(impl Effect<$fact> for Confirmed {
            fn apply<'c>(
                &'c self,
                conn: &'c mut PgConnection,
                event: Envelope<$fact>,
            ) -> BoxFuture<'c, Result<(), BoxError>> {
                let (account, at) = (event.data.account_id, event.data.completed_at);
                Box::pin(self.note(conn, <$fact>::SOURCE, account, at))
            }
        })+
    };
}

confirmed_by!(
    FridgeErasureCompleted,
    MeasurementErasureCompleted,
    PassportErasureCompleted,
    PersonalizationErasureCompleted
);

/// What the manifest schedules.
pub async fn on_schedule(app: App, event: ScheduledEvent) -> Result<(), BoxError> {
    if event.detail.schedule == "compare-users" {
        return Ok(schedule::compare_users(&app).await?);
    }
    let sent = app.outbox.send_waiting().await;
    app.outbox.measure().await?;
    schedule::tidy(&app).await?;
    schedule::finish_registrations(&app).await?;
    schedule::forget_users(&app).await?;
    schedule::gather_left_behind(&app).await?;
    sent?;
    Ok(())
}

/// Whether requests can be served: the database answers.
pub async fn ready(app: App) -> Result<(), BoxError> {
    app.database.acquire().await?;
    Ok(())
}
