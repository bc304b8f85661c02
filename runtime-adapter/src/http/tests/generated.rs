//! Requests as nobody would write them: at least 2,000 of them, by chance.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRunner};

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use lambda_http::request::LambdaRequest;

use super::Converter;
use crate::http::{event, target};

/// `PROPTEST_CASES` may ask for more.
const CASES: u32 = 2_500;

/// A request's parts, in an order that shrinks well.
#[derive(Debug, Clone)]
struct Generated {
    method: &'static str,
    target: String,
    host: &'static str,
    headers: Vec<(&'static str, Vec<u8>)>,
    content_type: Option<&'static str>,
    body: Vec<u8>,
    chunk: Option<usize>,
}

impl Generated {
    fn raw(&self) -> Vec<u8> {
        let mut raw = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let mut line = |name: &str, value: &[u8]| {
            raw.extend_from_slice(name.as_bytes());
            raw.extend_from_slice(b": ");
            raw.extend_from_slice(value);
            raw.extend_from_slice(b"\r\n");
        };
        line("Host", self.host.as_bytes());
        for (name, value) in &self.headers {
            line(name, value);
        }
        if let Some(content_type) = self.content_type {
            line("Content-Type", content_type.as_bytes());
        }
        match self.chunk {
            Some(_) => line("Transfer-Encoding", b"chunked"),
            None if self.body.is_empty() => {}
            None => line("Content-Length", self.body.len().to_string().as_bytes()),
        }
        raw.extend_from_slice(b"\r\n");
        match self.chunk {
            None => raw.extend_from_slice(&self.body),
            Some(size) => {
                for chunk in self.body.chunks(size) {
                    raw.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
                    raw.extend_from_slice(chunk);
                    raw.extend_from_slice(b"\r\n");
                }
                raw.extend_from_slice(b"0\r\n\r\n");
            }
        }
        raw
    }
}

fn target() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-zA-Z0-9._~!$&'()*+,;=:@|^{}\"\\\\-]{0,8}",
        select(vec![
            "",
            ".",
            "..",
            "%2F",
            "%20",
            "%2e%2E",
            "%00",
            "%FF",
            "%zz",
            "%",
            "a%2",
            "+",
            "é",
            "日本",
            "01",
            "09506000134352",
        ])
        .prop_map(str::to_owned),
    ];
    let path = vec(piece, 0..6).prop_map(|pieces| format!("/{}", pieces.join("/")));
    let word = || {
        prop_oneof![
            "[a-zA-Z0-9._~!$'()*+,;:@|^`{}/?\\[\\]\\\\-]{0,8}",
            select(vec!["", "%20", "+", "%2B", "%26", "%3D", "%FF", "%", "é", "日本", "17=261130"])
                .prop_map(str::to_owned),
        ]
    };
    let pair = prop_oneof![
        (word(), word()).prop_map(|(key, value)| format!("{key}={value}")),
        word(),
        Just("tag=1".to_owned()),
    ];
    let query = proptest::option::of(vec(pair, 0..6).prop_map(|pairs| pairs.join("&")));
    (path, query).prop_map(|(path, query)| match query {
        Some(query) => format!("{path}?{query}"),
        None => path,
    })
}

fn header() -> impl Strategy<Value = (&'static str, Vec<u8>)> {
    let name = select(vec![
        "Accept",
        "accept",
        "Accept-Language",
        "X-Custom",
        "x-custom",
        "X-CUSTOM",
        "Cookie",
        "cookie",
        "User-Agent",
        "Referer",
        "X-Forwarded-For",
        "X-Account-Id",
        "X_Account_Id",
        "Traceparent",
        "If-None-Match",
        "Range",
        "Authorization",
        "Idempotency-Key",
        "!odd#name",
        "Via",
        "Forwarded",
        "Accept-Encoding",
        "TE",
        "Keep-Alive",
        "Trailer",
    ]);
    let value = prop_oneof![
        4 => "[ -~]{0,24}".prop_map(String::into_bytes),
        1 => "[a-z=;, ]{0,24}".prop_map(String::into_bytes),
        1 => "[a-zäöü日 \t]{0,12}".prop_map(String::into_bytes),
        1 => vec(prop_oneof![0x20_u8..0x7F, 0x80_u8..=0xFF], 0..12),
    ];
    (name, value)
}

