//! Products, product passports and scans: what a code on a package leads to.

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

use service_chassis::{Boot, BootError, Function, layers, secrets, store::Schema};

use crate::{
    app::App,
    clients::Personalization,
    config::Config,
    domain::signature::{Signer, SigningKey},
};

/// The service's migrations; `packytrace-ops migrate` runs them as the schema's owner.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Builds the function.
pub async fn start(boot: Boot) -> Result<Function, BootError> {
    boot.secrets.try_by("signing-key", secrets::key(|key: SigningKey| Signer::new(&key).is_ok()));
    let database = boot.database().await?;
    let schema = Schema::new("passport").map_err(|name| BootError::Own(format!("no schema name: {name}")))?;
    let outbox = boot.outbox(schema, &database);
    let config: Config = boot.settings()?;
    let budget = config.verdict_timeout();
    let client = boot.client("personalization", &config.personalization_url, budget)?;
    let app = App {
        config: Arc::new(config),
        clock: boot.clock.clone(),
        ids: boot.ids.clone(),
        database,
        schema,
        outbox,
        secrets: boot.secrets.clone(),
        imports: Arc::default(),
        personalization: Personalization::new(client, budget, boot.clock.clone()),
    };
    let consumer =
        events::consumer(&app).map_err(|missing| BootError::Own(format!("no consumer: {missing}")))?;
    tokio::spawn(events::imports::keep_working(app.clone()));
    let router =
        layers::internal(app::router(app.clone()), boot.callers()?, boot.clock.clone(), boot.ids.clone());
    let (ready, sending, answering) = (app.clone(), app.outbox.clone(), app.outbox.clone());
    Ok(Function::new(boot.name)
        .http(router)
        .kafka(move |batch| {
            let (consumer, outbox) = (consumer.clone(), answering.clone());
            async move {
                let answer = consumer.handle(batch).await;
                outbox.send_soon();
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
