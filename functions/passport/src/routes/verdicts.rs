//! `GET /api/v1/me/verdicts/{gtin}`, and the verdict in a scan.

use axum::{extract::State, response::IntoResponse};
use chrono::NaiveDate;
use http::{HeaderValue, header};
use serde::Deserialize;
use service_chassis::{
    caller::Caller,
    extract::{Json, Path, Query},
};
use shared_contracts::{
    date,
    passport::{Identifier, Passport},
    personalization::{Verdict, VerdictRequest},
};

use crate::{
    app::App,
    auth::Account,
    domain::{gs1::Gtin, passport},
    error::Error,
    store,
};

/// What stands on the package.
#[derive(Deserialize)]
pub struct PackageQuery {
    lot: Option<String>,
    #[serde(default, deserialize_with = "date::optional")]
    use_by: Option<NaiveDate>,
    #[serde(default, deserialize_with = "date::optional")]
    best_before: Option<NaiveDate>,
}

/// `GET /api/v1/me/verdicts/{gtin}`: records nothing.
pub async fn read(
    State(app): State<App>,
    Account { caller, .. }: Account,
    Path(gtin): Path<String>,
    Query(package): Query<PackageQuery>,
) -> Result<impl IntoResponse, Error> {
    let gtin: Gtin = gtin.parse().map_err(Error::InvalidIdentifier)?;
    let row = {
        let mut conn = app.database.acquire().await?;
        store::products::find(&mut conn, &gtin.to_string()).await?.ok_or(Error::NotFound)?
    };
    let passport = passport::of(row, app.clock.today())?;
    let PackageQuery { lot, use_by, best_before } = package;
    let identifier = Identifier { lot, use_by, best_before, ..Identifier::default() };
    let verdict = of(&app, &caller, Some(&passport), &identifier).await;
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(verdict)))
}

/// The verdict for the account that a call is made for. Nobody asks for one without an account, or
/// of a product that we lack.
pub async fn of(app: &App, caller: &Caller, passport: Option<&Passport>, package: &Identifier) -> Verdict {
    let (Some(account_id), Some(passport)) = (caller.on_behalf.account, passport) else {
        return Verdict::NotRequested;
    };
    let request = VerdictRequest {
        account_id,
        passport: passport.clone(),
        lot: package.lot.clone(),
        use_by: package.use_by,
        best_before: package.best_before,
    };
    app.personalization.verdict(&request, caller).await
}
