//! What containers ask: `GET /role/{name}`, with the token of that name.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use serde_json::json;

use super::{Roles, Tokens};
use crate::output::told;

#[derive(Clone)]
struct Door {
    tokens: Tokens,
    roles: Roles,
}

/// Why somebody gets none. The first two look the same from outside.
enum Refusal {
    Unknown,
    WrongToken,
    NoTokenFile(String),
    NoCredentials(String),
}

/// The endpoint's routes.
pub fn door(tokens: Tokens, roles: Roles) -> Router {
    Router::new()
        .route("/role/{name}", get(role))
        .route("/health", get(|| async { StatusCode::NO_CONTENT }))
        .with_state(Door { tokens, roles })
}

async fn role(
    State(door): State<Door>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    door.let_in(&name, &headers)?;
    let credentials = door.roles.credentials(&name).await;
    let credentials = credentials.map_err(|error| Refusal::NoCredentials(told(&error)))?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(credentials)).into_response())
}

impl Door {
    fn let_in(&self, name: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        // Only names that we know become part of a path.
        if !self.roles.know(name) {
            return Err(Refusal::Unknown);
        }
        let shown = headers.get(header::AUTHORIZATION).map(header::HeaderValue::as_bytes).unwrap_or_default();
        match self.tokens.is_of(name, shown) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Refusal::WrongToken),
            Err(error) => Err(Refusal::NoTokenFile(told(&error))),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, code, message) = match self {
            Self::Unknown | Self::WrongToken => {
                (StatusCode::FORBIDDEN, "AccessDenied", "this token is not of this role".to_owned())
            }
            Self::NoTokenFile(detail) => (StatusCode::INTERNAL_SERVER_ERROR, "NoToken", detail),
            Self::NoCredentials(detail) => (StatusCode::BAD_GATEWAY, "NoCredentials", detail),
        };
        (status, Json(json!({ "code": code, "message": message }))).into_response()
    }
}
