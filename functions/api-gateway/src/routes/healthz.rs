//! Liveness.

use axum::Json;
use serde::Serialize;

/// That the front door stands.
#[derive(Serialize)]
pub struct Health {
    status: &'static str,
}

/// `GET /healthz`.
pub async fn read() -> Json<Health> {
    Json(Health { status: "ok" })
}
