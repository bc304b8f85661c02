//! The other side of the proof: API Gateway's payload 2.0 of raw bytes, written from AWS'
//! description and sharing no code with the conversion.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

pub(super) const TIME: &str = "2026-11-22T10:00:00.123Z";
pub(super) const REQUEST_ID: &str = "7a5d2c1e-52c4-4a53-9e7e-6f4f1c0f9a11";

/// The payload that a Function URL would send for a request that arrived as these bytes.
pub(super) fn payload(raw: &[u8]) -> Value {
    let head_end = find(raw, b"\r\n\r\n").unwrap();
    let mut lines = raw[..head_end].split(|byte| *byte == b'\n').map(trim);
    let first = String::from_utf8(lines.next().unwrap().to_vec()).unwrap();
    let [method, target, protocol] = first.split(' ').collect::<Vec<_>>()[..] else { panic!() };
    let (path, query) = target.split_once('?').unwrap_or((target, ""));

    let mut headers: Map<String, Value> = Map::new();
    let mut cookies = Vec::new();
    let mut chunked = false;
    for line in lines {
        let colon = find(line, b":").unwrap();
        let name = String::from_utf8(line[..colon].to_vec()).unwrap().to_lowercase();
        let value = String::from_utf8_lossy(trim(&line[colon + 1..])).into_owned();
        match name.as_str() {
            "transfer-encoding" => chunked = true,
            "connection" | "keep-alive" | "proxy-connection" | "te" | "trailer" | "upgrade" => {}
            "cookie" => {
                cookies.extend(value.split(';').map(|c| c.trim().to_owned()).filter(|c| !c.is_empty()));
            }
            _ => match headers.get_mut(&name) {
                Some(Value::String(known)) => *known = format!("{known},{value}"),
                _ => drop(headers.insert(name, Value::String(value))),
            },
        }
    }
    let body = if chunked { unchunked(&raw[head_end + 4..]) } else { raw[head_end + 4..].to_vec() };
    let mut payload = described(method, path, query, protocol, &headers);
    if !cookies.is_empty() {
        payload["cookies"] = json!(cookies);
    }
    if !body.is_empty() {
        let text = String::from_utf8(body.clone()).ok().filter(|_| is_text(&headers));
        payload["isBase64Encoded"] = json!(text.is_none());
        payload["body"] = json!(text.unwrap_or_else(|| STANDARD.encode(body)));
    }
    payload["headers"] = Value::Object(headers);
    payload
}

fn described(method: &str, path: &str, query: &str, protocol: &str, headers: &Map<String, Value>) -> Value {
    let host = headers["host"].as_str().unwrap();
    json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": {
            "accountId": "anonymous",
            "domainName": host,
            "domainPrefix": host.split('.').next(),
            "http": {
                "method": method,
                "path": path,
                "protocol": protocol,
                "sourceIp": "127.0.0.1",
                "userAgent": headers.get("user-agent"),
            },
            "requestId": REQUEST_ID,
            "routeKey": "$default",
            "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_341_600_123_i64,
        },
        "isBase64Encoded": false,
    })
}

fn is_text(headers: &Map<String, Value>) -> bool {
    let content_type = headers.get("content-type").and_then(Value::as_str).unwrap_or("");
    let kind = content_type.split(';').next().unwrap().trim().to_lowercase();
    kind.starts_with("text/")
        || ["application/json", "application/xml", "application/javascript"].contains(&&*kind)
        || kind.ends_with("+json")
        || kind.ends_with("+xml")
}

fn unchunked(mut raw: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    loop {
        let line = find(raw, b"\r\n").unwrap();
        let size = std::str::from_utf8(&raw[..line]).unwrap().split(';').next().unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            return whole;
        }
        whole.extend_from_slice(&raw[line + 2..line + 2 + size]);
        raw = &raw[line + 2 + size + 2..];
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}

/// Without the white space that HTTP allows around a value, and without the line's CR.
fn trim(bytes: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r');
    let begin = bytes.iter().position(|byte| !is_space(byte)).unwrap_or(bytes.len());
    let end = bytes.iter().rposition(|byte| !is_space(byte)).map_or(begin, |last| last + 1);
    &bytes[begin..end]
}
