//! `/api/v1/me/household/profiles`: the Health Profiles of the further members of a household.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use service_chassis::{
    extract::{Json, Path, Query},
    idempotency::{IdempotencyKey, Repetition},
    page::PageQuery,
};
use shared_contracts::{page::Page, personalization::HealthProfile};
use sqlx::PgConnection;
use uuid::Uuid;

use super::keeping::{self, private};
use crate::{
    app::App,
    auth::Account,
    domain::profile::{Label, MOST_MEMBERS, Seat},
    error::Error,
    store::{self, profiles::ProfileRow},
};

/// What is kept for a request that is sent again: which profile it made, and nothing of it.
#[derive(Serialize, Deserialize)]
struct Made {
    profile_id: Uuid,
}

/// `GET`: newest first.
pub async fn list(
    State(app): State<App>,
    account: Account,
    Query(query): Query<PageQuery>,
) -> Result<Response, Error> {
    let window = query.window::<Uuid>()?;
    let mut conn = app.database.acquire().await?;
    let rows = store::profiles::list_members(&mut conn, account.id, window.after, window.rows()).await?;
    let page = window.page(rows, |row| row.profile_id);
    let keys = app.keys().await?;
    let items = page.items.into_iter().map(|row| keeping::open(&keys, row)).collect::<Result<Vec<_>, _>>()?;
    Ok(private(Page { items, next_cursor: page.next_cursor }))
}

/// `POST`: adds the profile of a member, with consent.
pub async fn add(
    State(app): State<App>,
    account: Account,
    key: IdempotencyKey,
    Json(profile): Json<HealthProfile>,
) -> Result<Response, Error> {
    let fingerprints = app.keys().await?.fingerprints(&serde_json::to_vec(&profile)?)?;
    let mut tx = app.database.begin().await?;
    match key.begin_as(&mut tx, app.schema, &fingerprints).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => {
            let made: Made = serde_json::from_value(body)?;
            let row = found(&mut tx, account.id, made.profile_id).await?;
            return Ok(created(keeping::open(&app.keys().await?, row)?));
        }
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    let permitted = keeping::permit(&app, &mut tx, &account, profile).await?;
    if store::profiles::count_members(&mut tx, account.id).await? >= MOST_MEMBERS {
        return Err(Error::TooMany);
    }
    let profile_id = app.ids.next(app.clock.now());
    let label = Label { account: account.id, profile: profile_id, version: 1 };
    store::profiles::insert(&mut tx, account.id, profile_id, Seat::Further, permitted.consented_at).await?;
    let kept = keeping::store(&app, &mut tx, label, permitted.profile).await?;
    key.keep(&mut tx, app.schema, StatusCode::CREATED, &Made { profile_id }).await?;
    tx.commit().await?;
    Ok(created(kept))
}

/// `GET …/{profile_id}`.
pub async fn read(
    State(app): State<App>,
    account: Account,
    Path(profile_id): Path<Uuid>,
) -> Result<Response, Error> {
    let mut conn = app.database.acquire().await?;
    let row = found(&mut conn, account.id, profile_id).await?;
    Ok(private(keeping::open(&app.keys().await?, row)?))
}

/// `PUT …/{profile_id}`: stores the profile as a whole, with consent.
pub async fn put(
    State(app): State<App>,
    account: Account,
    Path(profile_id): Path<Uuid>,
    Json(profile): Json<HealthProfile>,
) -> Result<Response, Error> {
    let mut tx = app.database.begin().await?;
    found(&mut tx, account.id, profile_id).await?;
    let permitted = keeping::permit(&app, &mut tx, &account, profile).await?;
    // Read again: whatever happened before the account's turn came has happened.
    let before = found(&mut tx, account.id, profile_id).await?;
    let kept = keeping::replace(&app, &mut tx, &before, permitted).await?;
    tx.commit().await?;
    Ok(private(kept))
}

/// `DELETE …/{profile_id}`: erases the profile, all its versions.
pub async fn erase(
    State(app): State<App>,
    account: Account,
    Path(profile_id): Path<Uuid>,
) -> Result<StatusCode, Error> {
    let mut tx = app.database.begin().await?;
    store::profiles::take_turn(&mut tx, account.id).await?;
    found(&mut tx, account.id, profile_id).await?;
    store::profiles::erase(&mut tx, account.id, profile_id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn found(conn: &mut PgConnection, account: Uuid, profile: Uuid) -> Result<ProfileRow, Error> {
    store::profiles::find_member(conn, account, profile).await?.ok_or(Error::NotFound)
}

fn created<T: Serialize>(body: T) -> Response {
    (StatusCode::CREATED, private(body)).into_response()
}
