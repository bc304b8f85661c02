//! `GET /internal/v1/accounts/{account_id}/export`: personalization's part of an export.

use axum::{extract::State, response::Response};
use service_chassis::extract::Path;
use shared_contracts::identity::ExportPart;
use uuid::Uuid;

use super::keeping::{self, private};
use crate::{app::App, auth::Account, error::Error, store};

/// Every version of every profile of the household.
pub async fn read(
    State(app): State<App>,
    account: Account,
    Path(account_id): Path<Uuid>,
) -> Result<Response, Error> {
    if account_id != account.id {
        return Err(Error::NotFound);
    }
    let rows = {
        let mut conn = app.database.acquire().await?;
        store::profile_versions::of_account(&mut conn, account.id).await?
    };
    let keys = app.keys().await?;
    let versions = rows.into_iter().map(|row| keeping::open(&keys, row)).collect::<Result<Vec<_>, _>>()?;
    let data = serde_json::json!({ "health_profiles": versions });
    Ok(private(ExportPart { service: "personalization".to_owned(), data }))
}
