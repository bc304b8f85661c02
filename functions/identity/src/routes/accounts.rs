//! `/api/v1/accounts`: somebody registers.
//!
//! A saga over two systems that share no transaction. It is noted before Keycloak is asked; the
//! note goes with the commit that writes the account. Whatever process ends in between, the next
//! try, or else the schedule, finds the note and goes on with the user that Keycloak has.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, TimeDelta, Utc};
use http::StatusCode;
use serde::Serialize;
use service_chassis::{
    audit::{self, Actor},
    caller::Caller,
    extract::Json,
    idempotency::{IdempotencyKey, Repetition},
    trace::TraceContext,
};
use shared_contracts::identity::{Registered, Registration};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    app::App,
    auth::Anyone,
    clients::{KeycloakError, NewUser, User},
    domain::{
        account,
        registration::{self, Answers, Step},
    },
    error::Error,
    events, store,
    store::{accounts::AccountRow, registrations::RegistrationRow, visitors::Linked},
};

/// How far Keycloak's clock may be behind ours.
const SKEW: TimeDelta = TimeDelta::seconds(5);

/// What two requests with one key must have in common; a password never leaves as a plain hash.
#[derive(Serialize)]
struct Fingerprint<'a> {
    row: (&'a str, Option<&'a str>, &'a str),
    password: String,
}

/// `POST /api/v1/accounts`: makes a Keycloak user and the account of the same id.
pub async fn register(
    State(app): State<App>,
    _: Anyone,
    caller: Caller,
    key: IdempotencyKey,
    Json(request): Json<Registration>,
) -> Result<Response, Error> {
    match (make(&app, &caller, &key, &request).await, app.answers) {
        (Ok(registered), Answers::Plain) => Ok((StatusCode::CREATED, axum::Json(registered)).into_response()),
        (Ok(_) | Err(Error::EmailTaken), Answers::Mail) => Ok(StatusCode::ACCEPTED.into_response()),
        (Err(error), _) => Err(error),
    }
}

/// The saga, from the note to the commit.
async fn make(
    app: &App,
    caller: &Caller,
    key: &IdempotencyKey,
    request: &Registration,
) -> Result<Registered, Error> {
    let row = noted(request, caller, app.clock.now())?;
    let fingerprint = fingerprint(app, &row, &request.password).await?;
    let _turn = app.keycloak.turn().await?;
    store::registrations::note(&mut *app.database.acquire().await?, &row).await?;
    (app.seam)(Step::Noted)?;
    let mut tx = app.database.begin().await?;
    match key.begin(&mut tx, app.schema, &fingerprint).await? {
        Repetition::First => {}
        repeated => {
            store::registrations::take_back(&mut tx, &row.email, row.begun_at).await?;
            tx.commit().await?;
            return answered(repeated);
        }
    }
    let noted = store::registrations::take(&mut tx, &row.email).await?;
    let begun_at = noted.map_or(row.begun_at, |noted| noted.begun_at);
    let account_id = match user(app, &mut tx, &row.email, &request.password, begun_at).await {
        Ok(id) => id,
        Err(error) => {
            tx.rollback().await?;
            return Err(given_up(app, &row, error).await?);
        }
    };
    (app.seam)(Step::UserMade)?;
    let answer = Registered { account_id };
    finish(app, &mut tx, account_id, &row, caller.trace).await?;
    key.keep(&mut tx, app.schema, StatusCode::CREATED, &answer).await?;
    (app.seam)(Step::AccountWritten)?;
    tx.commit().await?;
    app.outbox.send_soon();
    audit::record("account_registered", Actor::Account(account_id), "");
    (app.seam)(Step::Committed)?;
    verify(app, account_id).await;
    Ok(answer)
}

/// Takes the note back where Keycloak certainly has no user of this try.
async fn given_up(app: &App, row: &RegistrationRow, error: Error) -> Result<Error, Error> {
    if !matches!(error, Error::Keycloak(KeycloakError::Unclear(_)) | Error::Database(_)) {
        let mut conn = app.database.acquire().await?;
        store::registrations::take_back(&mut conn, &row.email, row.begun_at).await?;
    }
    Ok(error)
}

