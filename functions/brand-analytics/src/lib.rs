//! What a brand sees: counts with their uncertainty, and never a person.

pub mod app;
pub mod auth;
pub mod domain;
pub mod error;
pub mod events;
pub mod routes;
pub mod store;

use service_chassis::{Boot, BootError, Function, layers};

use crate::app::App;

/// The service's migrations; `packytrace-ops migrate` runs them as the schema's owner.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!();

/// Builds the function.
pub async fn start(boot: Boot) -> Result<Function, BootError> {
    let app = App { database: boot.database().await? };
    let consumer = events::consumer(&app)?;
    let router =
        layers::internal(app::router(app.clone()), boot.callers()?, boot.clock.clone(), boot.ids.clone());
    Ok(Function::new(boot.name)
        .http(router)
        .kafka(move |batch| {
            let consumer = consumer.clone();
            async move { consumer.handle(batch).await }
        })
        .ready(move || events::ready(app.clone())))
}
