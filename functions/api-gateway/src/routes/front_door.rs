//! The door that every request comes through, before anything else sees it.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use lambda_http::{RequestExt, request::RequestContext};
use service_chassis::{
    audit::{self, Actor},
    caller::{self, BrandScope, OnBehalf, TRACEPARENT},
    client::Context,
    runtime::RouteName,
    trace::TraceContext,
};
use shared_contracts::routes::{Route, Who as MayAsk};
use uuid::Uuid;

use crate::{
    app::App,
    auth::{self, Who},
    domain::{
        address,
        cors::{self, Policy},
        headers, path,
        path::PathError,
        routes::{Closed, Resource, admit},
    },
    error::Error,
};

/// What is known of a request that was let in.
#[derive(Clone, Debug)]
pub struct Admitted {
    /// The id that we gave it.
    pub request_id: String,
    /// Where it goes.
    pub route: Arc<Route>,
    /// Who speaks for that about CORS.
    pub cors: Policy,
    /// Who asks.
    pub who: Who,
    /// The Visitor ID that takes the place of one that belongs to another account.
    pub replaced: Option<Uuid>,
    /// The brand of the account, on routes for brands.
    pub brand: Option<BrandScope>,
    /// The trace that the caller began, else a new one.
    pub trace: TraceContext,
}

/// Lets a request in or refuses it, and sees that every answer leaves as it should.
pub async fn open(State(app): State<App>, request: Request, next: Next) -> Response {
    let request_id = app.ids.next(app.clock.now()).to_string();
    tracing::Span::current().record("request_id", &request_id);
    let origin = app.origins.allowed(request.headers());
    let resource = app.routes.at(request.uri().path()).cloned();
    let name = resource.as_ref().map(|resource| RouteName(resource.template()));
    let policy = resource.as_ref().map_or(Policy::OfTheGateway, Resource::cors);
    let passed = pass(&app, &request_id, resource, origin.as_ref(), request, next).await;
    if let Err(error) = &passed {
        report(error, name.as_ref().map_or("(no route)", |name| &*name.0));
    }
    let mut answer = passed.unwrap_or_else(IntoResponse::into_response);
    if let Some(name) = name {
        answer.extensions_mut().insert(name);
    }
    cors::mark(answer.headers_mut(), policy, origin);
    guard(answer.headers_mut());
    if let Ok(id) = HeaderValue::from_str(&request_id) {
        answer.headers_mut().insert(caller::REQUEST_ID, id);
    }
    answer
}

/// What the audit log hears of refusals, beside those of tokens.
fn report(error: &Error, route: &str) {
    let event = match error {
        Error::TooMany(_) => "rate_limited",
        Error::Closed(Closed::Forbidden) => "right_refused",
        _ => return,
    };
    audit::record(event, Actor::Anybody, route);
}

/// The story of a request, up to the one who answers it.
async fn pass(
    app: &App,
    request_id: &str,
    resource: Option<Resource>,
    origin: Option<&HeaderValue>,
    mut request: Request,
    next: Next,
) -> Result<Response, Error> {
    check_target(&request)?;
    headers::check_names(request.headers())?;
    let resource = resource.ok_or(Error::NoSuchRoute)?;
    if resource.cors() == Policy::OfTheGateway && cors::is_preflight(request.method(), request.headers()) {
        return Ok((StatusCode::NO_CONTENT, cors::preflight(resource.allow(), origin)).into_response());
    }
    let found = resource.route(request.method()).cloned();
    let route = found.ok_or_else(|| Error::NoSuchMethod(resource.allow().clone()))?;
    let now = || app.clock.now().timestamp_micros();
    let address = address::client(request.headers(), peer(&request), app.proxy);
    app.limits.address(address, route.limit, now())?;
    let who = auth::who(app, request.headers()).await?;
    admit(route.who, who.account.as_ref()).map_err(Error::Closed)?;
    // Who that is may have taken a while to find out: a time from before would look like a clock set back.
    app.limits.person(&who, now())?;
    let trace = trace(request.headers());
    let on_behalf = OnBehalf { account: who.account.map(|account| account.id), ..OnBehalf::default() };
    let context = Context { request_id: request_id.to_owned(), trace, on_behalf };
    let brand = if route.who == MayAsk::Brand { Some(auth::brand(app, &who, &context).await?) } else { None };
    let replaced = auth::replaced(app, &who, &context).await;
    request.extensions_mut().insert(Admitted {
        request_id: request_id.to_owned(),
        route,
        cors: resource.cors(),
        who,
        replaced,
        brand,
        trace,
    });
    Ok(next.run(request).await)
}

/// The trace that the caller began, else a new one.
fn trace(headers: &HeaderMap) -> TraceContext {
    let given = headers.get(TRACEPARENT).and_then(|value| TraceContext::parse(value.to_str().ok()?));
    given.unwrap_or_else(TraceContext::start)
}

/// Checks the path as it came on the wire, and that the URI which everything else reads says the
/// same: building it, `lambda_http` resolves dot segments and encodes what is no URI character.
fn check_target(request: &Request) -> Result<(), PathError> {
    let path = request.uri().path();
    let raw = Some(request.raw_http_path()).filter(|raw| !raw.is_empty()).unwrap_or(path);
    path::check(raw, request.uri().query())?;
    if raw == path {
        Ok(())
    } else {
        Err(PathError::Malformed("the path has a character that must be percent-encoded"))
    }
}

/// The other end of the connection.
fn peer(request: &Request) -> Option<std::net::IpAddr> {
    match request.request_context_ref()? {
        RequestContext::ApiGatewayV2(context) => context.http.source_ip.as_ref()?.parse().ok(),
        _ => None,
    }
}

/// What every answer says to browsers and caches; who wants to be cached says so.
fn guard(answer: &mut HeaderMap) {
    answer.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    answer.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin-when-cross-origin"));
    answer.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
}
