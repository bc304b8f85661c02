//! `/api/v1/brand`, `/api/v1/admin/brands`: brands, and who may keep their products.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use service_chassis::{
    audit::{self, Actor},
    caller::Caller,
    extract::{Json, Path, Query},
    idempotency::{IdempotencyKey, Repetition},
    page::PageQuery,
};
use shared_contracts::{
    identity::{
        Brand, BrandChange, BrandRequest, BrandRole, BrandUser as UserBody, BrandUserRequest, WindowLength,
    },
    page::Page,
};
use uuid::Uuid;

use crate::{
    app::App,
    auth::{Admin, BrandUser},
    domain::brand,
    error::Error,
    events, store,
    store::brands::{BrandRow, UserRow},
};

/// `GET /api/v1/brand`: the caller's own.
pub async fn own(State(app): State<App>, BrandUser(scope): BrandUser) -> Result<Json<Brand>, Error> {
    let mut conn = app.database.acquire().await?;
    let row = store::brands::find(&mut conn, scope.brand).await?.ok_or(Error::NotFound)?;
    Ok(Json(Brand { role: BrandRole::named(&scope.role), ..body(row)? }))
}

/// `GET /api/v1/admin/brands`: all, newest first.
pub async fn list(
    State(app): State<App>,
    _: Admin,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Brand>>, Error> {
    let window = query.window::<Uuid>()?;
    let mut conn = app.database.acquire().await?;
    let rows = store::brands::list(&mut conn, window.after, window.rows()).await?;
    let page = window.page(rows, |row| row.brand_id);
    let items = page.items.into_iter().map(body).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// `POST /api/v1/admin/brands`.
pub async fn make(
    State(app): State<App>,
    _: Admin,
    caller: Caller,
    key: IdempotencyKey,
    Json(request): Json<BrandRequest>,
) -> Result<Response, Error> {
    let row = new(&app, &request)?;
    let mut tx = app.database.begin().await?;
    match key.begin(&mut tx, app.schema, &request).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => return Ok(created(&body)),
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    store::brands::insert(&mut tx, &row, app.clock.now()).await?;
    store::brands::insert_prefixes(&mut tx, row.brand_id, &row.prefixes).await?;
    let brand = body(row)?;
    app.outbox.append(&mut tx, &events::brand_changed(&app, &brand, caller.trace)?).await?;
    key.keep(&mut tx, app.schema, StatusCode::CREATED, &brand).await?;
    tx.commit().await?;
    record("brand_made", &caller, brand.brand_id, None);
    app.outbox.send_soon();
    Ok(created(&brand))
}

/// `PATCH /api/v1/admin/brands/{brand_id}`: what is absent stays.
pub async fn change(
    State(app): State<App>,
    _: Admin,
    caller: Caller,
    Path(brand_id): Path<Uuid>,
    Json(change): Json<BrandChange>,
) -> Result<Json<Brand>, Error> {
    let mut tx = app.database.begin().await?;
    let before = store::brands::lock(&mut tx, brand_id).await?.ok_or(Error::NotFound)?;
    let after = changed(&app, before.clone(), change)?;
    if after.prefixes != before.prefixes {
        store::brands::remove_prefixes(&mut tx, brand_id).await?;
        store::brands::insert_prefixes(&mut tx, brand_id, &after.prefixes).await?;
    }
    store::brands::update(&mut tx, &after).await?;
    let (before, after) = (body(before)?, body(after)?);
    if before != after {
        app.outbox.append(&mut tx, &events::brand_changed(&app, &after, caller.trace)?).await?;
    }
    tx.commit().await?;
    record("brand_changed", &caller, brand_id, None);
    app.outbox.send_soon();
    Ok(Json(after))
}

/// `GET /api/v1/admin/brands/{brand_id}/users`.
pub async fn users(
    State(app): State<App>,
    _: Admin,
    Path(brand_id): Path<Uuid>,
) -> Result<Json<Page<UserBody>>, Error> {
    let mut conn = app.database.acquire().await?;
    store::brands::find(&mut conn, brand_id).await?.ok_or(Error::NotFound)?;
    let rows = store::brands::users(&mut conn, brand_id).await?;
    let items = rows.iter().map(user).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// `POST /api/v1/admin/brands/{brand_id}/users`.
pub async fn appoint(
    State(app): State<App>,
    _: Admin,
    caller: Caller,
    key: IdempotencyKey,
    Path(brand_id): Path<Uuid>,
    Json(request): Json<BrandUserRequest>,
) -> Result<Response, Error> {
    let BrandUserRequest { account_id, role } = request.clone();
    let mut tx = app.database.begin().await?;
    match key.begin(&mut tx, app.schema, &request).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => return Ok(created(&body)),
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    store::brands::find(&mut tx, brand_id).await?.ok_or(Error::NotFound)?;
    if store::accounts::find(&mut tx, account_id).await?.is_none() {
        return Err(Error::invalid("/account_id", "There is no such account."));
    }
    let row = UserRow { brand_id, account_id, role: role.as_str().to_owned() };
    if !store::brands::appoint(&mut tx, &row).await? {
        return Err(Error::OtherBrand);
    }
    let answer = user(&row)?;
    key.keep(&mut tx, app.schema, StatusCode::CREATED, &answer).await?;
    tx.commit().await?;
    record("brand_user_appointed", &caller, brand_id, Some(account_id));
    Ok(created(&answer))
}

/// `DELETE /api/v1/admin/brands/{brand_id}/users/{account_id}`.
pub async fn dismiss(
    State(app): State<App>,
    _: Admin,
    caller: Caller,
    Path((brand_id, account_id)): Path<(Uuid, Uuid)>,
) -> Result<StatusCode, Error> {
    let mut conn = app.database.acquire().await?;
    if store::brands::dismiss(&mut conn, brand_id, account_id).await? {
        record("brand_user_dismissed", &caller, brand_id, Some(account_id));
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Error::NotFound)
    }
}

/// What an administrator did to a brand, and to which of its users. A brand is no person: its id is told.
fn record(event: &'static str, by: &Caller, brand: Uuid, user: Option<Uuid>) {
    let admin = by.on_behalf.account.map_or(Actor::Anybody, Actor::Account);
    let user = user.map(|id| format!(" account:{}", audit::pseudonym(id))).unwrap_or_default();
    audit::record(event, admin, &format!("brand:{brand}{user}"));
}

/// A brand that is about to be made: not trusted, not measured, days from tomorrow on.
pub fn new(app: &App, request: &BrandRequest) -> Result<BrandRow, Error> {
    let now = app.clock.now();
    Ok(BrandRow {
        brand_id: app.ids.next(now),
        name: brand::name(&request.name).map_err(refused)?,
        trusted: false,
        measured: false,
        window_length: WindowLength::Day.as_str().to_owned(),
        window_from: brand::window_from(now.date_naive(), WindowLength::Day, WindowLength::Day),
        prefixes: brand::prefixes(request.gs1_company_prefixes.clone().unwrap_or_default())
            .map_err(refused)?,
    })
}

fn changed(app: &App, row: BrandRow, change: BrandChange) -> Result<BrandRow, Error> {
    let before = length(&row.window_length)?;
    let after = change.window.unwrap_or(before);
    let mut prefixes = match change.gs1_company_prefixes {
        Some(prefixes) => brand::prefixes(prefixes).map_err(refused)?,
        None => row.prefixes,
    };
    prefixes.sort_unstable();
    Ok(BrandRow {
        brand_id: row.brand_id,
        name: change.name.map_or(Ok(row.name), |name| brand::name(&name)).map_err(refused)?,
        trusted: change.trusted.unwrap_or(row.trusted),
        measured: change.measured.unwrap_or(row.measured),
        window_length: after.as_str().to_owned(),
        window_from: if after == before {
            row.window_from
        } else {
            brand::window_from(app.clock.today(), before, after)
        },
        prefixes,
    })
}

fn refused((pointer, detail): brand::Refusal) -> Error {
    Error::Invalid { pointer, detail: detail.to_owned() }
}

fn length(text: &str) -> Result<WindowLength, Error> {
    [WindowLength::Day, WindowLength::Week]
        .into_iter()
        .find(|length| length.as_str() == text)
        .ok_or_else(|| Error::Stored(text.to_owned()))
}

fn body(row: BrandRow) -> Result<Brand, Error> {
    Ok(Brand {
        brand_id: row.brand_id,
        name: row.name,
        gs1_company_prefixes: row.prefixes,
        trusted: row.trusted,
        measured: row.measured,
        window: length(&row.window_length)?,
        window_from: row.window_from,
        role: None,
    })
}

fn user(row: &UserRow) -> Result<UserBody, Error> {
    let role = BrandRole::named(&row.role).ok_or_else(|| Error::Stored(row.role.clone()))?;
    Ok(UserBody { brand_id: row.brand_id, account_id: row.account_id, role })
}

fn created<T: serde::Serialize>(body: &T) -> Response {
    (StatusCode::CREATED, axum::Json(body)).into_response()
}
