//! `/internal/v1/…`: what other functions ask. The manifest says which of them may.

use axum::extract::State;
use serde_json::json;
use service_chassis::extract::{Json, Path};
use shared_contracts::{identity::ExportPart, passport::ScanSnapshot};
use uuid::Uuid;

use crate::{
    app::App,
    auth::{Account, Anyone},
    domain::{passport, scan::Owner},
    error::Error,
    store,
};

/// `GET …/accounts/{account_id}/export`: all that passport holds of a person, for Identity.
pub async fn export(
    State(app): State<App>,
    _: Anyone,
    Path(account): Path<Uuid>,
) -> Result<Json<ExportPart>, Error> {
    let mut conn = app.database.acquire().await?;
    let scans = store::scans::of_account(&mut conn, account).await?;
    let visitors = store::people::visitors(&mut conn, account).await?;
    let scans = scans.into_iter().map(|scan| {
        json!({
            "scan_id": scan.scan_id,
            "scanned_at": scan.scanned_at,
            "identifier": scan.identifier,
            "channel": scan.channel,
            "symbology": scan.symbology,
        })
    });
    let visitors =
        visitors.into_iter().map(|link| json!({"visitor_id": link.visitor_id, "linked_at": link.linked_at}));
    let data = json!({"scans": scans.collect::<Vec<_>>(), "visitors": visitors.collect::<Vec<_>>()});
    Ok(Json(ExportPart { service: "passport".to_owned(), data }))
}

/// `GET …/scans/{scan_id}/snapshot`: what the token's account scanned, for the fridge.
pub async fn snapshot(
    State(app): State<App>,
    Account { id: account, .. }: Account,
    Path(scan_id): Path<Uuid>,
) -> Result<Json<ScanSnapshot>, Error> {
    let mut conn = app.database.acquire().await?;
    let row =
        store::scans::find(&mut conn, Owner::Account(account), scan_id).await?.ok_or(Error::NotFound)?;
    let identifier: shared_contracts::passport::Identifier = serde_json::from_value(row.identifier)?;
    let brand = match identifier.gtin.parse() {
        Ok(gtin) => store::brands::owner(&mut conn, gtin).await?,
        Err(_) => None,
    };
    let brand = brand.map(|brand| brand.id);
    Ok(Json(passport::snapshot(row.scan_id, row.scanned_at, identifier, row.revision, brand)?))
}
