//! `/api/v1/fridge/expiring.ics`: the dates as a calendar, for whoever has the token.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use serde::Deserialize;
use service_chassis::extract::Query;
use shared_contracts::fridge::FeedToken;

use crate::{
    app::{App, unknown},
    auth::{Account, Anyone},
    domain::{feed, order::Place, token},
    error::Error,
    store,
};

/// The only credential of the feed.
#[derive(Deserialize)]
pub struct Credential {
    token: String,
}

/// `POST /api/v1/fridge/feed-token`: a new token; the one before it opens nothing any more.
pub async fn make(State(app): State<App>, account: Account) -> Result<Response, Error> {
    // The feed has no token of Identity's: the time zone is kept for it now.
    app.person(&account).await?;
    let token = token::draw()?;
    let mut tx = app.begin(account.id).await?;
    store::feed_tokens::put(&mut tx, account.id, &token::hash(&token), app.clock.now()).await?;
    tx.commit().await?;
    let url = format!("{}/api/v1/fridge/expiring.ics?token={token}", app.config.public_url);
    Ok((StatusCode::CREATED, axum::Json(FeedToken { token, url })).into_response())
}

/// `DELETE /api/v1/fridge/feed-token`: it opens nothing any more.
pub async fn revoke(State(app): State<App>, account: Account) -> Result<StatusCode, Error> {
    let mut conn = app.database.acquire().await?;
    store::feed_tokens::remove(&mut conn, account.id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `GET /api/v1/fridge/expiring.ics?token=…`: what is there and has a date that runs.
pub async fn read(
    State(app): State<App>,
    _: Anyone,
    Query(credential): Query<Credential>,
) -> Result<Response, Error> {
    let mut conn = app.database.acquire().await?;
    let hash = token::hash(&credential.token);
    let account = store::feed_tokens::owner(&mut conn, &hash).await?.ok_or(Error::NoToken)?;
    let person = store::people::find(&mut conn, account).await?.unwrap_or_else(unknown);
    let access = store::households::access(&mut conn, account).await?;
    let mut there = store::items::there(&mut conn, &access.fridges()).await?;
    there.retain(|kept| !kept.item.dates.is_frozen());
    there.sort_by_cached_key(|kept| Place::of(&kept.item, &kept.standing));
    let viewer = app.viewer(account, &person);
    let items: Vec<_> = there.into_iter().map(|kept| viewer.shown(kept.item, kept.standing)).collect();
    let headers = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, feed::calendar(&items, viewer.now)).into_response())
}
