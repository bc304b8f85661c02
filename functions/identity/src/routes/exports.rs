//! `POST /api/v1/me/export`, `/api/v1/jobs`, `/api/v1/me/exports`: everything that we hold of a
//! person, gathered from every service as a job.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::{StatusCode, header};
use service_chassis::{
    audit::{self, Actor},
    extract::{Json, Path},
    idempotency::{IdempotencyKey, Repetition},
};
use shared_contracts::job::{Job, JobStarted, JobState, LineError};
use uuid::Uuid;

use crate::{
    app::App,
    auth::Account,
    error::Error,
    events::schedule,
    store,
    store::exports::{Claimed, ExportRow},
};

/// `POST /api/v1/me/export`: begins to gather.
pub async fn begin(
    State(app): State<App>,
    Account(account_id): Account,
    key: IdempotencyKey,
) -> Result<Response, Error> {
    let now = app.clock.now();
    let mut tx = app.database.begin().await?;
    match key.begin(&mut tx, app.schema, &()).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => return Ok((StatusCode::ACCEPTED, axum::Json(body)).into_response()),
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    let answer = JobStarted { job_id: app.ids.next(now) };
    store::exports::begin(&mut tx, account_id, answer.job_id, schedule::parts(&app), now).await?;
    key.keep(&mut tx, app.schema, StatusCode::ACCEPTED, &answer).await?;
    tx.commit().await?;
    audit::record("export_requested", Actor::Account(account_id), "");
    // At once where the process lives on; where it freezes, the schedule goes on with it.
    let claimed = Claimed { job_id: answer.job_id, account_id, requested_at: now };
    tokio::spawn(async move { schedule::gather(&app, claimed).await });
    Ok((StatusCode::ACCEPTED, axum::Json(answer)).into_response())
}

/// `GET /api/v1/jobs/{job_id}`: how far one of the caller's own exports is.
pub async fn job(
    State(app): State<App>,
    Account(account): Account,
    Path(job_id): Path<Uuid>,
) -> Result<Json<Job>, Error> {
    let mut conn = app.database.acquire().await?;
    let row = store::exports::find(&mut conn, account, job_id).await?.ok_or(Error::NotFound)?;
    Ok(Json(told(job_id, row)))
}

/// `GET /api/v1/me/exports/{job_id}`: what it gathered.
pub async fn read(
    State(app): State<App>,
    Account(account): Account,
    Path(job_id): Path<Uuid>,
) -> Result<Response, Error> {
    let mut conn = app.database.acquire().await?;
    let sealed = store::exports::document(&mut conn, account, job_id).await?.ok_or(Error::NotFound)?;
    drop(conn);
    let document = app.export_keys().await?.open(&label(account, job_id), &sealed)?;
    audit::record("export_fetched", Actor::Account(account), "");
    // Kept as it will be sent: nothing of it is read again here.
    Ok(([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], document.to_vec())
        .into_response())
}

/// Where a sealed export stands.
pub fn label(account: Uuid, job: Uuid) -> String {
    format!("export/{account}/{job}")
}

fn told(job_id: Uuid, row: ExportRow) -> Job {
    let state = match (&row.failure, row.finished_at) {
        (Some(_), _) => JobState::Failed,
        (None, Some(_)) => JobState::Done,
        (None, None) => JobState::Running,
    };
    Job {
        state,
        done: row.done.into(),
        total: row.total.into(),
        errors: row.failure.into_iter().map(|detail| LineError { line: 0, detail }).collect(),
        result_url: (state == JobState::Done).then(|| format!("/api/v1/me/exports/{job_id}")),
    }
}
