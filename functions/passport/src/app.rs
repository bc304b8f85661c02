//! What handlers may use, and the table of contents.

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use service_chassis::{clock::Clock, ids::Ids, outbox::Outbox, store::Schema};
use sqlx::PgPool;

use crate::{
    clients::Personalization,
    config::Config,
    routes::{description, products, resolver, scans, verdicts},
};

/// What handlers may use.
#[derive(Clone)]
pub struct App {
    /// Settings.
    pub config: Arc<Config>,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The schema `passport`, as `passport_svc`.
    pub database: PgPool,
    /// Its name, for the chassis' tables.
    pub schema: Schema,
    /// Events on their way to Kafka.
    pub outbox: Outbox,
    /// Who makes verdicts.
    pub personalization: Personalization,
}

/// The routes.
pub fn router(app: App) -> Router {
    // A Digital Link, whole or compressed, and whatever lies below it.
    let addresses = [
        "/01/{*rest}",
        "/eh{epc}",
        "/eh{epc}/",
        "/eh{epc}/{*rest}",
        "/ex{epc}",
        "/ex{epc}/",
        "/ex{epc}/{*rest}",
    ];
    addresses
        .into_iter()
        .fold(Router::new(), |router, address| {
            router.route(address, get(resolver::resolve).options(resolver::options))
        })
        .route("/.well-known/gs1resolver", get(description::read).options(description::options))
        .route("/api/v1/scans", post(scans::record).get(scans::list))
        .route("/api/v1/scans/{scan_id}", get(scans::read))
        .route("/api/v1/products", get(products::search))
        .route("/api/v1/products/{gtin}", get(products::read))
        .route("/api/v1/me/verdicts/{gtin}", get(verdicts::read))
        .with_state(app)
}
