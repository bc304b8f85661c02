//! What handlers may use, and the table of contents.

use std::sync::Arc;

use axum::{Router, routing::get};
use service_chassis::{clock::Clock, ids::Ids, outbox::Outbox, store::Schema};
use sqlx::PgPool;

use crate::{
    clients::Output,
    domain::{parameters::Policy, pseudonym::Pseudonyms},
    routes::export,
};

/// What handlers may use.
#[derive(Clone)]
pub struct App {
    /// What is promised, checked.
    pub policy: Arc<Policy>,
    /// Gives pseudonyms.
    pub pseudonyms: Pseudonyms,
    /// The output topic, to read back.
    pub output: Output,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The schema `measurement`, as `measurement_svc`.
    pub database: PgPool,
    /// Its name, for the chassis' tables.
    pub schema: Schema,
    /// Events on their way to Kafka.
    pub outbox: Outbox,
}

/// The routes.
pub fn router(app: App) -> Router {
    Router::new().route("/internal/v1/accounts/{account_id}/export", get(export::read)).with_state(app)
}
