//! Problems (RFC 9457): every error answer of every function, rendered and logged in one place.
//!
//! A handler returns a [`Problem`]; the layer [`render`] around the whole router writes its
//! body with the request id, turns the framework's own bare errors into problems, and logs
//! what was unexpected exactly once. What went wrong inside never reaches the caller.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, StatusCode, header};
use shared_contracts::problem::{FieldError, Problem as Wire, ProblemType};
use tracing::Instrument;

use crate::{clock::Clock, database, ids::Ids};

/// The request id that a request has, once its caller is known.
#[derive(Clone, Debug)]
pub struct RequestId(pub String);

/// An error as the caller sees it, and the cause as operators see it.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: ProblemType,
    detail: String,
    errors: Vec<FieldError>,
    extensions: BTreeMap<String, serde_json::Value>,
    retry_after: Option<Duration>,
    cause: Option<String>,
}

impl Problem {
    /// A problem of the given type, with a sentence for whoever sees it.
    pub fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            errors: Vec::new(),
            extensions: BTreeMap::new(),
            retry_after: None,
            cause: None,
        }
    }

    /// 400: the path, the query or a header cannot be read.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(ProblemType::MalformedRequest, detail)
    }

    /// 401, without saying why.
    pub fn unauthorized() -> Self {
        Self::new(ProblemType::Unauthenticated, "Valid credentials are required.")
    }

    /// 404, the same for what is absent and for what belongs to somebody else.
    pub fn not_found() -> Self {
        Self::new(ProblemType::NotFound, "There is nothing here that you may see.")
    }

    /// 503 with `Retry-After`: the same request may succeed in a moment.
    pub fn unavailable() -> Self {
        let mut problem =
            Self::new(ProblemType::Unavailable, "The service cannot answer right now. Try again shortly.");
        problem.retry_after = Some(Duration::from_secs(2));
        problem
    }

    /// 500: opaque to the caller, logged with its cause.
    pub fn internal(cause: impl std::fmt::Display) -> Self {
        let mut problem = Self::new(ProblemType::InternalError, "Something went wrong on our side.");
        problem.cause = Some(cause.to_string());
        problem
    }

    /// A database error: 503 while Postgres is away, 500 otherwise.
    pub fn from_database(error: &sqlx::Error) -> Self {
        let mut problem = if database::is_passing(error) { Self::unavailable() } else { Self::internal("") };
        problem.cause = Some(format!("database: {error}"));
        problem
    }

    /// Adds the place and the reason of one invalid field.
    #[must_use]
    pub fn field(self, pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        self.error(FieldError { pointer: pointer.into(), detail: detail.into(), ..FieldError::default() })
    }

    /// Adds what was wrong with one part of the request.
    #[must_use]
    pub fn error(mut self, error: FieldError) -> Self {
        self.errors.push(error);
        self
    }

    /// Adds a member that the operation's contract names (RFC 9457, section 3.2).
    #[must_use]
    pub fn with(mut self, name: &str, value: serde_json::Value) -> Self {
        self.extensions.insert(name.to_owned(), value);
        self
    }

    /// Adds the cause, which operators see and the caller does not.
    #[must_use]
    pub fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }

    /// Says when to come again.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// The HTTP status.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn wire(self, request_id: &str) -> Wire {
        Wire {
            kind: self.kind.uri(),
            title: self.kind.title().to_owned(),
            status: self.kind.status(),
            detail: self.detail,
            request_id: request_id.to_owned(),
            errors: self.errors,
            extensions: self.extensions,
        }
    }
}

impl IntoResponse for Problem {
    /// The status with the problem beside it; [`render`] writes the body.
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Box::new(self));
        response
    }
}

/// The outermost layer of every router.
pub async fn render(State((clock, ids)): State<(Clock, Ids)>, request: Request, next: Next) -> Response {
    let span = tracing::info_span!("request", request_id = tracing::field::Empty);
    let mut response = next.run(request).instrument(span.clone()).await;
    let request_id = response
        .headers()
        .get(crate::caller::REQUEST_ID)
        .and_then(|value| value.to_str().ok())
        .map_or_else(|| ids.next(clock.now()).to_string(), str::to_owned);
    if let Some(problem) = take(&mut response) {
        span.in_scope(|| log(&problem, &request_id));
        let allow = response.headers_mut().remove(header::ALLOW);
        response = write(problem, &request_id, response);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
    }
    if let Ok(value) = HeaderValue::from_str(&request_id) {
        response.headers_mut().insert(crate::caller::REQUEST_ID, value);
    }
    response
}

/// The problem of an answer: the one that a handler returned, or the framework's bare status.
fn take(response: &mut Response) -> Option<Problem> {
    if let Some(problem) = response.extensions_mut().remove::<Box<Problem>>() {
        return Some(*problem);
    }
    match response.status() {
        StatusCode::NOT_FOUND if bare(response) => Some(Problem::not_found()),
        StatusCode::METHOD_NOT_ALLOWED if bare(response) => {
            Some(Problem::new(ProblemType::MethodNotAllowed, "This resource has no such method; see Allow."))
        }
        status if status.is_client_error() && bare(response) => {
            Some(Problem::bad_request("The request cannot be read."))
        }
        status if status.is_server_error() && bare(response) => {
            Some(Problem::internal("a bare server error"))
        }
        _ => None,
    }
}

/// An error answer that no handler of ours wrote.
fn bare(response: &Response) -> bool {
    response.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind.as_bytes().starts_with(b"text/plain"))
}

fn log(problem: &Problem, request_id: &str) {
    let cause = problem.cause.as_deref().unwrap_or_default();
    match problem.status().as_u16() {
        500.. if problem.kind == ProblemType::InternalError => {
            tracing::error!(request_id, cause, "a request failed for a reason that nobody expected");
        }
        500.. => tracing::warn!(request_id, cause, detail = problem.detail, "a request could not be served"),
        _ => {}
    }
}

fn write(problem: Problem, request_id: &str, bare: Response) -> Response {
    let status = problem.status();
    let retry_after = problem.retry_after;
    let body = serde_json::to_vec(&problem.wire(request_id)).unwrap_or_default();
    let (mut parts, _) = bare.into_parts();
    parts.status = status;
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(after) = retry_after {
        parts.headers.insert(header::RETRY_AFTER, HeaderValue::from(after.as_secs().max(1)));
    }
    if status == StatusCode::UNAUTHORIZED {
        parts.headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    Response::from_parts(parts, Body::from(body))
}
