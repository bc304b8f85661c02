//! Answers by chance: over a socket of the host, and as Lambda's JSON turned into HTTP as a
//! Function URL does it. A client sees the same.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};
use runtime_adapter::{Function, Running};
use serde_json::{Value, json};

use crate::support::{NOW, exchange, fixed, function, host};

/// `PROPTEST_CASES` may ask for more.
const CASES: u32 = 600;
const LIMITS: &str = "timeout: 20s, memory: 512, concurrency: 10";

/// What the handler answers.
#[derive(Clone, Debug, Default)]
struct Given {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
}

/// What a client sees, but for lengths and dates.
#[derive(Debug, PartialEq)]
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    cookies: Vec<String>,
    body: Vec<u8>,
}

struct Both {
    given: Arc<Mutex<Given>>,
    function: Function,
    running: Running,
}

impl Both {
    async fn start() -> Self {
        let given = Arc::new(Mutex::new(Given::default()));
        let answered = Arc::clone(&given);
        let router = Router::new().fallback(move || {
            let given = answered.lock().unwrap().clone();
            async move { response(given) }
        });
        let function = function(router, LIMITS);
        let running = runtime_adapter::start(function.clone(), host()).await.unwrap();
        Self { given, function, running }
    }

    async fn assert_same(&self, method: &str, given: Given) {
        *self.given.lock().unwrap() = given.clone();
        let host = self.seen_on_host(method).await;
        let lambda = self.seen_on_lambda(method).await;
        assert_eq!(host, lambda, "{method} {given:?}");
    }

    async fn seen_on_host(&self, method: &str) -> Seen {
        let request = format!("{method} / HTTP/1.1\r\nHost: h\r\n\r\n");
        let answer = exchange(self.running.http_address().unwrap(), request.as_bytes()).await;
        let (cookies, headers) =
            answer.headers.into_iter().partition::<Vec<_>, _>(|(name, _)| name == "set-cookie");
        let cookies = cookies.into_iter().map(|(_, value)| value).collect();
        Seen { status: answer.status, headers: comparable(headers), cookies, body: answer.body }
    }

    async fn seen_on_lambda(&self, method: &str) -> Seen {
        let event = json!({
            "version": "2.0", "routeKey": "$default", "rawPath": "/", "rawQueryString": "",
            "headers": { "host": "h" }, "isBase64Encoded": false,
            "requestContext": {
                "stage": "$default", "timeEpoch": 0,
                "http": { "method": method, "path": "/" },
            },
        });
        let answer = runtime_adapter::invoke::event(&self.function, fixed(NOW), &event).await.unwrap();
        let headers = answer["headers"].as_object().unwrap().iter();
        let headers = headers.map(|(name, value)| (name.clone(), text(value))).collect();
        let status = u16::try_from(answer["statusCode"].as_u64().unwrap()).unwrap();
        let body = match &answer["body"] {
            Value::String(body) if answer["isBase64Encoded"] == true => STANDARD.decode(body).unwrap(),
            Value::String(body) => body.clone().into_bytes(),
            _ => Vec::new(),
        };
        let has_body = method != "HEAD" && status != 204 && status != 304;
        Seen {
            status,
            headers: comparable(headers),
            cookies: answer["cookies"].as_array().unwrap().iter().map(text).collect(),
            body: if has_body { body } else { Vec::new() },
        }
    }
}

fn response(given: Given) -> Response<Body> {
    let mut response = Response::new(Body::from(given.body));
    *response.status_mut() = StatusCode::from_u16(given.status).unwrap();
    for (name, value) in given.headers {
        response.headers_mut().append(name, HeaderValue::from_str(&value).unwrap());
    }
    response
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().trim().to_owned()
}

/// Without what the side that writes to the socket adds.
fn comparable(mut headers: Vec<(String, String)>) -> Vec<(String, String)> {
    headers.retain(|(name, _)| !["date", "content-length", "connection"].contains(&name.as_str()));
    headers.sort();
    headers
}

fn given() -> impl Strategy<Value = Given> {
    let header = (
        select(vec!["set-cookie", "vary", "link", "x-one", "x-two", "location", "etag", "cache-control"]),
        prop_oneof!["[!-~]{0,12}( [!-~]{1,8})?", "[a-zäö日]{1,6}"],
    )
        // Lambda's answer has no place for a cookie beyond ASCII; cookies must not have one either
        .prop_filter("cookies are ASCII", |(name, value)| *name != "set-cookie" || value.is_ascii());
    let content_type = proptest::option::of(select(vec![
        "application/json",
        "text/html; charset=utf-8",
        "text/plain; charset=iso-8859-1",
        "image/png",
        "text/plain; charset=utf-16le",
        "application/problem+json",
        "application/octet-stream",
        "nonsense",
        "text/calendar",
        "application/xml",
        "application/x-ndjson",
        "font/woff2",
    ]));
    let body = prop_oneof![
        Just(Vec::new()),
        "[ -~]{0,40}".prop_map(String::into_bytes),
        "\u{FEFF}?[a-zäö日\u{1F34E}]{0,20}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..40),
    ];
    (
        select(vec![200, 201, 202, 204, 206, 302, 304, 307, 400, 404, 409, 418, 422, 500, 503]),
        vec(header, 0..6),
        content_type,
        proptest::bool::weighted(0.1),
        body,
    )
        .prop_map(|(status, mut headers, content_type, packed, body)| {
            headers.extend(content_type.map(|value| (header::CONTENT_TYPE.as_str(), value.to_owned())));
            if packed {
                headers.push((header::CONTENT_ENCODING.as_str(), "gzip".to_owned()));
            }
            Given { status, headers, body }
        })
}

#[test]
fn generated_answers_look_the_same_from_host_and_lambda() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let both = runtime.block_on(Both::start());
    let usual = Config::default();
    let config = Config { cases: CASES.max(usual.cases), failure_persistence: None, ..usual };
    TestRunner::new(config)
        .run(&(select(vec!["GET", "POST", "HEAD"]), given()), |(method, given)| {
            runtime.block_on(both.assert_same(method, given));
            Ok(())
        })
        .unwrap();
}

#[tokio::test]
async fn picked_answers_look_the_same_from_host_and_lambda() {
    let both = Both::start().await;
    let several = |name: &'static str| vec![(name, "one=1".to_owned()), (name, "two=2".to_owned())];
    for (status, headers, body) in [
        (200, several("set-cookie"), b"".as_slice()),
        (200, several("vary"), b""),
        (200, vec![], b"no content type"),
        (200, vec![], b"no content type \xFF"),
        (200, vec![("content-type", "image/png".to_owned())], b"\x89PNG\x00\xFF"),
        (200, vec![("content-type", "application/json".to_owned())], b"{\"broken\":\"\xFF\"}"),
        (200, vec![("content-type", "text/plain; charset=iso-8859-1".to_owned())], b"caf\xE9"),
        (200, vec![("content-type", "text/plain".to_owned())], b"\xEF\xBB\xBFmarked"),
        (204, vec![], b"not sent"),
        (304, vec![("etag", "\"1\"".to_owned())], b"not sent"),
    ] {
        for method in ["GET", "HEAD"] {
            let (headers, body) = (headers.clone(), body.to_vec());
            both.assert_same(method, Given { status, headers, body }).await;
        }
    }
}
