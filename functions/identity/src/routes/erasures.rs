//! `DELETE /api/v1/me`, `DELETE /api/v1/visitor`, `/api/v1/erasures`: a person's data goes,
//! everywhere, and anybody who knows the random id can see how far it is.

use std::time::Duration;

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use service_chassis::{
    audit::{self, Actor},
    caller::Caller,
    extract::{Json, Path},
};
use shared_contracts::identity::{Confirmation, Erasure, ErasureStarted, ErasureState};
use sqlx::PgConnection;
use tokio::time::timeout;
use uuid::Uuid;

use super::VISITOR_GONE;
use crate::{
    app::App,
    auth::{Account, Anyone, Visitor},
    domain::{
        erasure::{Logged, Subject},
        pseudonym,
    },
    error::Error,
    events, store,
    store::erasures::Erasing,
};

/// How long the person waits for Keycloak to delete the user.
const KEYCLOAK_BUDGET: Duration = Duration::from_millis(1_500);

/// `DELETE /api/v1/me`.
pub async fn erase_account(
    State(app): State<App>,
    Account(id): Account,
    caller: Caller,
) -> Result<Response, Error> {
    let mut tx = app.database.begin().await?;
    store::accounts::lock(&mut tx, id).await?.ok_or(Error::NotFound)?;
    let links = store::visitors::of(&mut tx, id).await?;
    let visitors: Vec<Uuid> = links.into_iter().map(|link| link.visitor_id).collect();
    let erasure_id = begin(&app, &mut tx, Subject::Account(id), visitors, &caller).await?;
    store::erasures::revoke(&mut tx, &pseudonym::digest_of(id), app.clock.now()).await?;
    tx.commit().await?;
    audit::record("erasure_requested", Actor::Account(id), "");
    app.outbox.send_soon();
    // It goes on after the answer where the process lives on; where it freezes, the schedule does.
    let forgotten = tokio::spawn(events::schedule::forget_user_soon(app, id));
    if timeout(KEYCLOAK_BUDGET, forgotten).await.is_err() {
        tracing::info!("a Keycloak user is still to be deleted");
    }
    Ok(begun(erasure_id))
}

/// `DELETE /api/v1/visitor`: what a browser left without account.
pub async fn erase_visitor(
    State(app): State<App>,
    Visitor(id): Visitor,
    caller: Caller,
) -> Result<Response, Error> {
    let mut tx = app.database.begin().await?;
    if let Some(going_on) = store::erasures::of(&mut tx, id).await? {
        return Ok(begun(going_on));
    }
    let erasure_id = begin(&app, &mut tx, Subject::Visitor(id), vec![id], &caller).await?;
    store::erasures::complete(&mut tx, id, app.clock.now()).await?;
    tx.commit().await?;
    audit::record("erasure_requested", Actor::Visitor(id), "");
    app.outbox.send_soon();
    Ok(begun(erasure_id))
}

/// `GET /api/v1/erasures/{erasure_id}`.
pub async fn read(
    State(app): State<App>,
    _: Anyone,
    Path(erasure_id): Path<Uuid>,
) -> Result<Json<Erasure>, Error> {
    let mut conn = app.database.acquire().await?;
    let row = store::erasures::find(&mut conn, erasure_id).await?.ok_or(Error::NotFound)?;
    let confirmations = store::erasures::confirmations(&mut conn, erasure_id).await?;
    let confirmations = confirmations
        .into_iter()
        .map(|row| Confirmation { service: row.service, completed_at: row.completed_at })
        .collect();
    let state = if row.completed_at.is_some() { ErasureState::Completed } else { ErasureState::InProgress };
    Ok(Json(Erasure {
        erasure_id,
        state,
        requested_at: row.requested_at,
        completed_at: row.completed_at,
        confirmations,
    }))
}

/// Takes the person out of our own tables and announces it, in one transaction. The erasure log has it
/// before anything is committed: an erasure that was answered is never missing there. One that is there
/// and was not committed was asked for all the same.
async fn begin(
    app: &App,
    conn: &mut PgConnection,
    subject: Subject,
    visitors: Vec<Uuid>,
    caller: &Caller,
) -> Result<Uuid, Error> {
    let (now, erasure_id) = (app.clock.now(), app.ids.random());
    let pseudonym = app.pseudonyms().await?.of_person(subject.id());
    let erasing = Erasing {
        erasure: erasure_id,
        person: subject.id(),
        visitors: &visitors,
        pseudonym: &pseudonym,
        confirmers: &subject.confirmers(&app.confirmers),
        at: now,
    };
    store::erasures::carry_out(conn, &erasing).await?;
    let event = events::account_erased(app, subject.id(), visitors.clone(), now, caller.trace)?;
    app.outbox.append(conn, &event).await?;
    if let Some(log) = &app.erasure_log {
        let logged = Logged { erasure_id, subject, visitor_ids: visitors, erased_at: now };
        log.put(&logged.name(), serde_json::to_vec(&logged)?).await?;
    }
    Ok(erasure_id)
}

fn begun(erasure_id: Uuid) -> Response {
    (StatusCode::ACCEPTED, [(VISITOR_GONE, "true")], axum::Json(ErasureStarted { erasure_id }))
        .into_response()
}
