//! Accounts, visitors who turn out to be accounts, consents, brands; export and erasure of
//! everything that PackyTrace holds of a person.

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

use service_chassis::{
    Boot, BootError, Function, layers, objects::Objects, runtime::manifest::Manifest, sealed::KeyRing,
    secrets, store::Schema,
};
use shared_contracts::events::{AccountErased, Fact};

use crate::{
    app::App,
    clients::{ClientKeys, Exporters, Keycloak},
    config::Config,
    domain::registration::Answers,
};

/// The service's migrations; `packytrace-ops migrate` runs them as the schema's owner.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Builds the function.
pub async fn start(boot: Boot) -> Result<Function, BootError> {
    boot.secrets.try_by("keycloak-client", ClientKeys::trial());
    boot.secrets.try_by("export-keys", secrets::ring(KeyRing::is_sound));
    boot.secrets.try_by("pseudonym-key", secrets::unchanged());
    let database = boot.database().await?;
    let schema = Schema::new("identity").map_err(|name| BootError::Own(format!("no schema name: {name}")))?;
    let config: Config = boot.settings()?;
    metrics::counter!("users_without_account_total").increment(0);
    let budget = config.export_timeout();
    let exporters = Exporters::new([
        ("passport", boot.client("passport", &config.passport_url, budget)?),
        ("fridge", boot.client("fridge", &config.fridge_url, budget)?),
        ("measurement", boot.client("measurement", &config.measurement_url, budget)?),
        ("personalization", boot.client("personalization", &config.personalization_url, budget)?),
    ]);
    let client_keys = ClientKeys::new(boot.secrets.clone(), boot.clock.clone(), boot.ids.clone());
    let keycloak = Keycloak::new(&config, client_keys.clone(), boot.clock.clone())
        .map_err(|error| BootError::Own(error.to_string()))?;
    let erasure_log = erasure_log(&config, &boot).await?;
    let app = App {
        clock: boot.clock.clone(),
        ids: boot.ids.clone(),
        secrets: boot.secrets.clone(),
        outbox: boot.outbox(schema, &database),
        database,
        schema,
        keycloak,
        client_keys,
        exporters,
        confirmers: Arc::new(confirmers(&Manifest::embedded()?)),
        erasure_log,
        answers: if config.verification_mail { Answers::Mail } else { Answers::Plain },
        seam: Arc::new(|_| Ok(())),
    };
    let consumer = events::consumer(&app).map_err(|error| BootError::Own(error.to_string()))?;
    let router =
        layers::internal(app::router(app.clone()), boot.callers()?, boot.clock.clone(), boot.ids.clone())
            .merge(app::published(app.clone()));
    let (ready, sending) = (app.clone(), app.outbox.clone());
    Ok(Function::new(boot.name)
        .http(router)
        .kafka(move |batch| {
            let consumer = consumer.clone();
            async move { consumer.handle(batch).await }
        })
        .schedule(move |event| events::on_schedule(app.clone(), event))
        .ready(move || events::ready(ready.clone()))
        .before_answer(move || {
            let sending = sending.clone();
            async move { sending.send_before_freeze().await }
        }))
}

async fn erasure_log(config: &Config, boot: &Boot) -> Result<Option<Objects>, BootError> {
    let (place, endpoint) = (config.erasure_log.as_deref(), config.s3_endpoint.as_deref());
    let log = Objects::if_named(place, endpoint, &boot.clock).await;
    let log = log.map_err(|error| BootError::Own(error.to_string()))?;
    if log.is_none() {
        tracing::warn!("ERASURE_LOG is not set: a restored backup would bring erased people back");
    }
    Ok(log)
}

/// Who confirms an erasure: every function that hears of it.
pub fn confirmers(manifest: &Manifest) -> Vec<String> {
    let hears = |topics: &[String]| topics.iter().any(|topic| topic == AccountErased::TOPIC);
    manifest
        .functions
        .iter()
        .filter(|function| hears(&function.consumes))
        .map(|function| function.name.clone())
        .collect()
}
