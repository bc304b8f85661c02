//! `/api/v1/fridge/notices`: what somebody was told.

use axum::extract::State;
use service_chassis::{
    extract::{Json, Query},
    page::PageQuery,
};
use shared_contracts::{fridge::Notice, page::Page};
use uuid::Uuid;

use crate::{app::App, auth::Account, error::Error, store};

/// `GET /api/v1/fridge/notices`: the newest first.
pub async fn list(
    State(app): State<App>,
    account: Account,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Notice>>, Error> {
    let window = query.window::<Uuid>()?;
    let mut conn = app.database.acquire().await?;
    let notices = store::notices::list(&mut conn, account.id, window.after, window.rows()).await?;
    Ok(Json(window.page(notices, |notice| notice.notice_id)))
}
