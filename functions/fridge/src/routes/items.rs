//! `/api/v1/fridge/items`: what is there.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Serialize;
use service_chassis::{
    extract::{Json, Path, Query},
    idempotency::{IdempotencyKey, Repetition},
    page::PageQuery,
};
use shared_contracts::{
    fridge::{AddRequest, FridgeHistory, FridgeItem, ManualRequest},
    page::Page,
};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    app::App,
    auth::Account,
    domain::{
        amount::Amount,
        item::{Added, Change, Entry, Item},
        order::Place,
        shown::{self, Viewer},
        snapshot::{self, Adding},
    },
    error::Error,
    events,
    store::{self, items::Kept},
};

/// `GET /api/v1/fridge/items`: what is there, recalled first, then opened, then by date.
pub async fn list(
    State(app): State<App>,
    account: Account,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<FridgeItem>>, Error> {
    let viewer = app.viewer(account.id, &app.person(&account).await?);
    let mut conn = app.database.acquire().await?;
    let access = store::households::access(&mut conn, account.id).await?;
    let there = store::items::there(&mut conn, &access.fridges()).await?;
    Ok(Json(page(there, &viewer, &query)?))
}

/// A page of items in the order of a fridge.
pub(super) fn page(
    mut there: Vec<Kept>,
    viewer: &Viewer,
    query: &PageQuery,
) -> Result<Page<FridgeItem>, Error> {
    let window = query.window::<Place>()?;
    let place = |kept: &Kept| Place::of(&kept.item, &kept.standing);
    there.retain(|kept| window.after.as_ref().is_none_or(|after| place(kept) > *after));
    there.sort_by_cached_key(place);
    let page = window.page(there, place);
    let items = page.items.into_iter().map(|kept| viewer.shown(kept.item, kept.standing)).collect();
    Ok(Page { items, next_cursor: page.next_cursor })
}

/// `POST /api/v1/fridge/items`: what the caller scanned comes into the fridge.
pub async fn add(
    State(app): State<App>,
    account: Account,
    key: IdempotencyKey,
    Json(request): Json<AddRequest>,
) -> Result<Response, Error> {
    let person = app.person(&account).await?;
    let viewer = app.viewer(account.id, &person);
    let scan = app.passport.snapshot(request.scan_id, &account.context).await?;
    let mut tx = app.begin(account.id).await?;
    match key.begin(&mut tx, app.schema, &request).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => return Ok(created(&body)),
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    store::recalls::share_turn(&mut tx).await?;
    if let Some(kept) = store::items::of_scan(&mut tx, account.id, request.scan_id, key.key()).await? {
        return Ok(created(&viewer.shown(kept.item, kept.standing)));
    }
    let access = store::households::access(&mut tx, account.id).await?;
    let adding =
        Adding { fridge_id: access.home(), day: viewer.today(), language: &person.language, key: key.key() };
    let (added, whole) = snapshot::scanned(&adding, scan, &request)?;
    let kept = begin(&app, &mut tx, &account, added, whole).await?;
    let item = viewer.shown(kept.item, kept.standing);
    key.keep(&mut tx, app.schema, StatusCode::CREATED, &item).await?;
    tx.commit().await?;
    app.outbox.send_soon();
    Ok(created(&item))
}

/// `POST /api/v1/fridge/items/manual`: food without a code.
pub async fn add_by_hand(
    State(app): State<App>,
    account: Account,
    key: IdempotencyKey,
    Json(request): Json<ManualRequest>,
) -> Result<Response, Error> {
    let person = app.person(&account).await?;
    let viewer = app.viewer(account.id, &person);
    let mut tx = app.begin(account.id).await?;
    match key.begin(&mut tx, app.schema, &request).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => return Ok(created(&body)),
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    store::recalls::share_turn(&mut tx).await?;
    let access = store::households::access(&mut tx, account.id).await?;
    let adding =
        Adding { fridge_id: access.home(), day: viewer.today(), language: &person.language, key: key.key() };
    let (added, whole) = snapshot::by_hand(&adding, &request)?;
    let kept = begin(&app, &mut tx, &account, added, whole).await?;
    let item = viewer.shown(kept.item, kept.standing);
    key.keep(&mut tx, app.schema, StatusCode::CREATED, &item).await?;
    tx.commit().await?;
    app.outbox.send_soon();
    Ok(created(&item))
}

/// Begins an item's history, in the caller's transaction, with its event.
async fn begin(
    app: &App,
    conn: &mut PgConnection,
    account: &Account,
    added: Added,
    whole: Amount,
) -> Result<Kept, Error> {
    let now = app.clock.now();
    let entry = Entry {
        event_id: app.ids.next(now),
        item_id: app.ids.next(now),
        sequence: 1,
        account_id: Some(account.id),
        occurred_at: now,
        change: Change::Added(Box::new(added), whole),
    };
    let item = Item::begin(&entry)?;
    let standing = store::marking::standing(conn, &item.added).await?;
    let kept = Kept { item, standing };
    store::events::append(conn, kept.item.added.fridge_id, &entry).await?;
    store::items::save(conn, &kept, Some(account.id)).await?;
    if let Some(event) = events::announced(&entry, &kept.item.added, None, account.trace())? {
        app.outbox.append(conn, &event).await?;
    }
    Ok(kept)
}

/// `GET /api/v1/fridge/items/{item_id}`: one item, gone ones too.
pub async fn read(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
) -> Result<Json<FridgeItem>, Error> {
    let viewer = app.viewer(account.id, &app.person(&account).await?);
    let mut conn = app.database.acquire().await?;
    let access = store::households::access(&mut conn, account.id).await?;
    let kept = store::items::find(&mut conn, &access.fridges(), item_id).await?.ok_or(Error::NotFound)?;
    Ok(Json(viewer.shown(kept.item, kept.standing)))
}

/// `GET /api/v1/fridge/items/{item_id}/history`: all that happened to it.
pub async fn history(
    State(app): State<App>,
    account: Account,
    Path(item_id): Path<Uuid>,
) -> Result<Json<FridgeHistory>, Error> {
    let mut conn = app.database.acquire().await?;
    let access = store::households::access(&mut conn, account.id).await?;
    store::items::find(&mut conn, &access.fridges(), item_id).await?.ok_or(Error::NotFound)?;
    let entries = store::events::of_item(&mut conn, item_id).await?;
    Ok(Json(shown::history(&entries)))
}

fn created<T: Serialize>(item: &T) -> Response {
    (StatusCode::CREATED, axum::Json(item)).into_response()
}
