//! Everything that another function owns: in at the front door, on to its owner, and back.

use axum::{
    Extension,
    body::Body,
    extract::{Request, State},
    response::Response,
};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use hyper::body::Incoming;
use service_chassis::{
    caller::OnBehalf,
    client::{Call, Context},
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
/// A service says that the visitor id which it was given must not be used again.
const VISITOR_GONE: &str = "x-visitor-gone";

/// Any method of any route that the gateway does not answer itself.
pub async fn any(
    State(app): State<App>,
    Extension(admitted): Extension<Admitted>,
    request: Request,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let body = read(body, admitted.route.body_limit).await?;
    let known = admitted.who.visitor.map(|visitor| visitor.id);
    let new_visitor = admitted.replaced.or_else(|| new_visitor(&app, &admitted));
    let context = Context {
        request_id: admitted.request_id.clone(),
        trace: admitted.trace,
        on_behalf: OnBehalf {
            account: admitted.who.account.map(|account| account.id),
            visitor: new_visitor.or(known),
            brand: admitted.brand.clone(),
        },
    };
    let call = Call {
        path_and_query: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        method: parts.method,
        headers: headers::for_service(&parts.headers),
        body,
    };
    let answer = ask(&app, &admitted, call, &context).await?;
    give_back(&app, &admitted, new_visitor, answer).await
}

/// The owner's answer, or that of the function which answers for the ids that the owner lacks.
async fn ask(
    app: &App,
    admitted: &Admitted,
    call: Call,
    context: &Context,
) -> Result<http::Response<Incoming>, Error> {
    let Some(then) = &admitted.route.then else {
        return app.services.send(&admitted.route.owner, call, context).await;
    };
    let answer = app.services.send(&admitted.route.owner, call.clone(), context).await?;
    if answer.status() == StatusCode::NOT_FOUND {
        app.services.send(then, call, context).await
    } else {
        Ok(answer)
    }
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
    if let Some(line) = cookie(app, admitted, new_visitor, &parts.headers, response.headers()).await? {
        response.headers_mut().insert(header::SET_COOKIE, line);
        never_store(response.headers_mut());
    }
    Ok(response)
}

/// The cookie that goes with an answer, if one does.
async fn cookie(
    app: &App,
    admitted: &Admitted,
    new_visitor: Option<Uuid>,
    told: &HeaderMap,
    answer: &HeaderMap,
) -> Result<Option<HeaderValue>, Error> {
    let says = |name: &str| told.get(name).is_some_and(|value| value == "true");
    if says(VISITOR_GONE) && admitted.who.visitor.is_some() {
        return Ok(HeaderValue::try_from(app.visitors.gone()).ok());
    }
    let to_sign = match (admitted.replaced, admitted.who.visitor) {
        (Some(replaced), _) => Some(replaced),
        (None, Some(known)) => visitor::to_sign_anew(known, answer),
        (None, None) => new_visitor.filter(|_| says(VISITOR_USED)),
    };
    let Some(id) = to_sign else { return Ok(None) };
    Ok(app.visitors.line(id).await?.and_then(|line| HeaderValue::try_from(line).ok()))
}

/// What is one person's is kept by nobody.
fn never_store(answer: &mut HeaderMap) {
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
