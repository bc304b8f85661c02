//! `/api/v1/brand/products/import`, and the jobs that it begins.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::Deserialize;
use service_chassis::{
    extract::{Json, Path, Query},
    idempotency::{IdempotencyKey, Repetition},
    problem::Problem,
};
use shared_contracts::{
    job::{Job, JobStarted, JobState},
    problem::ProblemType,
};
use uuid::Uuid;

use crate::{
    app::App,
    auth::{Account, BrandEditor},
    domain::import::{Format, NewJob, Records},
    error::Error,
    store,
};

/// Where a part stands in its file.
#[derive(Deserialize)]
pub struct PartQuery {
    first_line: Option<u32>,
}

/// `POST`: takes a part, to be worked off line by line.
pub async fn begin(
    State(app): State<App>,
    editor: BrandEditor,
    key: IdempotencyKey,
    Query(part): Query<PartQuery>,
    headers: HeaderMap,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Response, Error> {
    let format = format(&headers)?;
    let content = text(body)?;
    let total = Records::new(format, &content)
        .map_err(|reason| Error::Refused(vec![(String::new(), format!("The header (line 1) {reason}."))]))?
        .count();
    let now = app.clock.now();
    let job = NewJob {
        job_id: app.ids.next(now),
        account: editor.account,
        brand: editor.brand,
        format,
        content,
        first_line: part.first_line.map_or(1, |line| i64::from(line.max(1))),
        total: i32::try_from(total).unwrap_or(i32::MAX),
    };
    let mut tx = app.database.begin().await?;
    match key.begin(&mut tx, app.schema, &(job.first_line, &job.content)).await? {
        Repetition::First => {}
        Repetition::Again { body, .. } => return Ok(accepted(&body)),
        Repetition::OtherRequest => return Err(Error::KeyReused),
    }
    store::imports::insert(&mut tx, &job, now).await?;
    let answer = JobStarted { job_id: job.job_id };
    key.keep(&mut tx, app.schema, StatusCode::ACCEPTED, &answer).await?;
    tx.commit().await?;
    app.imports.notify_one();
    Ok(accepted(&answer))
}

/// `GET /api/v1/jobs/{job_id}`: how far one of the account's own imports is.
pub async fn read(
    State(app): State<App>,
    Account { id: account, .. }: Account,
    Path(job_id): Path<Uuid>,
) -> Result<Json<Job>, Error> {
    let mut conn = app.database.acquire().await?;
    let job = store::imports::find(&mut conn, account, job_id).await?.ok_or(Error::NotFound)?;
    Ok(Json(Job {
        state: if job.is_done { JobState::Done } else { JobState::Running },
        done: job.handled.into(),
        total: job.total.into(),
        errors: serde_json::from_value(job.errors)?,
        result_url: None,
    }))
}

fn format(headers: &HeaderMap) -> Result<Format, Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    Format::of_content_type(kind).ok_or_else(|| {
        Problem::new(ProblemType::UnsupportedMediaType, "An import is text/csv or application/x-ndjson.")
    })
}

fn text(body: Result<Bytes, axum::extract::rejection::BytesRejection>) -> Result<String, Error> {
    let bytes = body.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::new(
            ProblemType::PayloadTooLarge,
            "One part has at most 5 MiB; send a larger file in several.",
        ),
        _ => Problem::bad_request("The body cannot be read."),
    })?;
    let text = String::from_utf8(bytes.into()).map_err(|_| unreadable("The body is not UTF-8."))?;
    if text.contains('\0') {
        return Err(unreadable("The body has a NUL character, which no text has."));
    }
    Ok(text)
}

fn unreadable(detail: &str) -> Error {
    Error::Refused(vec![(String::new(), detail.to_owned())])
}

fn accepted<T: serde::Serialize>(answer: &T) -> Response {
    (StatusCode::ACCEPTED, axum::Json(answer)).into_response()
}
