//! Food that somebody has, its dates, and what became of it.

pub mod app;
pub mod auth;
pub mod clients;
pub mod config;
pub mod domain;
pub mod error;
pub mod events;
pub mod routes;
pub mod store;

use std::{sync::Arc, time::Duration};

use service_chassis::{Boot, BootError, Function, layers, secrets, store::Schema};

use crate::{
    app::App,
    clients::{Identity, Passport, Pushes},
    config::Config,
};

/// The service's migrations; `packytrace-ops migrate` runs them as the schema's owner.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// How long Passport may take to tell what was scanned.
const PASSPORT_BUDGET: Duration = Duration::from_secs(3);
/// How long Identity may take to tell a time zone; the last one that is known will do.
const IDENTITY_BUDGET: Duration = Duration::from_millis(250);

/// Builds the function.
pub async fn start(boot: Boot) -> Result<Function, BootError> {
    let config = Arc::new(boot.settings::<Config>()?);
    boot.secrets.try_by("vapid-key", secrets::unchanged());
    let database = boot.database().await?;
    let schema = Schema::new("fridge").map_err(|name| BootError::Own(format!("no schema name: {name}")))?;
    let passport = boot.client("passport", &config.passport_url, PASSPORT_BUDGET)?;
    let identity = boot.client("identity", &config.identity_url, IDENTITY_BUDGET)?;
    let own = |error: &dyn std::error::Error| BootError::Own(error.to_string());
    let pushes = Pushes::new(&database, &boot.secrets, &boot.clock, &config).map_err(|error| own(&error))?;
    let app = App {
        outbox: boot.outbox(schema, &database),
        passport: Passport::new(passport),
        identity: Identity::new(identity, &boot.clock),
        clock: boot.clock.clone(),
        ids: boot.ids.clone(),
        config,
        database,
        schema,
        pushes,
    };
    tokio::spawn(app.pushes.clone().keep_sending());
    let router =
        layers::internal(app::router(app.clone()), boot.callers()?, boot.clock.clone(), boot.ids.clone());
    let consumer = events::consumer(&app).map_err(|error| own(&error))?;
    let (ready, sending, sends) = (app.clone(), app.outbox.clone(), app.clone());
    Ok(Function::new(boot.name)
        .http(router)
        .kafka(move |batch| {
            let (consumer, outbox, pushes) = (consumer.clone(), sends.outbox.clone(), sends.pushes.clone());
            async move {
                let answer = consumer.handle(batch).await;
                outbox.send_soon();
                pushes.send_soon();
                answer
            }
        })
        .schedule(move |event| events::on_schedule(app.clone(), event))
        .ready(move || events::ready(ready.clone()))
        .before_answer(move || {
            let sending = sending.clone();
            async move { sending.send_before_freeze().await }
        }))
}
