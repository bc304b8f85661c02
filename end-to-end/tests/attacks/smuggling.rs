//! Requests that two readers could cut differently (RFC 9112, 11.2), and heads that are no HTTP.
//!
//! Each hides the canary where a careful reader finds a body or nothing at all. Whether a careless
//! one was among ours, the gateway's count of the canary's route tells.

use serde_json::json;

use crate::{
    DEMO, STACK,
    wire::{Door, is_refusal, statuses, try_all},
};

/// A request for a route that nothing else asks for.
const CANARY: &str = "GET /api/v1/verdict-rules/canary HTTP/1.1\r\nHost: localhost\r\n\r\n";
const CANARY_ROUTE: &str = "route=\"/api/v1/verdict-rules/{version}\"";

/// What may come back.
#[derive(Clone, Copy)]
enum Expected {
    /// A no, or a closed connection.
    Refused,
    /// One answer like this, because the odd form has one meaning only.
    One(u16),
    /// Either.
    RefusedOr(u16),
}

use Expected::{One, Refused, RefusedOr};

type Attack = (String, Vec<u8>, Expected);

#[tokio::test(flavor = "multi_thread")]
async fn no_request_hides_in_another() {
    let attacks = [lengths(), encodings(), chunks(), request_lines(), hosts(), fields(), upgrades()].concat();
    assert!(attacks.len() >= 110, "only {} attacks", attacks.len());
    let before = canaries().await;
    let wrong = try_all(
        &attacks,
        |(_, bytes, _)| bytes.clone(),
        |(name, _, expected), door, came| {
            let found = statuses(came);
            let as_expected = match expected {
                Refused => is_refusal(&found),
                One(status) => found == [*status],
                RefusedOr(status) => is_refusal(&found) || found == [*status],
            };
            (!as_expected).then(|| format!("{door:?}: {name}: {found:?}"))
        },
    )
    .await;
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), attacks.len(), wrong.join("\n"));
    assert_eq!(canaries().await, before, "a request came out of another one's body");
    Door::Gateway.exchange(CANARY.as_bytes()).await;
    assert_eq!(canaries().await, before + 1, "the control: the canary sings when it is asked for");
}

