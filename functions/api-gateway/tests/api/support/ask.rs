//! One request to the gateway, put together step by step.

use axum::{Router, body::Body};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode};
use http_body_util::BodyExt;
use lambda_http::RequestExt;
use serde_json::Value;
use tower::ServiceExt;

/// A request that is not sent yet.
pub(crate) struct Ask {
    router: Router,
    request: Request<Body>,
}

/// A whole answer.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Ask {
    pub(crate) fn new(router: Router, method: Method, target: &str) -> Self {
        let mut request = Request::new(Body::empty());
        *request.method_mut() = method;
        *request.uri_mut() = target.parse().unwrap();
        Self { router, request }
    }

    /// Adds a header; the same name twice gives two lines.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        self.request.headers_mut().append(name, HeaderValue::from_str(value).unwrap());
        self
    }

    /// Whether it has a header already.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.request.headers().contains_key(name)
    }

    /// Signs in with an access token.
    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    /// Comes from an address, through our proxy.
    pub(crate) fn from(self, address: &str) -> Self {
        self.header("x-forwarded-for", address)
    }

    /// Carries a body.
    pub(crate) fn body(mut self, body: impl Into<Body>) -> Self {
        *self.request.body_mut() = body.into();
        self
    }

    /// Came on the wire with another path than the one that `lambda_http` made of it.
    pub(crate) fn raw_path(mut self, path: &str) -> Self {
        self.request = self.request.with_raw_http_path(path);
        self
    }

    /// Sends it.
    pub(crate) async fn send(self) -> Answer {
        let Ok(response) = self.router.oneshot(self.request).await;
        let (parts, body) = response.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    /// Sends it and looks at the status only.
    pub(crate) async fn status(self) -> u16 {
        self.send().await.status.as_u16()
    }
}

impl Answer {
    /// The body as JSON; `null` when it is none.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The one line of a header; several lines of one name fail the test.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let lines: Vec<_> = self.headers.get_all(name).iter().collect();
        assert!(lines.len() <= 1, "{name} has {} lines", lines.len());
        lines.first().map(|line| line.to_str().unwrap())
    }

    /// What passport received, as [`super::passport::FakePassport`] tells.
    pub(crate) fn received(&self) -> Value {
        assert_eq!(self.status, StatusCode::OK, "{}", String::from_utf8_lossy(&self.body));
        self.json()
    }

    /// That this is a problem of a status, whole and with the request's id.
    pub(crate) fn assert_problem(&self, status: u16, slug: &str) {
        let body = self.json();
        assert_eq!(self.status.as_u16(), status, "{body}");
        assert_eq!(self.header("content-type"), Some("application/problem+json"));
        assert_eq!(body["type"], format!("urn:packytrace:problem:{slug}"), "{body}");
        assert_eq!(body["status"], status);
        assert_eq!(body["request_id"].as_str(), self.header("x-request-id"), "{body}");
        assert!(!body["title"].as_str().unwrap().is_empty() && !body["detail"].as_str().unwrap().is_empty());
    }
}
