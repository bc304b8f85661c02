//! The public contract, as one document.

use aws_lc_rs::digest;
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use shared_contracts::openapi::{self, ContractError};

use crate::app::App;

/// How long anybody may keep the contract without asking again.
const CACHE: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The contract as it is served.
#[derive(Clone)]
pub struct Contract {
    document: Bytes,
    tag: HeaderValue,
}

impl Contract {
    /// The contract that this build serves.
    pub fn published() -> Result<Self, ContractError> {
        let document = openapi::merged()?.to_string();
        let digest = digest::digest(&digest::SHA256, document.as_bytes());
        let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(digest));
        let tag = HeaderValue::try_from(tag).unwrap_or(HeaderValue::from_static("\"\""));
        Ok(Self { document: document.into(), tag })
    }

    /// Whether `If-None-Match` names what we would send.
    fn is_known(&self, request: &HeaderMap) -> bool {
        let known =
            request.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
        known
            .split(',')
            .map(|tag| tag.trim().trim_start_matches("W/"))
            .any(|tag| tag == "*" || tag.as_bytes() == self.tag.as_bytes())
    }
}

/// `GET /api/v1/openapi.json`.
pub async fn read(State(app): State<App>, request: HeaderMap) -> Response {
    let headers = [(header::ETAG, app.contract.tag.clone()), (header::CACHE_CONTROL, CACHE)];
    if app.contract.is_known(&request) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    let json = HeaderValue::from_static("application/json");
    (headers, [(header::CONTENT_TYPE, json)], app.contract.document.clone()).into_response()
}