/// How often the canary's route was asked for.
async fn canaries() -> u64 {
    let metrics = STACK.metrics("api-gateway").await.unwrap();
    let counts = metrics.lines().filter(|line| line.starts_with("http_requests_total"));
    let counts = counts.filter(|line| line.contains(CANARY_ROUTE));
    counts.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

/// A `POST` of a scan with these header lines and exactly this body.
fn post(lines: &str, body: &str) -> Vec<u8> {
    let head = "POST /api/v1/scans HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
    format!("{head}{lines}\r\n{body}").into_bytes()
}

/// A `GET` with these header lines.
fn get(lines: &str) -> Vec<u8> {
    format!("GET /healthz HTTP/1.1\r\nConnection: close\r\n{lines}\r\n").into_bytes()
}

fn scan() -> String {
    json!({ "code": DEMO }).to_string()
}

fn chunked(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}

fn named(name: impl Into<String>, bytes: Vec<u8>, expected: Expected) -> Attack {
    (name.into(), bytes, expected)
}

fn lengths() -> Vec<Attack> {
    let body = format!("{}{CANARY}", scan());
    let (short, long) = (scan().len(), body.len());
    let mut attacks: Vec<Attack> = [
        format!("+{short}"),
        format!("-{short}"),
        format!("0x{short:x}"),
        format!("{short}.0"),
        format!("{short}, {long}"),
        format!("{short},"),
        format!("{short} {long}"),
        format!("\"{short}\""),
        "1e1".into(),
        "ten".into(),
        String::new(),
        "18446744073709551616".into(),
        "99999999999999999999999999".into(),
        "\u{ff15}".into(),
    ]
    .into_iter()
    .map(|length| {
        named(
            format!("Content-Length: {length:?}"),
            post(&format!("Content-Length: {length}\r\n"), &body),
            Refused,
        )
    })
    .collect();
    for (first, second) in [(short, long), (long, short), (0, long), (long, 0)] {
        let lines = format!("Content-Length: {first}\r\nContent-Length: {second}\r\n");
        attacks.push(named(format!("Content-Length {first} and {second}"), post(&lines, &body), Refused));
    }
    let folded = format!("Content-Length:\r\n {short}\r\nConnection: close\r\n");
    attacks.push(named("Content-Length in a folded line", post(&folded, &body), RefusedOr(201)));
    let spaced = format!("Content-Length : {short}\r\n");
    attacks.push(named("a space before the colon of Content-Length", post(&spaced, &body), Refused));
    let twice = format!("Content-Length: {short}\r\nContent-Length: {short}\r\nConnection: close\r\n");
    attacks.push(named("the same Content-Length twice", post(&twice, &scan()), RefusedOr(201)));
    attacks
}

fn encodings() -> Vec<Attack> {
    let body = format!("0\r\n\r\n{CANARY}");
    let length = body.len();
    let mut attacks = Vec::new();
    for encoding in [
        "xchunked",
        "chunked, identity",
        "identity",
        "chunked, chunked",
        "gzip, chunked",
        "gzip",
        "cow",
        "chunked, cow",
        "\"chunked\"",
        "chunked;q=1",
        "chunked\u{b}",
        "\u{b}chunked",
        "chun\u{0}ked",
        "chunked\u{0}",
        "\u{131}hunked",
        ",chunked,gzip",
    ] {
        let lines = format!("Content-Length: {length}\r\nTransfer-Encoding: {encoding}\r\n");
        attacks.push(named(
            format!("Transfer-Encoding {encoding:?} beside a length"),
            post(&lines, &body),
            Refused,
        ));
        let alone = format!("Transfer-Encoding: {encoding}\r\n");
        attacks.push(named(format!("Transfer-Encoding {encoding:?}"), post(&alone, &body), Refused));
    }
    for (name, lines) in [
        ("a space before the colon", "Transfer-Encoding : chunked"),
        ("a tab before the colon", "Transfer-Encoding\t: chunked"),
        ("a folded line", "Transfer-Encoding:\r\n chunked"),
        ("a folded line before", "X-A: b\r\n Transfer-Encoding: chunked"),
        ("two lines that disagree", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"),
        ("a bare line feed before", "X-A: b\nTransfer-Encoding: chunked"),
        ("a bare carriage return before", "X-A: b\rTransfer-Encoding: chunked"),
        ("an underscore", "Transfer_Encoding: chunked"),
    ] {
        let lines = format!("Content-Length: {length}\r\n{lines}\r\nConnection: close\r\n");
        attacks.push(named(format!("Transfer-Encoding: {name}"), post(&lines, &body), Refused));
    }
    let both = format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n");
    attacks.push(named("Content-Length and chunked", post(&both, &body), Refused));
    let old = String::from_utf8(post("Transfer-Encoding: chunked\r\n", &body)).unwrap();
    attacks.push(named("chunked in HTTP/1.0", old.replacen("HTTP/1.1", "HTTP/1.0", 1).into_bytes(), Refused));
    attacks
}

fn chunks() -> Vec<Attack> {
    let scan = scan();
    let (size, rest) = (format!("{:x}", scan.len()), format!("0\r\n\r\n{CANARY}"));
    let mut attacks: Vec<Attack> = [
        ("a sign", format!("+{size}\r\n{scan}\r\n{rest}")),
        ("a minus", format!("-{size}\r\n{scan}\r\n{rest}")),
        ("a prefix", format!("0x{size}\r\n{scan}\r\n{rest}")),
        ("a space before", format!(" {size}\r\n{scan}\r\n{rest}")),
        ("no number", format!("zz\r\n{scan}\r\n{rest}")),
        ("nothing", format!("\r\n{scan}\r\n{rest}")),
        ("seventeen digits", format!("10000000000000000{size}\r\n{scan}\r\n{rest}")),
        ("the largest", format!("ffffffffffffffff\r\n{scan}\r\n{rest}")),
        ("a point", format!("{size}.0\r\n{scan}\r\n{rest}")),
        ("a bare carriage return", format!("{size}\r{scan}\r\n{rest}")),
        ("a size too small", format!("2\r\n{scan}\r\n{rest}")),
        ("a long extension", format!("{size};{}\r\n{scan}\r\n{rest}", "x".repeat(20_000))),
    ]
    .into_iter()
    .map(|(name, body)| {
        named(format!("chunk: {name}"), post("Transfer-Encoding: chunked\r\n", &body), Refused)
    })
    .collect();
    for (name, body) in [
        // Caddy 2.6 hands on what came before the broken chunk, and closes
        ("no line end behind the data", format!("{size}\r\n{scan}{rest}")),
        ("other bytes behind the data", format!("{size}\r\n{scan}XX{rest}")),
        ("an extension", format!("{size};x=\"y\"\r\n{scan}\r\n0\r\n\r\n")),
        ("leading zeros", format!("000{size}\r\n{scan}\r\n0\r\n\r\n")),
        ("trailers", format!("{size}\r\n{scan}\r\n0\r\nX-Account-Id: x\r\nContent-Length: 5\r\n\r\n")),
    ] {
        let bytes = post("Transfer-Encoding: chunked\r\nConnection: close\r\n", &body);
        attacks.push(named(format!("chunk: {name}"), bytes, RefusedOr(201)));
    }
    let ordinary = post("Transfer-Encoding: chunked\r\nConnection: close\r\n", &chunked(&scan));
    attacks.push(named("chunked, the control", ordinary, One(201)));
    attacks
}

fn request_lines() -> Vec<Attack> {
    let lines = [
        ("a space before", " GET /healthz HTTP/1.1", Refused),
        ("two spaces", "GET  /healthz HTTP/1.1", Refused),
        ("two spaces behind the target", "GET /healthz  HTTP/1.1", Refused),
        ("tabs", "GET\t/healthz\tHTTP/1.1", Refused),
        ("a space in the target", "GET /heal thz HTTP/1.1", Refused),
        ("a null in the target", "GET /healthz\u{0} HTTP/1.1", Refused),
        ("a null in the method", "GE\u{0}T /healthz HTTP/1.1", Refused),
        ("no target", "GET HTTP/1.1", Refused),
        ("no version", "GET /healthz", Refused),
        ("HTTP/0.9", "GET /healthz HTTP/0.9", Refused),
        ("HTTP/1.2", "GET /healthz HTTP/1.2", RefusedOr(200)),
        ("HTTP/2.0", "GET /healthz HTTP/2.0", Refused),
        ("HTTP/3", "GET /healthz HTTP/3", Refused),
        ("HTTP/1.10", "GET /healthz HTTP/1.10", Refused),
        ("HTTP/1.1x", "GET /healthz HTTP/1.1x", Refused),
        ("http/1.1", "GET /healthz http/1.1", Refused),
        ("HTTP 2's preface", "PRI * HTTP/2.0", Refused),
        ("an asterisk", "GET * HTTP/1.1", Refused),
        ("a method in small letters", "get /healthz HTTP/1.1", Refused),
        ("an unknown method", "HACK /healthz HTTP/1.1", Refused),
        ("a long method", "GETGETGETGETGETGETGETGETGETGETGETGETGET /healthz HTTP/1.1", Refused),
        ("TRACE", "TRACE /healthz HTTP/1.1", Refused),
        ("TRACK", "TRACK /healthz HTTP/1.1", Refused),
        ("DEBUG", "DEBUG /healthz HTTP/1.1", Refused),
        ("CONNECT", "CONNECT localhost:22 HTTP/1.1", Refused),
        ("CONNECT to a path", "CONNECT /healthz HTTP/1.1", Refused),
        ("an authority for a target", "GET localhost:80 HTTP/1.1", Refused),
        ("a colon before the method", ":GET /healthz HTTP/1.1", Refused),
        ("a carriage return inside", "GET /healthz\rX HTTP/1.1", Refused),
    ];
    lines
        .into_iter()
        .map(|(name, line, expected)| {
            let bytes = format!("{line}\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            named(format!("request line: {name}"), bytes.into_bytes(), expected)
        })
        .collect()
}

fn hosts() -> Vec<Attack> {
    let mut attacks: Vec<Attack> = [
        ("none", String::new()),
        ("two", "Host: localhost\r\nHost: attacker.example\r\n".to_owned()),
        ("the same twice", "Host: localhost\r\nHost: localhost\r\n".to_owned()),
        ("a path", "Host: localhost/internal\r\n".to_owned()),
        ("a person", "Host: a@localhost\r\n".to_owned()),
        ("a space", "Host: local host\r\n".to_owned()),
        ("a null", "Host: local\u{0}host\r\n".to_owned()),
        ("a port that is none", "Host: localhost:port\r\n".to_owned()),
        ("a backslash", "Host: localhost\\attacker.example\r\n".to_owned()),
        ("a folded line", "Host: localhost\r\n attacker.example\r\n".to_owned()),
        ("a space before the colon", "Host : localhost\r\n".to_owned()),
        ("a space before the name", " Host: localhost\r\n".to_owned()),
    ]
    .into_iter()
    .map(|(name, lines)| named(format!("Host: {name}"), get(&lines), Refused))
    .collect();
    for host in ["attacker.example", "127.0.0.1", "localhost:1", "169.254.169.254"] {
        let lines = format!("Host: {host}\r\n");
        attacks.push(named(format!("Host: {host}"), get(&lines), RefusedOr(200)));
    }
    for target in [
        "http://localhost/healthz",
        "http://attacker.example/healthz",
        "https://attacker.example/internal/v1/verdicts",
        "http://169.254.169.254/latest/meta-data/",
        "file:///etc/passwd",
        "ftp://localhost/healthz",
    ] {
        let bytes = format!("GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        attacks.push(named(format!("absolute: {target}"), bytes.into_bytes(), Refused));
    }
    attacks
}

fn fields() -> Vec<Attack> {
    let long = "x".repeat(40_000);
    let many: String = (0..3_000).fold(String::new(), |lines, number| lines + &format!("X-{number}: y\r\n"));
    [
        ("no colon", "X-A\r\n".to_owned(), Refused),
        ("no name", ": y\r\n".to_owned(), RefusedOr(200)),
        ("a space in the name", "X A: y\r\n".to_owned(), Refused),
        ("a space before the colon", "X-A : y\r\n".to_owned(), Refused),
        ("brackets in the name", "X(A): y\r\n".to_owned(), Refused),
        ("a null in the name", "X\u{0}A: y\r\n".to_owned(), Refused),
        ("a null in the value", "X-A: y\u{0}z\r\n".to_owned(), Refused),
        ("a carriage return in the value", "X-A: y\rz\r\n".to_owned(), Refused),
        ("a letter beyond ASCII in the name", "X-\u{e9}: y\r\n".to_owned(), Refused),
        ("a folded value", "X-A: y\r\n z\r\n".to_owned(), RefusedOr(200)),
        ("an underscore", "X_A: y\r\n".to_owned(), Refused),
        ("40 KB in one line", format!("X-A: {long}\r\n"), Refused),
        ("3,000 lines", many, Refused),
        ("a name of 40 KB", format!("{long}: y\r\n"), Refused),
        ("an unknown expectation", "Expect: the unexpected\r\n".to_owned(), RefusedOr(200)),
        ("a byte beyond ASCII in the value", "X-A: \u{e9}\r\n".to_owned(), RefusedOr(200)),
    ]
    .into_iter()
    .map(|(name, lines, expected)| {
        named(format!("field: {name}"), get(&format!("Host: localhost\r\n{lines}")), expected)
    })
    .collect()
}

fn upgrades() -> Vec<Attack> {
    let h2c = "Upgrade: h2c\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\nConnection: Upgrade, HTTP2-Settings, close\r\n";
    let socket = "Upgrade: websocket\r\nConnection: Upgrade, close\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n";
    [("h2c", h2c), ("websocket", socket), ("TLS", "Upgrade: TLS/1.0\r\nConnection: Upgrade, close\r\n")]
        .into_iter()
        .map(|(name, lines)| {
            named(format!("upgrade: {name}"), get(&format!("Host: localhost\r\n{lines}")), One(200))
        })
        .collect()
}
