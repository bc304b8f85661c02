//! `/api/v1/brand/products/{gtin}/label.svg`: the symbol to print.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::NaiveDate;
use http::{HeaderValue, header};
use serde::Deserialize;
use service_chassis::{
    extract::{Path, Query},
    problem::Problem,
};
use shared_contracts::date::full_date;

use super::own;
use crate::{
    app::App,
    auth::BrandViewer,
    domain::{
        gs1,
        label::{self, Symbol},
    },
    error::Error,
};

/// Nothing in a drawing is loaded from anywhere.
const POLICY: HeaderValue = HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'");

/// What is to be said in the symbol.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelQuery {
    symbol: Option<String>,
    lot: Option<String>,
    use_by: Option<String>,
}

/// `GET`: the symbol of a product, or of a lot of it.
pub async fn draw(
    State(app): State<App>,
    viewer: BrandViewer,
    Path(gtin): Path<String>,
    Query(query): Query<LabelQuery>,
) -> Result<Response, Error> {
    let symbol = query.symbol.as_deref().map_or(Some(Symbol::default()), Symbol::of);
    let symbol = symbol.ok_or_else(|| Problem::bad_request("symbol must be qr or datamatrix"))?;
    let use_by = query.use_by.as_deref().map(day).transpose()?;
    let mut conn = app.database.acquire().await?;
    let gtin = own(&mut conn, viewer.brand, &gtin).await?;
    drop(conn);
    let code = gs1::product_code(gtin, query.lot.as_deref(), use_by, app.clock.today())
        .map_err(Error::InvalidIdentifier)?;
    let svg = label::svg(&code, symbol, &app.config.public_url)
        .ok_or_else(|| Problem::bad_request("This is more than the symbol can hold"))?;
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("image/svg+xml"));
    Ok(([kind, (header::CONTENT_SECURITY_POLICY, POLICY)], svg).into_response())
}

fn day(text: &str) -> Result<NaiveDate, Problem> {
    full_date(text).ok_or_else(|| Problem::bad_request("use_by must be a day such as 2026-11-30"))
}
