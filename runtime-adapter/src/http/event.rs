//! From bytes on a socket to the request that `lambda_http` builds from an API Gateway payload
//! 2.0 in its Function URL form. The event is built in process, without JSON; a request with a plain
//! address is put together of its parts, any other by `lambda_http`'s own conversion. That both ways
//! end in the same place is what the differential tests hold.

use std::borrow::Cow;
use std::net::IpAddr;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use aws_lambda_events::encodings::Body;
use aws_lambda_events::query_map::QueryMap;
use bytes::Bytes;
use chrono::format::{Fixed, Item, Numeric, Pad};
use chrono::{DateTime, Utc};
use http::header::{CONTENT_TYPE, COOKIE, HOST, HeaderName, HeaderValue, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, Uri};
use lambda_http::RequestExt;
use lambda_http::request::{LambdaRequest, RequestContext};
use uuid::Uuid;

use super::fault::Fault;
use super::target;

const DEFAULT: &str = "$default";

/// `%d/%b/%Y:%H:%M:%S +0000`, the common log format's time, as it stands in an event.
const TIME: [Item<'static>; 12] = [
    Item::Numeric(Numeric::Day, Pad::Zero),
    Item::Literal("/"),
    Item::Fixed(Fixed::ShortMonthName),
    Item::Literal("/"),
    Item::Numeric(Numeric::Year, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Hour, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Minute, Pad::Zero),
    Item::Literal(":"),
    Item::Numeric(Numeric::Second, Pad::Zero),
    Item::Literal(" +0000"),
];

/// Headers of one connection, which no gateway passes on.
const HOP_BY_HOP: [&str; 7] =
    ["connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"];

/// The circumstances of a request, which its bytes do not tell.
pub(crate) struct Circumstances {
    pub(crate) source: IpAddr,
    pub(crate) time: DateTime<Utc>,
    pub(crate) request_id: Uuid,
}

/// The event of a request that a socket brought; its body is set later, see [`with_body`].
pub(crate) fn of_request(
    parts: Parts,
    circumstances: &Circumstances,
) -> Result<ApiGatewayV2httpRequest, Fault> {
    let Parts { method, uri, version, headers, .. } = parts;
    if headers.get_all(HOST).iter().nth(1).is_some() {
        return Err(Fault::Malformed("There is more than one Host."));
    }
    if uri.authority().is_some() {
        // An absolute target (RFC 9112, 3.2.2) would let two readers of one request see two hosts.
        return Err(Fault::Malformed("The target must be a path."));
    }
    let (headers, cookies) = joined(headers);
    let text = |name| headers.get(name).and_then(|value| std::str::from_utf8(value.as_bytes()).ok());
    let host = text(HOST).ok_or(Fault::Malformed("The Host is missing."))?.to_owned();
    let path = uri.path().to_owned();

    let mut event = ApiGatewayV2httpRequest::default();
    event.version = Some("2.0".to_owned());
    event.route_key = Some(DEFAULT.to_owned());
    event.raw_query_string = Some(uri.query().unwrap_or_default().to_owned());
    let context = &mut event.request_context;
    context.route_key = Some(DEFAULT.to_owned());
    context.stage = Some(DEFAULT.to_owned());
    context.account_id = Some("anonymous".to_owned());
    context.request_id = Some(circumstances.request_id.to_string());
    context.time = Some(circumstances.time.format_with_items(TIME.iter()).to_string());
    context.time_epoch = circumstances.time.timestamp_millis();
    context.domain_prefix = host.split('.').next().map(str::to_owned);
    context.http.method = method;
    context.http.path = Some(path.clone());
    context.http.protocol = Some(format!("{version:?}"));
    context.http.source_ip = Some(circumstances.source.to_string());
    context.http.user_agent = text(USER_AGENT).map(str::to_owned);
    context.domain_name = Some(host);
    event.raw_path = Some(path);
    event.headers = headers;
    event.cookies = cookies;
    Ok(event)
}

