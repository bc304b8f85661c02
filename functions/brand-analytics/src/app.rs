//! What handlers may use, and the table of contents.

use axum::{Router, routing::get};
use sqlx::PgPool;

use crate::routes::metrics;

/// What handlers may use.
#[derive(Clone)]
pub struct App {
    /// The schema `brand_analytics`, as `brand_analytics_svc`.
    pub database: PgPool,
}

/// The routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/api/v1/brand/metrics", get(metrics::list))
        .route("/api/v1/brand/metrics.csv", get(metrics::download))
        .with_state(app)
}
