//! `/api/v1/fridge/expiring`: what is past its date, or soon will be.

use axum::extract::State;
use chrono::Days;
use serde::Deserialize;
use service_chassis::{
    extract::{Json, Query},
    page::PageQuery,
};
use shared_contracts::{fridge::FridgeItem, page::Page};

use super::items;
use crate::{app::App, auth::Account, error::Error, store};

/// Days ahead where nobody says.
const DAYS: u64 = 3;
/// Days ahead at most.
const MOST_DAYS: u64 = 365;

/// How far ahead.
#[derive(Debug, Deserialize)]
pub struct Ahead {
    within_days: Option<String>,
    limit: Option<String>,
    cursor: Option<String>,
}

/// `GET /api/v1/fridge/expiring?within_days=3`.
pub async fn list(
    State(app): State<App>,
    account: Account,
    Query(query): Query<Ahead>,
) -> Result<Json<Page<FridgeItem>>, Error> {
    let days = match query.within_days.as_deref().map(str::parse::<u64>) {
        None => DAYS,
        Some(Ok(days)) if days <= MOST_DAYS => days,
        Some(_) => return Err(Error::Query("within_days must be a whole number from 0 to 365")),
    };
    let viewer = app.viewer(account.id, &app.person(&account).await?);
    let last = viewer.today() + Days::new(days);
    let mut conn = app.database.acquire().await?;
    let access = store::households::access(&mut conn, account.id).await?;
    let mut there = store::items::there(&mut conn, &access.fridges()).await?;
    there.retain(|kept| {
        !kept.item.dates.is_frozen() && kept.item.dates.expires_on().is_some_and(|day| day <= last)
    });
    Ok(Json(items::page(there, &viewer, &PageQuery::new(query.limit, query.cursor))?))
}
