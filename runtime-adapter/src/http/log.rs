//! One log line and two metrics for each request. They name the route's template and never the
//! path or the query, which carry lots and serial numbers.

use std::time::Duration;

use axum::extract::MatchedPath;
use http::{Extensions, Method, Response};

use super::fault::REQUEST_ID;
use crate::function::RouteName;

/// Writes what happened.
pub(crate) fn request<B>(method: &Method, response: &Response<B>, duration: Duration) {
    let route = route(response.extensions());
    let method = known(method);
    let status = response.status().as_u16();
    let request_id = response.headers().get(REQUEST_ID).and_then(|id| id.to_str().ok());
    metrics::counter!(
        "http_requests_total",
        "method" => method,
        "route" => route.to_owned(),
        "status" => status.to_string(),
    )
    .increment(1);
    metrics::histogram!("http_request_duration_seconds", "route" => route.to_owned())
        .record(duration.as_secs_f64());
    tracing::info!(
        method,
        route,
        status,
        duration_ms = duration.as_secs_f64() * 1000.0,
        request_id,
        "request"
    );
}

fn route(extensions: &Extensions) -> &str {
    let named = extensions.get::<RouteName>().map(|name| &*name.0);
    let matched = || extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    named.or_else(matched).unwrap_or("(no route)")
}

/// A method of the standard; clients may invent others, and metrics must not grow with them.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
