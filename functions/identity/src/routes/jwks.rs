//! `/.well-known/jwks.json`: what Keycloak checks Identity's assertions with. It has no internal
//! token, and the gateway has no such route.

use axum::{Json, extract::State};
use http::StatusCode;
use service_chassis::caller::KeySet;

use crate::app::App;

/// The public halves of all keys of Identity's client (RFC 7517).
pub async fn read(State(app): State<App>) -> Result<Json<KeySet>, StatusCode> {
    app.client_keys.published().await.map(Json).map_err(|error| {
        tracing::error!(%error, "the keys of Identity's client cannot be published");
        StatusCode::SERVICE_UNAVAILABLE
    })
}
