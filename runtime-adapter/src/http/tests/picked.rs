//! Requests that each have a reason.

use super::{Converter, Fault, wire};
use crate::http::BODY_LIMIT;

const TARGETS: [&str; 38] = [
    "/",
    "//",
    "//evil.example/",
    "/a/",
    "/a//b",
    "/./a",
    "/a/../b",
    "/a/%2e%2e/b",
    "/../../etc",
    "/a%2Fb",
    "/a%2fb%5Cc",
    "/a\\b",
    "/a%20b",
    "/a+b",
    "/%",
    "/%zz",
    "/%00",
    "/%C3%A9",
    "/é",
    "/日本?q=日本",
    "/a;v=1",
    "/a:b@c",
    "/a|b^c~d",
    "/a{b}\"c",
    "/01/09506000134352/10/ABC%2F123/21/SER?17=261130&linkType=gs1:pip",
    "/?",
    "/?a",
    "/?a=",
    "/?=a",
    "/?&&",
    "/?a=1&a=2&a=",
    "/?a=1&A=2",
    "/?a+b=c+d",
    "/?a%20b=c%20d",
    "/?a=%2B%26%3D",
    "/?a=b=c",
    "/?a=?b=/c",
    "/?a[]=1&a[0]=2|{x}",
];

const HEADERS: [&str; 25] = [
    "Accept: text/html\r\nAccept: application/json",
    "X-One: a\r\nx-one: b\r\nX-ONE: c",
    "X-Empty:",
    "X-Empty:\r\nX-Empty:",
    "X-Comma: a,b\r\nX-Comma: c",
    "X-Spaces: \t  inner  space \t ",
    "X-Utf8: schönste 日本",
    "X-Utf8: ö\r\nX-Utf8: ü",
    "Cookie: a=1",
    "Cookie: a=1; b=2",
    "Cookie: a=1;b=2;;c",
    "Cookie: a=1\r\nCookie: b=2; c=3",
    "Cookie:",
    "Cookie: ;",
    "Cookie: name=vä",
    "User-Agent: probe/1 (x; y)",
    "User-Agent: one\r\nUser-Agent: two",
    "Connection: keep-alive, X-Account-Id\r\nX-Account-Id: forged",
    "Connection: close",
    "TE: trailers\r\nUpgrade: h2c\r\nKeep-Alive: timeout=5",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Proto: https\r\nX-Forwarded-For: 10.0.0.1, 10.0.0.2",
    "X_Account_Id: a\r\nX-Account-Id: b",
    "Expect: nothing",
    "Content-Type: application/json\r\nContent-Length: 0",
];

const BODIES: [(&str, &[u8]); 18] = [
    ("text/plain", b"plain"),
    ("text/html; charset=iso-8859-1", b"caf\xE9"),
    ("application/json", b"{\"a\":1}"),
    ("application/json", b"{\"a\":\"\xFF\"}"),
    ("application/json", "\u{FEFF}{}".as_bytes()),
    ("APPLICATION/JSON ; charset=UTF-8", b"{}"),
    ("application/problem+json", b"{}"),
    ("application/xml", b"<a/>"),
    ("image/svg+xml", b"<svg/>"),
    ("application/javascript", b"a()"),
    ("application/x-www-form-urlencoded", b"a=1&b=%20"),
    ("multipart/form-data; boundary=x", b"--x\r\n\r\n--x--\r\n"),
    ("application/octet-stream", b"\x00\x01\xFF"),
    ("image/png", b"\x89PNG\r\n\x1A\n"),
    ("application/gzip", b"\x1F\x8B\x08"),
    ("application/yaml", b"a: 1"),
    ("", b"nameless"),
    ("nonsense", b"nonsense"),
];

fn request(method: &str, target: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nHost: shop.example\r\n");
    if !headers.is_empty() {
        head = format!("{head}{headers}\r\n");
    }
    if !body.is_empty() {
        head = format!("{head}Content-Length: {}\r\n", body.len());
    }
    [head.as_bytes(), b"\r\n", body].concat()
}

#[tokio::test]
async fn picked_targets_are_the_same_both_ways() {
    let mut converter = Converter::start().await;
    for target in TARGETS {
        converter.assert_same(&request("GET", target, "", b"")).await;
    }
    for method in ["HEAD", "OPTIONS", "DELETE", "PATCH", "PURGE"] {
        converter.assert_same(&request(method, "/a?b", "", b"")).await;
    }
}

#[tokio::test]
async fn picked_headers_are_the_same_both_ways() {
    let mut converter = Converter::start().await;
    for headers in HEADERS {
        converter.assert_same(&request("GET", "/", headers, b"")).await;
    }
    let old = b"GET / HTTP/1.0\r\nHost: shop.example\r\n\r\n";
    converter.assert_same(old).await;
    for host in ["LOCALHOST", "127.0.0.1:8101", "[::1]", "shop.example:443", "xn--bcher-kva.example"] {
        let raw = format!("GET /a HTTP/1.1\r\nHost: {host}\r\n\r\n");
        converter.assert_same(raw.as_bytes()).await;
    }
}

#[tokio::test]
async fn picked_bodies_are_the_same_both_ways() {
    let mut converter = Converter::start().await;
    for (content_type, body) in BODIES {
        let headers = format!("Content-Type: {content_type}");
        converter.assert_same(&request("POST", "/", &headers, body)).await;
    }
    converter.assert_same(&request("POST", "/", "", b"without a type")).await;
    converter.assert_same(&request("PUT", "/", "", b"\xFF\xFE")).await;
    converter.assert_same(&request("GET", "/", "Content-Type: text/plain", b"get with body")).await;
    let chunked = b"POST / HTTP/1.1\r\nHost: h\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    converter.assert_same(chunked).await;
    let empty = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    converter.assert_same(empty).await;
}

#[tokio::test]
async fn bodies_around_6_mb_are_the_same_both_ways_until_they_are_too_large() {
    let mut converter = Converter::start().await;
    let bytes: Vec<u8> = (0..=250).cycle().take(BODY_LIMIT + 1).collect();
    for length in [BODY_LIMIT - 1, BODY_LIMIT] {
        converter.assert_same(&request("POST", "/", "", &bytes[..length])).await;
        let text = vec![b'x'; length];
        converter.assert_same(&request("POST", "/", "Content-Type: text/plain", &text)).await;
    }
    let refused = converter.convert(&request("POST", "/", "", &bytes)).await;
    assert_eq!(refused.unwrap().unwrap_err(), Fault::BodyTooLarge);
}

#[test]
fn the_other_side_reads_what_aws_describes() {
    let raw = b"POST /my/path?parameter1=value1&parameter1=value2 HTTP/1.1\r\nHost: id.example\r\nHeader1: value1\r\nHeader2: value1\r\nheader2: value2\r\nCookie: cookie1; cookie2\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let payload = wire::payload(raw);
    assert_eq!(payload["rawPath"], "/my/path");
    assert_eq!(payload["rawQueryString"], "parameter1=value1&parameter1=value2");
    assert_eq!(payload["headers"]["header2"], "value1,value2");
    assert_eq!(payload["cookies"], serde_json::json!(["cookie1", "cookie2"]));
    assert_eq!(payload["body"], "{}");
    assert_eq!(payload["isBase64Encoded"], false);
}
