//! `/api/v1/products`: the catalogue, for anybody.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::Deserialize;
use service_chassis::{
    canonical,
    extract::{Json, Path, Query},
    page::PageQuery,
    problem::Problem,
};
use shared_contracts::{
    page::Page,
    passport::{Passport, ProductSummary},
};

use crate::{
    app::App,
    auth::Anyone,
    domain::{
        gs1::Gtin,
        passport,
        search::{FoundAt, SearchTerms},
    },
    error::Error,
    store,
};

/// How long a passport may be shown without asking again: a recall must be seen soon.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, max-age=30");

/// What a search asks for.
#[derive(Deserialize)]
pub struct SearchQuery {
    q: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// `GET /api/v1/products/{gtin}`: the passport; records nothing.
pub async fn read(
    State(app): State<App>,
    _: Anyone,
    Path(gtin): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let gtin: Gtin = gtin.parse().map_err(Error::InvalidIdentifier)?;
    let mut conn = app.database.acquire().await?;
    let row = store::products::find(&mut conn, &gtin.to_string()).await?.ok_or(Error::NotFound)?;
    let passport = passport::of(row, app.clock.today())?;
    let body = serde_json::to_vec(&passport)?;
    let tag = format!("\"{}.{}\"", passport.revision, &canonical::sha256_hex(&body)[..16]);
    let cached = headers.get(header::IF_NONE_MATCH).is_some_and(|given| names(given, &tag));
    let validators =
        [(header::ETAG, HeaderValue::from_str(&tag).ok()), (header::CACHE_CONTROL, Some(CACHE_CONTROL))];
    let json = [(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    let mut response =
        if cached { StatusCode::NOT_MODIFIED.into_response() } else { (json, body).into_response() };
    response.headers_mut().extend(validators.into_iter().filter_map(|(name, value)| Some((name, value?))));
    Ok(response)
}

/// `GET /api/v1/products/{gtin}/revisions/{revision}`: the passport as it was stated then, with the
/// recalls and links of today.
pub async fn read_revision(
    State(app): State<App>,
    _: Anyone,
    Path((gtin, revision)): Path<(String, i32)>,
) -> Result<Json<Passport>, Error> {
    let gtin: Gtin = gtin.parse().map_err(Error::InvalidIdentifier)?;
    let mut conn = app.database.acquire().await?;
    let row = store::products::find_revision(&mut conn, gtin.as_str(), revision).await?;
    Ok(Json(passport::of(row.ok_or(Error::NotFound)?, app.clock.today())?))
}

/// `GET /api/v1/products?q=`: products by name, brand, category, or the first digits of a GTIN.
pub async fn search(
    State(app): State<App>,
    _: Anyone,
    Query(query): Query<SearchQuery>,
) -> Result<Json<Page<ProductSummary>>, Error> {
    let typed = query.q.unwrap_or_default();
    let terms = SearchTerms::of(&typed).ok_or_else(|| {
        Problem::bad_request("q must have a word or digits to look for, in 200 characters at most")
    })?;
    let window = PageQuery::new(query.limit, query.cursor).window::<FoundAt>()?;
    let mut conn = app.database.acquire().await?;
    let rows = store::products::search(&mut conn, &terms, window.after.as_ref(), window.rows()).await?;
    let page = window.page(rows, |row| FoundAt { rank: row.rank, gtin: row.gtin.clone() });
    let items = page
        .items
        .into_iter()
        .map(|row| passport::summary(row.document, row.withdrawn))
        .collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// Whether `If-None-Match` names the tag (RFC 9110, section 13.1.2, weak comparison).
fn names(given: &HeaderValue, tag: &str) -> bool {
    given.to_str().is_ok_and(|given| {
        given.split(',').map(str::trim).any(|one| one == "*" || one.trim_start_matches("W/") == tag)
    })
}
