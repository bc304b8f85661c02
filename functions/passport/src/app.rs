//! What handlers may use, and the table of contents.

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use service_chassis::{clock::Clock, ids::Ids, outbox::Outbox, secrets::Secrets, store::Schema};
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    clients::Personalization,
    config::Config,
    routes::{brand, description, internal, keys, products, resolver, scans, verdicts},
};

/// Bytes that one part of an import may have.
const LARGEST_PART: usize = 5 * 1024 * 1024;

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
    /// The function's secrets.
    pub secrets: Secrets,
    /// Wakes the worker of imports.
    pub imports: Arc<Notify>,
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
        .route("/.well-known/passport-keys.json", get(keys::read))
        .route("/api/v1/scans", post(scans::record).get(scans::list))
        .route("/api/v1/scans/{scan_id}", get(scans::read))
        .route("/api/v1/products", get(products::search))
        .route("/api/v1/products/{gtin}", get(products::read))
        .route("/api/v1/products/{gtin}/revisions/{revision}", get(products::read_revision))
        .route("/api/v1/jobs/{job_id}", get(brand::imports::read))
        .route("/api/v1/me/verdicts/{gtin}", get(verdicts::read))
        .merge(of_brands())
        .route("/internal/v1/accounts/{account_id}/export", get(internal::export))
        .route("/internal/v1/scans/{scan_id}/snapshot", get(internal::snapshot))
        .with_state(app)
}

fn of_brands() -> Router<App> {
    let import = post(brand::imports::begin).layer(DefaultBodyLimit::max(LARGEST_PART));
    let product = get(brand::products::read).put(brand::products::put).delete(brand::products::withdraw);
    Router::new()
        .route("/api/v1/brand/products", get(brand::products::list))
        .route("/api/v1/brand/products/import", import)
        .route("/api/v1/brand/products/{gtin}", product)
        .route("/api/v1/brand/products/{gtin}/links", get(brand::links::read).put(brand::links::put))
        .route("/api/v1/brand/products/{gtin}/label.svg", get(brand::labels::draw))
        .route("/api/v1/brand/recalls", get(brand::recalls::list).post(brand::recalls::open))
        .route("/api/v1/brand/recalls/{recall_id}/lift", post(brand::recalls::lift))
}
