//! `/internal/v1/accounts/{account_id}/export`: what is held of an account, for identity.

use axum::extract::State;
use serde_json::json;
use service_chassis::extract::{Json, Path};
use shared_contracts::identity::ExportPart;
use uuid::Uuid;

use crate::{app::App, auth::Internal, domain::pseudonym::Subject, error::Error, store};

/// Facts that are not counted yet, decisions, and when visitors were linked; also of those visitors.
/// Only pseudonyms are held, so whose they are is what the caller says.
pub async fn read(
    State(app): State<App>,
    _: Internal,
    Path(account_id): Path<Uuid>,
) -> Result<Json<ExportPart>, Error> {
    let account = app.pseudonyms.of(Subject::Account(account_id));
    let mut conn = app.database.acquire().await?;
    let visitors = store::links::of_account(&mut conn, account).await?;
    let links: Vec<_> = visitors.iter().map(|(_, linked_at)| json!({ "linked_at": linked_at })).collect();
    let mut subjects = vec![account.0.to_vec()];
    subjects.extend(visitors.into_iter().map(|(visitor, _)| visitor));
    let facts = store::facts::of_subjects(&mut conn, &subjects).await?;
    let facts: Vec<_> = facts
        .iter()
        .map(|fact| json!({ "gtin": fact.gtin, "metric": fact.metric, "happened_at": fact.happened_at }))
        .collect();
    let consents = store::consents::of_subjects(&mut conn, &subjects).await?;
    let consents: Vec<_> =
        consents.iter().map(|one| json!({ "granted": one.granted, "changed_at": one.changed_at })).collect();
    let data = json!({ "pending_facts": facts, "consents": consents, "linked_visitors": links });
    Ok(Json(ExportPart { service: "measurement".to_owned(), data }))
}
