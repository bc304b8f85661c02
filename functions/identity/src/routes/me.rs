//! `/api/v1/me`: the caller's account.

use axum::extract::State;
use service_chassis::extract::Json;
use shared_contracts::identity::{Account as Body, AccountChange, Units};

use crate::{app::App, auth::Account, domain::account, error::Error, store, store::accounts::AccountRow};

/// `GET /api/v1/me`.
pub async fn read(State(app): State<App>, Account(id): Account) -> Result<Json<Body>, Error> {
    let mut conn = app.database.acquire().await?;
    let row = store::accounts::find(&mut conn, id).await?.ok_or(Error::NotFound)?;
    Ok(Json(body(row)))
}

/// `PATCH /api/v1/me`: what is absent stays.
pub async fn change(
    State(app): State<App>,
    Account(id): Account,
    Json(change): Json<AccountChange>,
) -> Result<Json<Body>, Error> {
    let mut tx = app.database.begin().await?;
    let row = store::accounts::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let row = changed(row, change)?;
    store::accounts::update(&mut tx, &row).await?;
    tx.commit().await?;
    Ok(Json(body(row)))
}

fn changed(mut row: AccountRow, change: AccountChange) -> Result<AccountRow, Error> {
    if let Some(name) = change.display_name {
        row.display_name =
            account::display_name(&name).map_err(|detail| Error::invalid("/display_name", detail))?;
    }
    if let Some(language) = change.language {
        row.language = account::language(&language).map_err(|detail| Error::invalid("/language", detail))?;
    }
    if let Some(zone) = change.time_zone {
        row.time_zone = account::time_zone(&zone).map_err(|detail| Error::invalid("/time_zone", detail))?;
    }
    if let Some(units) = change.units {
        row.units = match units {
            Units::Metric => "metric".to_owned(),
            Units::Imperial => "imperial".to_owned(),
        };
    }
    Ok(row)
}

/// An account as its owner sees it.
pub fn body(row: AccountRow) -> Body {
    Body {
        account_id: row.account_id,
        display_name: row.display_name,
        language: row.language,
        time_zone: row.time_zone,
        units: if row.units == "imperial" { Units::Imperial } else { Units::Metric },
        created_at: row.created_at,
    }
}
