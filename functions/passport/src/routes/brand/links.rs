//! `/api/v1/brand/products/{gtin}/links`: where the codes of a product lead.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, header};
use service_chassis::{
    extract::{Json, Path},
    problem::Problem,
};
use shared_contracts::passport::LinkDocument;

use super::own;
use crate::{
    app::App,
    auth::{BrandEditor, BrandViewer},
    domain::links::{self, Entry},
    error::Error,
    store,
};

/// `GET`: the links as a document that can be put again.
pub async fn read(
    State(app): State<App>,
    viewer: BrandViewer,
    Path(gtin): Path<String>,
) -> Result<Response, Error> {
    let mut conn = app.database.acquire().await?;
    let gtin = own(&mut conn, viewer.brand, &gtin).await?;
    let found = store::links::find(&mut conn, gtin.as_str()).await?;
    Ok(found.map_or_else(|| document(0, &[]), |found| document(found.version, &found.entries)))
}

/// `PUT`: replaces them as a whole, or changes nothing.
pub async fn put(
    State(app): State<App>,
    editor: BrandEditor,
    Path(gtin): Path<String>,
    headers: HeaderMap,
    Json(wanted): Json<LinkDocument>,
) -> Result<Response, Error> {
    let expected = expected(&headers)?;
    let mut tx = app.database.begin().await?;
    let gtin = own(&mut tx, editor.brand, &gtin).await?;
    let entries = links::check(gtin, wanted).map_err(|refusals| {
        Error::Refused(refusals.into_iter().map(|refusal| (refusal.pointer, refusal.detail)).collect())
    })?;
    let version = store::links::replace(&mut tx, gtin.as_str(), expected, &entries, app.clock.now()).await?;
    let version = version.ok_or(Error::Changed)?;
    tx.commit().await?;
    Ok(document(version, &entries))
}

fn document(version: i32, entries: &[Entry]) -> Response {
    let document = LinkDocument { entries: entries.iter().map(Entry::written).collect() };
    ([(header::ETAG, format!("\"{version}\""))], axum::Json(document)).into_response()
}

/// The version that `If-Match` lets be replaced; none for any.
fn expected(headers: &HeaderMap) -> Result<Option<i32>, Error> {
    let Some(given) = headers.get(header::IF_MATCH) else { return Ok(None) };
    match given.to_str().unwrap_or_default().trim() {
        "*" => Ok(None),
        tag => match tag.trim_matches('"').parse() {
            Ok(version) => Ok(Some(version)),
            // A tag that we never gave matches nothing.
            Err(_) if tag.starts_with(['"', 'W']) => Err(Error::Changed),
            Err(_) => Err(Problem::bad_request("If-Match must be an ETag of these links, or *").into()),
        },
    }
}
