//! Health Profiles, the rules of verdicts, and verdicts.

pub mod app;
pub mod auth;
pub mod clients;
pub mod config;
pub mod domain;
pub mod error;
pub mod events;
pub mod routes;
pub mod store;

use std::sync::Arc;

use service_chassis::{Boot, BootError, Function, layers, sealed::KeyRing, secrets, store::Schema};

use crate::{app::App, clients::Identity, config::Config, domain::rule_set::Published};

/// The service's migrations; `packytrace-ops migrate` runs them as the schema's owner.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Builds the function.
pub async fn start(boot: Boot) -> Result<Function, BootError> {
    let own = |error: &dyn std::fmt::Display| BootError::Own(error.to_string());
    boot.secrets.try_by("profile-keys", secrets::ring(KeyRing::is_sound));
    let database = boot.database().await?;
    let schema = Schema::new("personalization").map_err(|name| own(&format!("no schema name: {name}")))?;
    let config: Config = boot.settings()?;
    let app = App {
        clock: boot.clock.clone(),
        ids: boot.ids.clone(),
        secrets: boot.secrets.clone(),
        outbox: boot.outbox(schema, &database),
        database,
        schema,
        identity: Identity::new(
            boot.client("identity", &config.identity_url, config.consent_timeout())?,
            config.consent_timeout_of_verdicts(),
        ),
        rules: Arc::new(Published::read().map_err(|error| own(&error))?),
    };
    let consumer = events::consumer(&app).map_err(|error| own(&error))?;
    let router =
        layers::internal(app::router(app.clone()), boot.callers()?, boot.clock.clone(), boot.ids.clone());
    let (ready, sending, confirming) = (app.clone(), app.outbox.clone(), app.outbox.clone());
    Ok(Function::new(boot.name)
        .http(router)
        .kafka(move |batch| {
            let (consumer, confirming) = (consumer.clone(), confirming.clone());
            async move {
                let answer = consumer.handle(batch).await;
                confirming.send_soon();
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