/// Has the mail sent, where there is mail. Keycloak sends it again when the person signs in.
async fn verify(app: &App, account: Uuid) {
    if app.answers == Answers::Mail
        && let Err(error) = app.keycloak.send_verification(account).await
    {
        tracing::warn!(%error, "a mail to confirm an address could not be sent");
    }
}

/// Writes the account of a Keycloak user, links its browser, and forgets the note.
pub async fn finish(
    app: &App,
    conn: &mut PgConnection,
    account_id: Uuid,
    noted: &RegistrationRow,
    trace: TraceContext,
) -> Result<(), Error> {
    let account = AccountRow {
        display_name: noted.display_name.clone(),
        language: noted.language.clone(),
        ..AccountRow::plain(account_id, app.clock.now())
    };
    if !store::accounts::insert(conn, &account).await? {
        return Err(Error::EmailTaken);
    }
    if let Some(visitor) = noted.visitor_id {
        link(app, conn, account_id, visitor, trace).await?;
    }
    Ok(store::registrations::remove(conn, &noted.email).await?)
}

/// Links a browser to an account, and announces it the first time.
pub async fn link(
    app: &App,
    conn: &mut PgConnection,
    account: Uuid,
    visitor: Uuid,
    trace: TraceContext,
) -> Result<Linked, Error> {
    let now = app.clock.now();
    let linked = store::visitors::link(conn, account, visitor, now).await?;
    if linked == Linked::Now {
        let event = events::visitor_linked(app, visitor, account, now, trace)?;
        app.outbox.append(conn, &event).await?;
    }
    Ok(linked)
}

/// Whether a Keycloak user with the address of a noted registration is the one that it made.
pub async fn is_left_behind(
    conn: &mut PgConnection,
    user: &User,
    begun_at: DateTime<Utc>,
) -> Result<bool, sqlx::Error> {
    Ok(user.created_at() + SKEW >= begun_at && store::accounts::find(conn, user.id).await?.is_none())
}

fn noted(request: &Registration, caller: &Caller, now: DateTime<Utc>) -> Result<RegistrationRow, Error> {
    let email = registration::email(&request.email).map_err(|detail| Error::invalid("/email", detail))?;
    registration::password(&request.password, &email)
        .map_err(|detail| Error::invalid("/password", detail))?;
    let name = request.display_name.as_deref().unwrap_or_default();
    let language = request.locale.as_deref().unwrap_or(account::DEFAULT_LANGUAGE);
    Ok(RegistrationRow {
        email,
        visitor_id: caller.on_behalf.visitor,
        display_name: account::display_name(name)
            .map_err(|detail| Error::invalid("/display_name", detail))?,
        language: account::language(language).map_err(|detail| Error::invalid("/locale", detail))?,
        begun_at: now,
        tried_at: now,
    })
}

async fn fingerprint<'a>(
    app: &App,
    row: &'a RegistrationRow,
    password: &str,
) -> Result<Fingerprint<'a>, Error> {
    let password = app.pseudonyms().await?.of_password(password);
    Ok(Fingerprint { row: (&row.email, row.display_name.as_deref(), &row.language), password })
}

/// The id of the Keycloak user: a new one, or the one that an earlier try left without account.
async fn user(
    app: &App,
    conn: &mut PgConnection,
    email: &str,
    password: &str,
    begun_at: DateTime<Utc>,
) -> Result<Uuid, Error> {
    if let NewUser::Made(id) = app.keycloak.make(email, password).await? {
        return Ok(id);
    }
    let user = app.keycloak.with_email(email).await?.ok_or(Error::EmailTaken)?;
    if !is_left_behind(conn, &user, begun_at).await? {
        return Err(Error::EmailTaken);
    }
    app.keycloak.set_password(user.id, password).await?;
    Ok(user.id)
}

fn answered(repetition: Repetition) -> Result<Registered, Error> {
    match repetition {
        Repetition::Again { body, .. } => Ok(serde_json::from_value(body)?),
        _ => Err(Error::KeyReused),
    }
}