fn request() -> impl Strategy<Value = Generated> {
    let content_type = proptest::option::of(select(vec![
        "application/json",
        "application/json; charset=utf-8",
        "Application/JSON",
        "text/plain",
        "text/csv;header=present",
        "application/xml",
        "application/vnd.api+json",
        "image/svg+xml",
        "application/javascript",
        "application/x-www-form-urlencoded",
        "application/octet-stream",
        "multipart/form-data; boundary=x",
        "application/cloudevents+json",
        "",
        "nonsense",
    ]));
    let body = prop_oneof![
        Just(Vec::new()),
        "[ -~\r\n]{0,64}".prop_map(String::into_bytes),
        "[a-zäöü日本\u{1F34E}]{0,32}".prop_map(String::into_bytes),
        vec(any::<u8>(), 0..64),
    ];
    (
        select(vec!["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "PURGE", "M-SEARCH"]),
        target(),
        select(vec!["localhost", "shop.example", "SHOP.example:8443", "127.0.0.1:80", "[::1]:8080"]),
        vec(header(), 0..8),
        content_type,
        body,
        proptest::option::of(1_usize..20),
    )
        .prop_map(|(method, target, host, headers, content_type, body, chunk)| Generated {
            method,
            target,
            host,
            headers,
            content_type,
            body,
            chunk,
        })
}

#[test]
fn generated_requests_are_the_same_both_ways() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let converter = std::cell::RefCell::new(runtime.block_on(Converter::start()));
    let usual = Config::default();
    let config = Config { cases: CASES.max(usual.cases), failure_persistence: None, ..usual };
    TestRunner::new(config)
        .run(&request(), |request| {
            runtime.block_on(converter.borrow_mut().assert_same(&request.raw()));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn no_event_makes_lambda_http_panic() {
    let piece = || {
        prop_oneof![
            "\\PC{0,12}",
            "[a-z0-9.:/?#@%\\[\\]{}|^`<>\" \\\\-]{0,16}",
            select(vec!["localhost", "xn--", "1.2.3.999", "[::1]", "a:99999", "a%7Bb", "/a?b#c", "//", "/"])
                .prop_map(str::to_owned),
            Just("/".to_owned() + &"é".repeat(40_000)),
        ]
    };
    let event = (piece(), piece(), proptest::option::of(piece()), piece(), any::<bool>()).prop_map(
        |(host, path, query, scheme, by_header)| {
            let mut event = ApiGatewayV2httpRequest::default();
            event.raw_path = Some(path);
            event.raw_query_string = query;
            let mut header = |name, value: &str| {
                if let Ok(value) = http::HeaderValue::from_str(value) {
                    event.headers.insert(name, value);
                }
            };
            if by_header {
                header("host", &host);
                header("x-forwarded-proto", &scheme);
            } else {
                event.request_context.domain_name = Some(host);
            }
            event
        },
    );
    let config = Config { cases: 4 * CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&event, |event| {
            // a refusal is as good as a request; a panic is neither
            drop(event::into_request(event));
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
}

#[test]
fn an_address_that_is_put_together_is_lambda_https_own() {
    let host = prop_oneof![
        "[a-z0-9.:-]{1,14}",
        "[a-z]{1,4}[.][a-z]{2,3}(:[0-9]{1,5})?",
        "([0-9]{1,3}[.]){3}[0-9]{1,3}(:[0-9]{1,5})?",
        select(vec![
            "0x7f.1",
            "127.1",
            "a.0x1",
            "xn--a",
            "a.xn--a",
            "localhost:80",
            "localhost:443",
            "a.",
            "1e.2e"
        ])
        .prop_map(str::to_owned),
    ];
    let path = "/[a-zA-Z0-9/.~%!$&'()*+,;=:@^|{}\\[\\]`<>-]{0,16}(%2[eE])?/?[.]{0,2}";
    let event = (host, path, "[ -~]{0,8}").prop_map(|(host, path, query)| {
        let mut event = ApiGatewayV2httpRequest::default();
        event.raw_path = Some(path);
        event.raw_query_string = Some(query);
        event.headers.insert("host", host.parse().unwrap());
        event
    });
    let put_together = std::cell::Cell::new(0);
    let config = Config { cases: 8 * CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&event, |event| {
            if let Some(uri) = target::plain(&event) {
                put_together.set(put_together.get() + 1);
                let theirs: lambda_http::Request = LambdaRequest::ApiGatewayV2(event).into();
                prop_assert_eq!(uri.to_string(), theirs.uri().to_string());
            }
            Ok(())
        })
        .unwrap_or_else(|failure| panic!("{failure}"));
    assert!(put_together.get() > CASES / 10, "{} were plain", put_together.get());
}
