//! The private admin port: `GET /health`, `/ready` and `/metrics`.

use std::panic::AssertUnwindSafe;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use futures::FutureExt;
use serde_json::json;
use tokio::time::timeout;

use crate::function::ReadyFn;
use crate::host::Metrics;
use crate::stop::Stop;

/// A probe that takes longer has failed.
const PROBE_WITHIN: Duration = Duration::from_secs(2);

/// What the port's answers need.
#[derive(Clone)]
pub(crate) struct Admin {
    pub(crate) metrics: Metrics,
    pub(crate) ready: Option<ReadyFn>,
    pub(crate) stop: Stop,
}

/// The port's routes.
pub(crate) fn router(admin: Admin) -> Router {
    Router::new()
        .route("/health", get(health))
        .route("/ready", get(ready))
        .route("/metrics", get(metrics))
        .with_state(admin)
}

async fn health() -> Response {
    Json(json!({ "status": "up" })).into_response()
}

async fn ready(State(admin): State<Admin>) -> Response {
    match probe(&admin).await {
        Ok(()) => Json(json!({ "status": "ready" })).into_response(),
        Err(reason) => {
            let body = Json(json!({ "status": "not_ready", "reason": reason }));
            (StatusCode::SERVICE_UNAVAILABLE, body).into_response()
        }
    }
}

async fn probe(admin: &Admin) -> Result<(), String> {
    if admin.stop.is_wished() {
        return Err("the process is stopping".to_owned());
    }
    let Some(ready) = &admin.ready else {
        return Ok(());
    };
    match timeout(PROBE_WITHIN, AssertUnwindSafe(ready()).catch_unwind()).await {
        Ok(Ok(answer)) => answer.map_err(|error| error.to_string()),
        Ok(Err(_panic)) => Err("the probe panicked".to_owned()),
        Err(_elapsed) => Err(format!("no answer within {PROBE_WITHIN:?}")),
    }
}

async fn metrics(State(admin): State<Admin>) -> (HeaderMap, String) {
    let text = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");
    (HeaderMap::from_iter([(header::CONTENT_TYPE, text)]), admin.metrics.render())
}