/// The event, if `lambda_http` can make a request of it: where it would panic, this is a 400, or
/// percent-encodes what may stand.
pub(crate) fn sound(mut event: ApiGatewayV2httpRequest) -> Result<ApiGatewayV2httpRequest, Fault> {
    target::check(&event)?;
    if let Some(query) = &mut event.raw_query_string
        && query.contains(target::not_in_query)
    {
        *query = query.chars().map(target::encoded_for_query).collect();
    }
    Ok(event)
}

/// An event of nothing but a path.
pub(crate) fn placeholder() -> ApiGatewayV2httpRequest {
    let mut event = ApiGatewayV2httpRequest::default();
    event.raw_path = Some("/".to_owned());
    event
}

/// The request that `lambda_http` makes of an event without a body: put together of the event's own
/// parts where its address is plain, since the way through a URL is an eighth of a small call's time.
pub(crate) fn into_request(event: ApiGatewayV2httpRequest) -> Result<lambda_http::Request, Fault> {
    match target::plain(&event) {
        Some(uri) => Ok(put_together(event, uri)),
        None => Ok(LambdaRequest::ApiGatewayV2(sound(event)?).into()),
    }
}

fn put_together(event: ApiGatewayV2httpRequest, uri: Uri) -> lambda_http::Request {
    let mut request = lambda_http::Request::new(Body::Empty);
    *request.uri_mut() = uri;
    *request.method_mut() = event.request_context.http.method.clone();
    *request.headers_mut() = event.headers;
    // parts of header values are always a header value
    let cookies = event.cookies.and_then(|cookies| HeaderValue::try_from(cookies.join("; ")).ok());
    if let Some(cookies) = cookies {
        request.headers_mut().insert(COOKIE, cookies);
    }
    let query = event.raw_query_string.unwrap_or_default();
    if !query.is_empty() {
        let Ok(parameters) = query.parse::<QueryMap>();
        request = request.with_query_string_parameters(parameters);
    }
    request
        .with_raw_http_path(event.raw_path.unwrap_or_default())
        .with_request_context(RequestContext::ApiGatewayV2(event.request_context))
}

/// Puts the body into a request whose event had none: text for text types, else binary, as the
/// payload's `isBase64Encoded` says. Bytes are the client's in either case.
pub(crate) fn with_body(request: lambda_http::Request, bytes: Bytes) -> lambda_http::Request {
    let body = body_of(request.headers(), bytes);
    request.map(|_| body)
}

/// Text where the payload carries text, binary where it carries base64.
pub(crate) fn body_of(headers: &HeaderMap, bytes: Bytes) -> Body {
    if bytes.is_empty() {
        return Body::Empty;
    }
    let bytes = Vec::from(bytes);
    if !is_text(headers) {
        return Body::Binary(bytes);
    }
    match String::from_utf8(bytes) {
        Ok(text) => Body::Text(text),
        Err(no_text) => Body::Binary(no_text.into_bytes()),
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = content_type.unwrap_or_default().split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    essence.starts_with("text/")
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
        || matches!(essence.as_str(), "application/json" | "application/xml" | "application/javascript")
}

/// Headers as an event carries them: one line for each name, values joined with commas, text only;
/// and the cookies apart.
fn joined(mut headers: HeaderMap) -> (HeaderMap, Option<Vec<String>>) {
    for name in HOP_BY_HOP {
        headers.remove(name);
    }
    let cookies: Vec<String> = headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|line| {
            let line = String::from_utf8_lossy(line.as_bytes());
            line.split(';').map(|cookie| cookie.trim().to_owned()).collect::<Vec<_>>()
        })
        .filter(|cookie| !cookie.is_empty())
        .collect();
    headers.remove(COOKIE);
    let is_plain = |value: &HeaderValue| std::str::from_utf8(value.as_bytes()).is_ok();
    if headers.len() != headers.keys_len() || !headers.values().all(is_plain) {
        headers = headers.keys().map(|name| (name.clone(), one_line(&headers, name))).collect();
    }
    (headers, (!cookies.is_empty()).then_some(cookies))
}

fn one_line(headers: &HeaderMap, name: &HeaderName) -> HeaderValue {
    let values: Vec<Cow<'_, str>> =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    // parts of header values, a comma and U+FFFD are always a header value
    HeaderValue::from_str(&values.join(",")).unwrap_or_else(|_| HeaderValue::from_static(""))
}
