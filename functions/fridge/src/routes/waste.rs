//! `/api/v1/fridge/waste-summary`: what was eaten and what was thrown away.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Tz;
use http::header;
use serde::Deserialize;
use service_chassis::extract::{Json, Query};
use shared_contracts::{date, fridge::WasteSummary};

use crate::{app::App, auth::Account, domain::waste, error::Error, store};

/// Months before this one where nobody says.
const MONTHS: Months = Months::new(5);
/// Longest period, in days.
const LONGEST: i64 = 3_660;

/// From which day to which.
#[derive(Debug, Deserialize)]
pub struct Period {
    #[serde(default, deserialize_with = "date::optional")]
    from: Option<NaiveDate>,
    #[serde(default, deserialize_with = "date::optional")]
    to: Option<NaiveDate>,
}

/// `GET /api/v1/fridge/waste-summary?from=&to=`.
pub async fn summary(
    State(app): State<App>,
    account: Account,
    Query(period): Query<Period>,
) -> Result<Json<WasteSummary>, Error> {
    Ok(Json(of(&app, &account, &period).await?))
}

/// `GET /api/v1/fridge/waste-summary.csv?from=&to=`: the same as a table.
pub async fn table(
    State(app): State<App>,
    account: Account,
    Query(period): Query<Period>,
) -> Result<Response, Error> {
    let table =
        waste::table(&of(&app, &account, &period).await?).map_err(|error| Error::Own(error.to_string()))?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"waste-summary.csv\""),
    ];
    Ok((headers, table).into_response())
}

async fn of(app: &App, account: &Account, period: &Period) -> Result<WasteSummary, Error> {
    let viewer = app.viewer(account.id, &app.person(account).await?);
    let to = period.to.unwrap_or(viewer.today());
    let start = to.with_day(1).and_then(|first| first.checked_sub_months(MONTHS)).unwrap_or(to);
    let from = period.from.unwrap_or(start);
    if !(0..=LONGEST).contains(&(to - from).num_days()) {
        return Err(Error::Query("from must not be after to, nor ten years before it"));
    }
    let moments = [midnight(from, viewer.zone), midnight(to + Days::new(1), viewer.zone)];
    let mut conn = app.database.acquire().await?;
    let access = store::households::access(&mut conn, account.id).await?;
    let left = store::events::left(&mut conn, &access.fridges(), moments, viewer.zone.name()).await?;
    Ok(waste::summary(from, to, &left))
}

/// The first moment of a local day.
fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let at = day.and_time(NaiveTime::MIN);
    let local = zone.from_local_datetime(&at).earliest();
    // Where clocks skip midnight the day begins an hour later.
    let local = local.or_else(|| zone.from_local_datetime(&(at + chrono::TimeDelta::hours(1))).earliest());
    local.map_or_else(|| at.and_utc(), |local| local.to_utc())
}
