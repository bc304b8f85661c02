//! `/api/v1/brand/recalls`: what a brand takes back from people.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use service_chassis::{
    caller::Caller,
    extract::{Json, Path, Query},
    idempotency::{IdempotencyKey, Repetition},
    page::PageQuery,
};
use shared_contracts::{
    page::Page,
    passport::{BrandRecall, RecallRequest},
};
use uuid::Uuid;

use super::own;
use crate::{
    app::App,
    auth::{BrandEditor, BrandViewer},
    domain::{gs1::Gtin, recall::Recall},
    error::Error,
    events, store,
};

/// `GET`: the brand's recalls, newest first.
pub async fn list(
    State(app): State<App>,
    viewer: BrandViewer,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<BrandRecall>>, Error> {
    let window = query.window::<Uuid>()?;
    let mut conn = app.database.acquire().await?;
    let rows = store::recalls::list(&mut conn, viewer.brand, window.after, window.rows()).await?;
    let page = window.page(rows, |row| row.recall_id);
    let items = page.items.iter().map(Recall::shown_to_brand).collect();
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// `POST`: recalls a product of the catalogue, or lots or days of it.
pub async fn open(
    State(app): State<App>,
    editor: BrandEditor,
    caller: Caller,
    key: IdempotencyKey,
    Json(request): Json<RecallRequest>,
) -> Result<Response, Error> {
    let now = app.clock.now();
    let gtin: Gtin =
        request.gtin.parse().map_err(|error| refused(vec![("/gtin".to_owned(), format!("{error}"))]))?;
    let mut tx = app.database.begin().await?;
    match key.begin(&mut tx, app.schema, &request).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => return Ok((StatusCode::CREATED, axum::Json(body)).into_response()),
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    own(&mut tx, editor.brand, gtin.as_str()).await?;
    store::products::hold(&mut tx, gtin.as_str()).await?.ok_or(Error::NotFound)?;
    let recall = Recall::open(request, gtin, editor.brand, app.ids.next(now), now)
        .map_err(|all| refused(all.into_iter().map(|one| (one.pointer, one.detail)).collect()))?;
    store::recalls::insert(&mut tx, &recall).await?;
    app.outbox.append(&mut tx, &events::product_recalled(&app, &recall, caller.trace)?).await?;
    let answer = recall.shown_to_brand();
    key.keep(&mut tx, app.schema, StatusCode::CREATED, &answer).await?;
    tx.commit().await?;
    app.outbox.send_soon();
    Ok((StatusCode::CREATED, axum::Json(answer)).into_response())
}

/// `POST …/{recall_id}/lift`: ends it, if it has not ended.
pub async fn lift(
    State(app): State<App>,
    editor: BrandEditor,
    caller: Caller,
    Path(recall_id): Path<Uuid>,
) -> Result<Json<BrandRecall>, Error> {
    let mut tx = app.database.begin().await?;
    let recall = store::recalls::hold(&mut tx, editor.brand, recall_id).await?.ok_or(Error::NotFound)?;
    if recall.lifted_at.is_some() {
        return Ok(Json(recall.shown_to_brand()));
    }
    let now = app.clock.now();
    store::recalls::lift(&mut tx, recall_id, now).await?;
    let recall = Recall { lifted_at: Some(now), ..recall };
    app.outbox.append(&mut tx, &events::product_recalled(&app, &recall, caller.trace)?).await?;
    tx.commit().await?;
    app.outbox.send_soon();
    Ok(Json(recall.shown_to_brand()))
}

fn refused(refusals: Vec<(String, String)>) -> Error {
    Error::Refused(refusals)
}
