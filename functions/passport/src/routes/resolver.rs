//! `/01/…`: the GS1 resolver. A phone's camera follows the code on a package to here.

use axum::{
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use service_chassis::caller::Caller;
use shared_contracts::events::Channel;
use sqlx::PgConnection;
use uuid::Uuid;

use super::scans::{VISITOR_USED, keep, new_scan};
use crate::{
    app::App,
    auth::owner_of,
    domain::{gs1, links, scan::Owner, visits},
    error::Error,
    store,
};

/// The methods of every resolver address, whatever is asked for.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
/// Within this time the same person at the same address is one scan.
const SAME_VISIT: TimeDelta = TimeDelta::seconds(10);

/// `GET`, `HEAD`: leads to the passport page of a product that we know. A person's browser that
/// comes with `GET` has scanned it, and finds its scan there; also of a product that we lack.
pub async fn resolve(State(app): State<App>, caller: Caller, request: Request) -> Result<Response, Error> {
    let uri = request.uri();
    let code = gs1::parse_digital_link_path(uri.path(), uri.query(), app.clock.today())
        .map_err(Error::InvalidIdentifier)?;
    let gtin = code.gtin().ok_or(Error::NotFound)?;
    let mut tx = app.database.begin().await?;
    let known = store::products::find(&mut tx, &gtin.to_string()).await?.is_some();
    let owner = if is_visit(request.method(), request.headers()) { owner_of(&caller) } else { None };
    let scan = match owner {
        None => None,
        Some(owner) => Some(visit(&app, &mut tx, owner, &code, &caller).await?),
    };
    tx.commit().await?;
    app.outbox.send_soon();
    let mut response = if known {
        redirect(&links::passport_page(&app.config.public_url, &code, scan, uri.query()), uri)
    } else {
        open_to_all(Error::NotFound.into_response())
    };
    if scan.is_some() {
        let headers = response.headers_mut();
        headers.insert(VISITOR_USED, HeaderValue::from_static("true"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// The scan of a visit: the one of a moment ago, when a browser asks twice for one tap.
async fn visit(
    app: &App,
    conn: &mut PgConnection,
    owner: Owner,
    code: &gs1::Code,
    caller: &Caller,
) -> Result<Uuid, Error> {
    let new = new_scan(app, owner, code, Channel::Resolver, None).map_err(Error::InvalidIdentifier)?;
    store::scans::take_turn(conn, owner).await?;
    match store::scans::just_visited(conn, &new, new.scanned_at - SAME_VISIT).await? {
        Some(scan_id) => Ok(scan_id),
        None => Ok(keep(app, conn, new, caller).await?.scan_id),
    }
}

/// `OPTIONS`: a fixed list, whatever a preflight asks for.
pub async fn options(State(app): State<App>, _: Caller, uri: Uri) -> Result<Response, Error> {
    gs1::parse_digital_link_path(uri.path(), uri.query(), app.clock.today())
        .map_err(Error::InvalidIdentifier)?;
    let mut response = open_to_all(StatusCode::NO_CONTENT.into_response());
    response.headers_mut().insert(header::ALLOW, METHODS);
    link_to_linkset(&mut response, &uri);
    Ok(response)
}

fn redirect(location: &str, uri: &Uri) -> Response {
    let mut response = open_to_all(StatusCode::TEMPORARY_REDIRECT.into_response());
    if let Ok(location) = HeaderValue::from_str(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language"));
    link_to_linkset(&mut response, uri);
    response
}

/// Every answer of the resolver may be read by scripts of any origin (GS1-Conformant Resolver).
fn open_to_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Link"));
    response
}

fn link_to_linkset(response: &mut Response, uri: &Uri) {
    if let Ok(link) = HeaderValue::from_str(&format!("<{}?linkType=linkset>; rel=\"linkset\"", uri.path())) {
        response.headers_mut().insert(header::LINK, link);
    }
}

/// Whether a request is a person who opens a page: a browser's navigation as it says itself
/// (Fetch Metadata), or, where it does not, one that wants HTML. Prefetches and crawlers are none.
fn is_visit(method: &Method, headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let navigates = match text("sec-fetch-mode") {
        Some(mode) => mode == "navigate",
        None => text("accept").is_some_and(|accept| accept.contains("text/html")),
    };
    let fetched_ahead = text("sec-purpose").or(text("purpose")).is_some_and(|why| why.contains("prefetch"));
    *method == Method::GET
        && navigates
        && !fetched_ahead
        && !text("user-agent").is_some_and(visits::is_crawler)
}
