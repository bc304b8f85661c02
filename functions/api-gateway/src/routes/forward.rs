//! Everything that another function owns: in at the front door, on to its owner, and back.

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use service_chassis::{
    caller::{OnBehalf, TRACEPARENT},
    client::{Call, Context},
    trace::TraceContext,
};
use uuid::Uuid;

use super::front_door::Admitted;
use crate::{
    app::App,
    domain::{headers, visitor},
    error::Error,
};

/// Answer header of a service that recorded something for the visitor; it ends here.
const VISITOR_USED: &str = "x-visitor-used";

/// Any method of any route that the gateway does not answer itself.
pub async fn any(
    State(app): State<App>,
    Extension(admitted): Extension<Admitted>,
    request: Request,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let body = read(body, admitted.route.body_limit).await?;
    let new_visitor = new_visitor(&app, &admitted);
    let known_visitor = admitted.who.visitor.map(|visitor| visitor.id);
    let context = Context {
        request_id: admitted.request_id.clone(),
        trace: trace(&parts.headers),
        on_behalf: OnBehalf {
            account: admitted.who.account.map(|account| account.id),
            visitor: known_visitor.or(new_visitor),
            brand: None,
        },
    };
    let call = Call {
        path_and_query: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        method: parts.method,
        headers: headers::for_service(&parts.headers),
        body,
    };
    let answer = app.services.send(&admitted.route.owner, call, &context).await?;
    give_back(&app, &admitted, new_visitor, answer).await
}

/// The whole body, counted as it comes.
async fn read(body: Body, limit: u64) -> Result<Bytes, Error> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Error::BodyTooLarge),
        Err(_) => Err(Error::BodyBroken),
    }
}

/// An id for somebody who has none, on a route that may record something for it.
fn new_visitor(app: &App, admitted: &Admitted) -> Option<Uuid> {
    let nobody = admitted.who.account.is_none() && admitted.who.visitor.is_none();
    (nobody && admitted.route.issues_visitor).then(|| app.ids.random())
}

/// The trace that the caller began, else a new one.
fn trace(headers: &HeaderMap) -> TraceContext {
    let given = headers.get(TRACEPARENT).and_then(|value| TraceContext::parse(value.to_str().ok()?));
    given.unwrap_or_else(TraceContext::start)
}

/// The answer as the caller may see it.
async fn give_back(
    app: &App,
    admitted: &Admitted,
    new_visitor: Option<Uuid>,
    answer: http::Response<Incoming>,
) -> Result<Response, Error> {
    let (parts, body) = answer.into_parts();
    let mut response = Response::new(Body::new(body));
    *response.status_mut() = parts.status;
    *response.headers_mut() = headers::for_caller(&parts.headers, admitted.cors);
    if admitted.who.account.is_some() {
        never_store(response.headers_mut());
    }
    let used = parts.headers.get(VISITOR_USED).is_some_and(|used| used == "true");
    let to_sign = match admitted.who.visitor {
        Some(known) => visitor::to_sign_anew(known, response.headers()),
        None => new_visitor.filter(|_| used),
    };
    if let Some(id) = to_sign
        && let Some(line) = app.visitors.line(id).await?.and_then(|line| HeaderValue::try_from(line).ok())
    {
        response.headers_mut().insert(header::SET_COOKIE, line);
        never_store(response.headers_mut());
    }
    Ok(response)
}

/// What is one person's is kept by nobody.
fn never_store(answer: &mut HeaderMap) {
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
