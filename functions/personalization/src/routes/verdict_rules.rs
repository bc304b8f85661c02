//! `/api/v1/verdict-rules`: the rules behind verdicts, for anybody.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use service_chassis::extract::{Json, Path};
use shared_contracts::{page::Page, personalization::RuleSetSummary};

use crate::{app::App, auth::Anyone, error::Error};

/// A published document never changes.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=86400, immutable");

/// `GET`: every published rule set, newest first.
pub async fn list(State(app): State<App>, _: Anyone) -> Json<Page<RuleSetSummary>> {
    let items = app.rules.all().map(|set| set.summary.clone()).collect();
    Json(Page { items, next_cursor: None })
}

/// `GET …/{version}`: the document, with its hash.
pub async fn read(State(app): State<App>, _: Anyone, Path(version): Path<String>) -> Result<Response, Error> {
    let set = app.rules.of_version(&version).ok_or(Error::NotFound)?;
    let tag = HeaderValue::from_str(&format!("\"{}\"", set.summary.hash)).map_err(|_| Error::Stored)?;
    let headers = [(header::CACHE_CONTROL, CACHE_CONTROL), (header::ETAG, tag)];
    Ok((headers, axum::Json(&set.document)).into_response())
}
