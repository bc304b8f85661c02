//! From facts about people to metrics about products, and nothing in between: the privacy wall.

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
    clients::Output,
    config::{Config, PseudonymKey},
};

/// The service's migrations; `packytrace-ops migrate` runs them as the schema's owner.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Builds the function: refuses parameters that break the promise, and an output topic that does not
/// hold what was released.
pub async fn start(boot: Boot) -> Result<Function, BootError> {
    let own = |error: &dyn std::error::Error| BootError::Own(error.to_string());
    let policy = boot.settings::<Config>()?.parameters().check().map_err(|error| own(&error))?;
    boot.secrets.try_by("pseudonym-key", secrets::unchanged());
    let key: PseudonymKey = boot.secrets.own("pseudonym-key").await?.json()?;
    let database = boot.database().await?;
    let schema =
        Schema::new("measurement").map_err(|name| BootError::Own(format!("no schema name: {name}")))?;
    let outbox = boot.outbox(schema, &database);
    let app = App {
        policy: Arc::new(policy),
        pseudonyms: key.pseudonyms().map_err(|error| own(&error))?,
        output: Output::new(&boot.platform, boot.secrets.clone()),
        clock: boot.clock.clone(),
        ids: boot.ids.clone(),
        database,
        schema,
        outbox,
    };
    events::rebuild(&app).await.map_err(|error| BootError::Own(error.to_string()))?;
    let router =
        layers::internal(app::router(app.clone()), boot.callers()?, boot.clock.clone(), boot.ids.clone());
    let (consuming, ready, sending) = (app.clone(), app.clone(), app.outbox.clone());
    Ok(Function::new(boot.name)
        .http(router)
        .kafka(move |batch| events::on_records(consuming.clone(), batch))
        .schedule(move |event| events::on_schedule(app.clone(), event))
        .ready(move || events::ready(ready.clone()))
        .before_answer(move || {
            let sending = sending.clone();
            async move { sending.send_before_freeze().await }
        }))
}
