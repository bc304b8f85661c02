//! `/api/v1/me/consents`, `/api/v1/visitor/consents`: what people consent to, decision by decision.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use service_chassis::{
    audit,
    caller::Caller,
    extract::{Json, Path, Query},
    page::PageQuery,
};
use shared_contracts::{
    identity::{Consent, ConsentChoice, Purpose},
    page::Page,
};

use super::VISITOR_USED;
use crate::{
    app::App,
    auth::{Account, Anyone, Visitor},
    domain::erasure::Subject,
    error::Error,
    events, store,
    store::consents::ConsentRow,
};

/// Characters that the name of a text may have.
const LONGEST_VERSION: usize = 64;

/// `GET /api/v1/me/consents`: one item for each purpose.
pub async fn list(State(app): State<App>, Account(id): Account) -> Result<Json<Page<Consent>>, Error> {
    current(&app, Subject::Account(id), &Purpose::ALL).await
}

/// `GET /api/v1/visitor/consents`: the same for a visitor, who can consent to measurement only. A
/// browser without Visitor ID has consented to nothing.
pub async fn list_of_visitor(
    State(app): State<App>,
    _: Anyone,
    caller: Caller,
) -> Result<Json<Page<Consent>>, Error> {
    let purposes = [Purpose::Measurement];
    match caller.on_behalf.visitor {
        Some(id) => current(&app, Subject::Visitor(id), &purposes).await,
        None => listed(&[], &purposes),
    }
}

/// `GET /api/v1/me/consents/history`: every decision, newest first.
pub async fn history(
    State(app): State<App>,
    Account(id): Account,
    Query(query): Query<PageQuery>,
) -> Result<Json<Page<Consent>>, Error> {
    let window = query.window::<i64>()?;
    let mut conn = app.database.acquire().await?;
    let rows = store::consents::history(&mut conn, Subject::Account(id), window.after, window.rows()).await?;
    let page = window.page(rows, |row| row.position);
    let items = page.items.into_iter().map(decided).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: page.next_cursor }))
}

/// `PUT /api/v1/me/consents/{purpose}`.
pub async fn decide(
    State(app): State<App>,
    Account(id): Account,
    caller: Caller,
    Path(purpose): Path<String>,
    Json(choice): Json<ConsentChoice>,
) -> Result<Json<Consent>, Error> {
    let purpose = Purpose::named(&purpose).ok_or(Error::NotFound)?;
    Ok(Json(keep(&app, Subject::Account(id), purpose, choice, &caller).await?))
}

/// `PUT /api/v1/visitor/consents/{purpose}`: of a visitor, and to measurement only.
pub async fn decide_as_visitor(
    State(app): State<App>,
    Visitor(id): Visitor,
    caller: Caller,
    Path(purpose): Path<String>,
    Json(choice): Json<ConsentChoice>,
) -> Result<Response, Error> {
    let purpose = Purpose::named(&purpose).filter(|purpose| *purpose == Purpose::Measurement);
    let consent = keep(&app, Subject::Visitor(id), purpose.ok_or(Error::NotFound)?, choice, &caller).await?;
    Ok(([(VISITOR_USED, "true")], axum::Json(consent)).into_response())
}

/// The decision that holds about one purpose.
pub async fn holding(app: &App, subject: Subject, purpose: Purpose) -> Result<Consent, Error> {
    let mut conn = app.database.acquire().await?;
    let rows = store::consents::current(&mut conn, subject).await?;
    of_purpose(&rows, purpose)
}

/// Writes a decision with its event, unless it holds already.
async fn keep(
    app: &App,
    subject: Subject,
    purpose: Purpose,
    choice: ConsentChoice,
    caller: &Caller,
) -> Result<Consent, Error> {
    let version = choice.policy_version.trim().to_owned();
    let sound = (1..=LONGEST_VERSION).contains(&version.chars().count());
    if !sound || version.contains(char::is_control) {
        return Err(Error::invalid(
            "/policy_version",
            "The name of a text has 1 to 64 printable characters.",
        ));
    }
    let mut tx = app.database.begin().await?;
    store::consents::take_turn(&mut tx, subject, purpose.as_str()).await?;
    let before = of_purpose(&store::consents::current(&mut tx, subject).await?, purpose)?;
    if before.granted == choice.granted && before.policy_version.as_deref() == Some(version.as_str()) {
        return Ok(before);
    }
    let now = app.clock.now();
    store::consents::insert(&mut tx, subject, purpose.as_str(), choice.granted, &version, now).await?;
    let consent =
        Consent { purpose, granted: choice.granted, policy_version: Some(version), changed_at: Some(now) };
    let event = events::consent_changed(app, subject, &consent, now, caller.trace)?;
    app.outbox.append(&mut tx, &event).await?;
    tx.commit().await?;
    let decision = if consent.granted { "granted" } else { "withdrawn" };
    audit::record("consent_changed", subject.actor(), &format!("{} {decision}", purpose.as_str()));
    app.outbox.send_soon();
    Ok(consent)
}

async fn current(app: &App, subject: Subject, purposes: &[Purpose]) -> Result<Json<Page<Consent>>, Error> {
    let mut conn = app.database.acquire().await?;
    listed(&store::consents::current(&mut conn, subject).await?, purposes)
}

/// One item for each purpose.
fn listed(rows: &[ConsentRow], purposes: &[Purpose]) -> Result<Json<Page<Consent>>, Error> {
    let items = purposes.iter().map(|purpose| of_purpose(rows, *purpose)).collect::<Result<_, _>>()?;
    Ok(Json(Page { items, next_cursor: None }))
}

/// Nobody having decided is no consent.
fn of_purpose(rows: &[ConsentRow], purpose: Purpose) -> Result<Consent, Error> {
    match rows.iter().find(|row| row.purpose == purpose.as_str()) {
        Some(row) => decided(row.clone()),
        None => Ok(Consent { purpose, granted: false, policy_version: None, changed_at: None }),
    }
}

fn decided(row: ConsentRow) -> Result<Consent, Error> {
    let purpose = Purpose::named(&row.purpose).ok_or_else(|| Error::Stored(row.purpose.clone()))?;
    Ok(Consent {
        purpose,
        granted: row.granted,
        policy_version: Some(row.policy_version),
        changed_at: Some(row.changed_at),
    })
}
