//! `/api/v1/brand/metrics`: what people did with the products of the caller's brand.

use axum::{
    extract::{RawQuery, State},
    response::{IntoResponse, Response},
};
use http::{HeaderValue, header};
use service_chassis::{
    extract::Json,
    page::{PageQuery, Window},
};
use shared_contracts::metrics::MetricsPage;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    app::App,
    auth::BrandViewer,
    domain::{position::Position, question::Question, table},
    error::Error,
    store,
};

/// `GET /api/v1/brand/metrics`: a page, the newest window first, and the totals of all pages.
pub async fn list(
    State(app): State<App>,
    viewer: BrandViewer,
    RawQuery(query): RawQuery,
) -> Result<Json<MetricsPage>, Error> {
    let question = read(query)?;
    let page = PageQuery::new(question.limit.clone(), question.cursor.clone());
    let window = page.window::<Position>()?;
    let mut conn = app.database.acquire().await?;
    find(&mut conn, viewer.brand, &question).await?;
    let items =
        store::metrics::page(&mut conn, viewer.brand, &question, window.after.as_ref(), window.rows())
            .await?;
    let totals = store::metrics::totals(&mut conn, viewer.brand, &question).await?;
    let page = window.page(items, |item| Position {
        start: item.window.start.date_naive(),
        gtin: item.gtin.clone(),
        metric: item.metric,
    });
    Ok(Json(MetricsPage { items: page.items, totals, next_cursor: page.next_cursor }))
}

/// `GET /api/v1/brand/metrics.csv`: the same as a table, all pages in one.
pub async fn download(
    State(app): State<App>,
    viewer: BrandViewer,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let question = read(query)?;
    let mut conn = app.database.acquire().await?;
    find(&mut conn, viewer.brand, &question).await?;
    let all: Window<Position> = Window { limit: table::MOST_ROWS, after: None };
    let items = store::metrics::page(&mut conn, viewer.brand, &question, None, all.rows()).await?;
    if i64::try_from(items.len()).is_ok_and(|rows| rows > all.limit) {
        return Err(Error::TooLong);
    }
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static("attachment; filename=\"metrics.csv\"")),
    ];
    Ok((headers, table::csv(&items)).into_response())
}

fn read(query: Option<String>) -> Result<Question, Error> {
    let query = query.unwrap_or_default();
    Ok(Question::read(url::form_urlencoded::parse(query.as_bytes()).into_owned())?)
}

/// Products that are asked for by name must be the brand's. Somebody else's and none at all look the same.
async fn find(conn: &mut PgConnection, brand: Uuid, question: &Question) -> Result<(), Error> {
    let known = store::metrics::known(conn, brand, &question.gtins).await?;
    if known == question.gtins.len() { Ok(()) } else { Err(Error::NotFound) }
}
