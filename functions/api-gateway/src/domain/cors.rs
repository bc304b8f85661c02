//! Which other origins a browser may let read our answers (Fetch standard, CORS protocol).

use http::{HeaderMap, HeaderValue, Method, header};

/// Request headers that a page of an allowed origin may send.
const ALLOWED_HEADERS: HeaderValue = HeaderValue::from_static(
    "authorization, content-type, idempotency-key, if-match, if-none-match, traceparent",
);
/// Answer headers that such a page may read.
const EXPOSED_HEADERS: HeaderValue =
    HeaderValue::from_static("etag, link, location, retry-after, x-request-id");
/// Seconds for which a browser may remember a preflight.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// Who speaks for a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// The gateway, with its list of origins.
    OfTheGateway,
    /// The owner: the contract has an `OPTIONS` operation of its own, as the resolver's, which
    /// any origin may read.
    OfTheOwner,
}

/// The origins that may read our answers: exact, case-sensitive.
#[derive(Clone, Debug)]
pub struct Origins(Vec<String>);

impl Origins {
    /// Exactly these, serialised as a browser does: `https://pt.example`.
    pub fn new(origins: Vec<String>) -> Self {
        Self(origins)
    }

    /// The `Origin` of a request, if it is exactly one of ours.
    pub fn allowed(&self, request: &HeaderMap) -> Option<HeaderValue> {
        let mut origins = request.get_all(header::ORIGIN).iter();
        match (origins.next(), origins.next()) {
            (Some(origin), None) if self.0.iter().any(|ours| ours.as_bytes() == origin.as_bytes()) => {
                Some(origin.clone())
            }
            _ => None,
        }
    }
}

/// Whether a browser asks for leave first.
pub fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// What a preflight for a resource with these methods is told, beside [`mark`].
pub fn preflight(methods: &HeaderValue, allowed: Option<&HeaderValue>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    if allowed.is_some() {
        headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, methods.clone());
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, ALLOWED_HEADERS);
        headers.insert(header::ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }
    headers
}

/// Marks any answer, errors included, for the origin that asked.
pub fn mark(answer: &mut HeaderMap, policy: Policy, allowed: Option<HeaderValue>) {
    match policy {
        Policy::OfTheOwner => {
            // The owner's own word stands; an error that never reached it is as readable.
            let any = HeaderValue::from_static("*");
            answer.entry(header::ACCESS_CONTROL_ALLOW_ORIGIN).or_insert(any);
        }
        Policy::OfTheGateway => {
            vary_by_origin(answer);
            if let Some(origin) = allowed {
                answer.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
                answer.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
                answer.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED_HEADERS);
            }
        }
    }
}

/// Adds `Origin` to `Vary`, in the same line.
fn vary_by_origin(answer: &mut HeaderMap) {
    let others = answer.get(header::VARY).and_then(|vary| vary.to_str().ok()).unwrap_or_default();
    let vary = if others.is_empty() { "Origin".to_owned() } else { format!("{others}, Origin") };
    if let Ok(vary) = HeaderValue::try_from(vary) {
        answer.insert(header::VARY, vary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(origin: &str) -> bool {
        let origins = Origins::new(vec!["https://pt.example".into(), "http://localhost:5173".into()]);
        let headers = HeaderMap::from_iter([(header::ORIGIN, HeaderValue::from_str(origin).unwrap())]);
        origins.allowed(&headers).is_some()
    }

    #[test]
    fn only_exact_origins_are_allowed() {
        assert!(allowed("https://pt.example") && allowed("http://localhost:5173"));
        for origin in [
            "",
            "*",
            "null",
            "https://PT.example",
            "http://pt.example",
            "https://pt.example/",
            "https://pt.example:443",
            "https://pt.example.evil.org",
            "https://evil.org/https://pt.example",
            "https://a.pt.example",
        ] {
            assert!(!allowed(origin), "{origin}");
        }
    }

    #[test]
    fn two_origins_are_none() {
        let mut headers = HeaderMap::new();
        headers.append(header::ORIGIN, HeaderValue::from_static("https://pt.example"));
        headers.append(header::ORIGIN, HeaderValue::from_static("https://pt.example"));
        assert_eq!(Origins::new(vec!["https://pt.example".into()]).allowed(&headers), None);
    }

    #[test]
    fn an_answer_varies_by_origin_in_one_line() {
        let mut answer = HeaderMap::from_iter([(header::VARY, HeaderValue::from_static("Accept"))]);
        mark(&mut answer, Policy::OfTheGateway, None);
        assert_eq!(answer["vary"], "Accept, Origin");
        assert!(!answer.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN));
    }

    #[test]
    fn the_owners_word_is_not_doubled() {
        let mut answer =
            HeaderMap::from_iter([(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))]);
        mark(&mut answer, Policy::OfTheOwner, Some(HeaderValue::from_static("https://pt.example")));
        assert_eq!(answer.get_all(header::ACCESS_CONTROL_ALLOW_ORIGIN).iter().count(), 1);
        assert_eq!(answer["access-control-allow-origin"], "*");
        assert!(!answer.contains_key(header::VARY));
    }
}
