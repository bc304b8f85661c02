//! `/api/v1/fridge/push-subscriptions`: browsers that may be pushed to.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use serde::Deserialize;
use service_chassis::extract::{Json, Query};
use shared_contracts::fridge::{PushRequest, PushSubscriptions};

use crate::{
    app::App,
    auth::Account,
    domain::push::{self, Browser},
    error::Error,
    store,
};

/// Which browser.
#[derive(Deserialize)]
pub struct Which {
    endpoint: Option<String>,
}

/// `GET /api/v1/fridge/push-subscriptions`: all of the caller's, and the key for another.
pub async fn list(State(app): State<App>, account: Account) -> Result<Json<PushSubscriptions>, Error> {
    let key = app.pushes.key().await.map_err(|error| Error::Own(error.to_string()))?;
    let mut conn = app.database.acquire().await?;
    let items = store::push::list(&mut conn, account.id).await?;
    Ok(Json(PushSubscriptions { items, public_key: key.public()? }))
}

/// `POST /api/v1/fridge/push-subscriptions`: only to push services that we know.
pub async fn add(
    State(app): State<App>,
    account: Account,
    Json(request): Json<PushRequest>,
) -> Result<Response, Error> {
    push::endpoint(&request.endpoint, &app.config.push_hosts)?;
    Browser::read(&request.keys)?;
    app.person(&account).await?;
    let mut tx = app.begin(account.id).await?;
    let subscription = store::push::subscribe(&mut tx, account.id, &request, app.clock.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, axum::Json(subscription)).into_response())
}

/// `DELETE /api/v1/fridge/push-subscriptions?endpoint=`: that one, or all.
pub async fn remove(
    State(app): State<App>,
    account: Account,
    Query(which): Query<Which>,
) -> Result<StatusCode, Error> {
    let mut conn = app.database.acquire().await?;
    store::push::unsubscribe(&mut conn, account.id, which.endpoint.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
