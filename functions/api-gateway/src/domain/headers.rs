//! Headers that pass the gateway, by allow-list in both directions.
//!
//! What is not named here does not pass: identity headers, tokens, cookies and hop-by-hop fields
//! need no rule of their own. The client that calls a service sets identity, request id and trace
//! after this, so nothing that a caller sends or lists under `Connection` can touch them.

use http::{HeaderMap, HeaderName, HeaderValue, header};

/// Request headers that a service may see.
const TO_SERVICES: [HeaderName; 15] = [
    header::ACCEPT,
    header::ACCEPT_LANGUAGE,
    header::CONTENT_LANGUAGE,
    header::CONTENT_TYPE,
    header::IF_MATCH,
    header::IF_MODIFIED_SINCE,
    header::IF_NONE_MATCH,
    header::IF_UNMODIFIED_SINCE,
    header::USER_AGENT,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("purpose"),
    HeaderName::from_static("sec-fetch-dest"),
    HeaderName::from_static("sec-fetch-mode"),
    HeaderName::from_static("sec-fetch-user"),
    HeaderName::from_static("sec-purpose"),
];

/// Answer headers that a caller may see.
const TO_CALLERS: [HeaderName; 15] = [
    header::ALLOW,
    header::CACHE_CONTROL,
    header::CONTENT_DISPOSITION,
    header::CONTENT_LANGUAGE,
    header::CONTENT_LENGTH,
    header::CONTENT_SECURITY_POLICY,
    header::CONTENT_TYPE,
    header::ETAG,
    header::EXPIRES,
    header::LAST_MODIFIED,
    header::LINK,
    header::LOCATION,
    header::RETRY_AFTER,
    header::VARY,
    header::WWW_AUTHENTICATE,
];

/// What a service says about CORS, where the contract leaves that to the service.
const CORS: [HeaderName; 5] = [
    header::ACCESS_CONTROL_ALLOW_HEADERS,
    header::ACCESS_CONTROL_ALLOW_METHODS,
    header::ACCESS_CONTROL_ALLOW_ORIGIN,
    header::ACCESS_CONTROL_EXPOSE_HEADERS,
    header::ACCESS_CONTROL_MAX_AGE,
];

/// A header name with `_`, which some servers read as `-`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a header name has an underscore")]
pub struct Underscore;

/// Checks the names of a request's headers.
pub fn check_names(headers: &HeaderMap) -> Result<(), Underscore> {
    if headers.keys().any(|name| name.as_str().contains('_')) { Err(Underscore) } else { Ok(()) }
}

/// The headers of a request that go on to a service.
pub fn for_service(request: &HeaderMap) -> HeaderMap {
    pick(request, &TO_SERVICES)
}

/// The headers of a service's answer that go back to the caller.
pub fn for_caller(answer: &HeaderMap, cors: super::cors::Policy) -> HeaderMap {
    let mut headers = pick(answer, &TO_CALLERS);
    if cors == super::cors::Policy::OfTheOwner {
        headers.extend(pick(answer, &CORS));
    }
    headers
}

/// The allowed headers, each in one line, because Lambda keeps no second one.
fn pick(from: &HeaderMap, allowed: &[HeaderName]) -> HeaderMap {
    allowed
        .iter()
        .filter(|name| !is_hop_by_hop(from, name))
        .filter_map(|name| Some((name.clone(), joined(from, name)?)))
        .collect()
}

/// Whether the sender declared the field to be for the next hop only (RFC 9110, section 7.6.1).
fn is_hop_by_hop(headers: &HeaderMap, name: &HeaderName) -> bool {
    headers
        .get_all(header::CONNECTION)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case(name.as_str()))
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> Option<HeaderValue> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    let mut line = first.as_bytes().to_vec();
    for value in values {
        line.extend_from_slice(b", ");
        line.extend_from_slice(value.as_bytes());
    }
    HeaderValue::from_bytes(&line).ok()
}

#[cfg(test)]
mod tests {
    use super::{super::cors::Policy, *};

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn names(headers: &HeaderMap) -> Vec<&str> {
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        names
    }

    #[test]
    fn a_service_sees_what_was_asked_and_nothing_about_who_asks() {
        let request = headers(&[
            ("accept", "application/json"),
            ("accept-language", "fr-CA"),
            ("content-type", "application/json"),
            ("idempotency-key", "k1"),
            ("authorization", "Bearer secret"),
            ("cookie", "pt_vid=secret"),
            ("host", "pt.example"),
            ("x-account-id", "forged"),
            ("x-visitor-id", "forged"),
            ("x-brand-id", "forged"),
            ("x-roles", "platform-admin"),
            ("x-internal-token", "forged"),
            ("x-request-id", "forged"),
            ("x-forwarded-for", "1.2.3.4"),
            ("forwarded", "for=1.2.3.4"),
            ("x-original-url", "/internal/v1"),
            ("x-http-method-override", "DELETE"),
            ("proxy-authorization", "Basic x"),
            ("te", "trailers"),
            ("upgrade", "h2c"),
            ("expect", "100-continue"),
        ]);
        assert_eq!(
            names(&for_service(&request)),
            ["accept", "accept-language", "content-type", "idempotency-key"]
        );
    }

    #[test]
    fn a_caller_sees_the_answer_and_nothing_of_our_inside() {
        let answer = headers(&[
            ("content-type", "application/json"),
            ("etag", "\"1\""),
            ("server", "hyper"),
            ("x-powered-by", "rust"),
            ("set-cookie", "pt_vid=forged"),
            ("x-account-id", "somebody"),
            ("x-visitor-used", "true"),
            ("x-internal-token", "secret"),
            ("x-request-id", "other"),
            ("transfer-encoding", "chunked"),
            ("access-control-allow-origin", "*"),
        ]);
        assert_eq!(names(&for_caller(&answer, Policy::OfTheGateway)), ["content-type", "etag"]);
        let open = for_caller(&answer, Policy::OfTheOwner);
        assert_eq!(names(&open), ["access-control-allow-origin", "content-type", "etag"]);
    }

    #[test]
    fn a_header_that_connection_lists_ends_here() {
        let request = headers(&[
            ("accept", "*/*"),
            ("idempotency-key", "k1"),
            ("user-agent", "curl"),
            ("connection", "close, Idempotency-Key"),
            ("connection", "user-agent"),
        ]);
        assert_eq!(names(&for_service(&request)), ["accept"]);
    }

    #[test]
    fn several_lines_become_one() {
        let joined =
            for_caller(&headers(&[("vary", "Accept"), ("vary", "Accept-Language")]), Policy::OfTheGateway);
        assert_eq!(joined.get_all("vary").iter().count(), 1);
        assert_eq!(joined["vary"], "Accept, Accept-Language");
    }

    #[test]
    fn an_underscore_in_a_name_is_refused() {
        assert_eq!(check_names(&headers(&[("accept", "*/*")])), Ok(()));
        assert_eq!(check_names(&headers(&[("x_account_id", "forged")])), Err(Underscore));
    }
}
