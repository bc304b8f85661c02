//! `/internal/v1/accounts/{account_id}/export`: all that is kept of a person, for Identity.

use axum::extract::State;
use serde_json::{Value, json};
use service_chassis::extract::{Json, Path};
use shared_contracts::{fridge::FridgeEvent, identity::ExportPart};
use uuid::Uuid;

use super::household;
use crate::{
    app::{App, unknown},
    auth::Internal,
    domain::{
        item::Entry,
        shown::{self, Viewer},
    },
    error::Error,
    store,
};

/// Notices of an export at most; older ones are of the same kind.
const NOTICES: i64 = 10_000;

/// `GET /internal/v1/accounts/{account_id}/export`.
pub async fn read(
    State(app): State<App>,
    _: Internal,
    Path(account): Path<Uuid>,
) -> Result<Json<ExportPart>, Error> {
    let mut conn = app.database.acquire().await?;
    let person = store::people::find(&mut conn, account).await?;
    let viewer: Viewer = app.viewer(account, &person.clone().unwrap_or_else(unknown));
    let items = store::items::of_fridge(&mut conn, account).await?;
    let items: Vec<_> = items.into_iter().map(|kept| viewer.shown(kept.item, kept.standing)).collect();
    let history = store::events::of_account(&mut conn, account).await?;
    let data = json!({
        "items": items,
        "history": history.chunk_by(|one, next| one.item_id == next.item_id).flat_map(told).collect::<Vec<_>>(),
        "notices": store::notices::list(&mut conn, account, None, NOTICES).await?,
        "households": [household::of(&app, &mut conn, account).await?],
        "push_subscriptions": store::push::list(&mut conn, account).await?,
        "feed_tokens": store::feed_tokens::since(&mut conn, account).await?.map(|at| json!({"created_at": at}))
            .into_iter().collect::<Vec<_>>(),
        "settings": person.map(|person| json!({"time_zone": person.time_zone, "language": person.language}))
            .into_iter().collect::<Vec<_>>(),
    });
    Ok(Json(ExportPart { service: "fridge".to_owned(), data }))
}

/// Events of one item, each with its item's id.
fn told(entries: &[Entry]) -> Vec<Value> {
    let item_id = entries.first().map(|entry| entry.item_id);
    let with_item = |event: FridgeEvent| {
        let mut event = serde_json::to_value(event).unwrap_or_default();
        event["item_id"] = json!(item_id);
        event
    };
    shown::history(entries).items.into_iter().map(with_item).collect()
}
