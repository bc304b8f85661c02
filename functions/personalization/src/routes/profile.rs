//! `/api/v1/me/profile`: the own Health Profile.

use axum::{extract::State, response::Response};
use http::StatusCode;
use service_chassis::extract::Json;
use shared_contracts::personalization::HealthProfile;

use super::keeping::{self, private};
use crate::{
    app::App,
    auth::Account,
    domain::profile::{Label, Seat},
    error::Error,
    store,
};

/// `GET`: the profile as it is kept.
pub async fn read(State(app): State<App>, account: Account) -> Result<Response, Error> {
    let mut conn = app.database.acquire().await?;
    let row = store::profiles::find_first(&mut conn, account.id).await?.ok_or(Error::NotFound)?;
    Ok(private(keeping::open(&app.keys().await?, row)?))
}

/// `PUT`: stores the profile as a whole, with consent.
pub async fn put(
    State(app): State<App>,
    account: Account,
    Json(profile): Json<HealthProfile>,
) -> Result<Response, Error> {
    let mut tx = app.database.begin().await?;
    let permitted = keeping::permit(&app, &mut tx, &account, profile).await?;
    let kept = if let Some(before) = store::profiles::find_first(&mut tx, account.id).await? {
        keeping::replace(&app, &mut tx, &before, permitted).await?
    } else {
        let profile_id = app.ids.next(app.clock.now());
        let label = Label { account: account.id, profile: profile_id, version: 1 };
        store::profiles::insert(&mut tx, account.id, profile_id, Seat::First, permitted.consented_at).await?;
        keeping::store(&app, &mut tx, label, permitted.profile).await?
    };
    tx.commit().await?;
    Ok(private(kept))
}

/// `DELETE`: erases the profile, all its versions.
pub async fn erase(State(app): State<App>, account: Account) -> Result<StatusCode, Error> {
    let mut tx = app.database.begin().await?;
    store::profiles::take_turn(&mut tx, account.id).await?;
    let row = store::profiles::find_first(&mut tx, account.id).await?.ok_or(Error::NotFound)?;
    store::profiles::erase(&mut tx, account.id, row.profile_id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
