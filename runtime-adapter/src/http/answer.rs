//! Answers leave by the rules of Lambda: what `lambda_http` and a Function URL would lose or
//! change is lost or changed on a host as well, so that nobody relies on it.

use bytes::Bytes;
use http::header::{
    CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, SET_COOKIE, TRANSFER_ENCODING,
    UPGRADE,
};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use lambda_http::IntoResponse;

use super::BODY_LIMIT;
use super::fault::Fault;

/// Reads a function's whole answer, which Lambda limits to 6 MB.
pub(crate) async fn collect(response: axum::response::Response) -> Result<Response<Bytes>, Fault> {
    let (parts, body) = response.into_parts();
    match Limited::new(body, BODY_LIMIT).collect().await {
        Ok(body) => Ok(Response::from_parts(parts, body.to_bytes())),
        Err(error) if error.is::<LengthLimitError>() => Err(Fault::AnswerTooLarge),
        Err(_) => Err(Fault::UnusableAnswer("its body broke off")),
    }
}

/// Refuses what cannot be written into Lambda's answer.
pub(crate) fn check(response: &Response<Bytes>) -> Result<(), Fault> {
    if response.status().is_informational() {
        return Err(Fault::UnusableAnswer("its status is informational"));
    }
    let is_text = |value: &HeaderValue| std::str::from_utf8(value.as_bytes()).is_ok();
    if !response.headers().values().all(is_text) {
        return Err(Fault::UnusableAnswer("a header is not UTF-8"));
    }
    Ok(())
}

/// The answer as a client of Lambda would see it.
pub(crate) async fn as_from_lambda(method: &Method, response: Response<Bytes>) -> Response<Bytes> {
    let response = decoded(response).await;
    let (mut parts, mut body) = response.into_parts();
    parts.headers = first_values(parts.headers);
    for name in [CONNECTION, TRANSFER_ENCODING, UPGRADE] {
        parts.headers.remove(name);
    }
    if method != Method::HEAD {
        // the length of what is really sent; for HEAD the handler may know it without a body
        parts.headers.remove(CONTENT_LENGTH);
    }
    if matches!(parts.status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED) {
        body = Bytes::new();
    }
    Response::from_parts(parts, body)
}

/// A repeated header other than `Set-Cookie` keeps its first value: Lambda's answer has one line
/// for each name.
fn first_values(headers: HeaderMap) -> HeaderMap {
    if headers.len() == headers.keys_len() {
        return headers;
    }
    let mut kept = HeaderMap::with_capacity(headers.len());
    let mut last: Option<HeaderName> = None;
    for (name, value) in headers {
        // the iterator names a header at its first value only
        let is_first = name.is_some();
        last = name.or(last);
        if let Some(name) = last.clone()
            && (is_first || name == SET_COOKIE)
        {
            kept.append(name, value);
        }
    }
    kept
}

/// Text bodies in other charsets, with a byte order mark, or with broken UTF-8 are re-encoded by
/// `lambda_http`; everything else passes through it unchanged, so it is asked only about those.
async fn decoded(response: Response<Bytes>) -> Response<Bytes> {
    if is_untouched(response.headers(), response.body()) {
        return response;
    }
    let (parts, body) = response.map(Full::new).into_response().await.into_parts();
    let bytes = match body {
        lambda_http::Body::Text(text) => Bytes::from(text),
        lambda_http::Body::Binary(bytes) => Bytes::from(bytes),
        _ => Bytes::new(),
    };
    Response::from_parts(parts, bytes)
}

fn is_untouched(headers: &HeaderMap, body: &[u8]) -> bool {
    if headers.contains_key(CONTENT_ENCODING) {
        return true;
    }
    let content_type = headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes).unwrap_or_default();
    let names_charset = content_type.windows(7).any(|word| word.eq_ignore_ascii_case(b"charset"));
    let names_utf8 = content_type.to_ascii_lowercase().ends_with(b"charset=utf-8");
    (!names_charset || names_utf8) && !body.starts_with(b"\xEF\xBB\xBF") && std::str::from_utf8(body).is_ok()
}
