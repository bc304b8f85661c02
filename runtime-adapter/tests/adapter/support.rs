//! What the tests share: a host, a function of a given shape, a client that sends bytes.

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, Utc};
use runtime_adapter::manifest::{self, Manifest};
use runtime_adapter::{Function, Host, Metrics, Now, Running};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Longer than anything a test waits for, on a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(30);

/// The moment at which a fixed clock stands.
pub(crate) const NOW: &str = "2026-11-22T10:00:00.123Z";

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A function's entry in a manifest: its limits, and lines for triggers.
pub(crate) fn description(http: &str, triggers: &str) -> manifest::Function {
    let yaml = format!("version: 1\nfunctions:\n  fixture:\n    http: {{ {http} }}\n{triggers}");
    Manifest::parse(&yaml).unwrap().function("fixture").unwrap().clone()
}

pub(crate) fn metrics() -> Metrics {
    static METRICS: OnceLock<Metrics> = OnceLock::new();
    METRICS.get_or_init(|| Metrics::install().unwrap()).clone()
}

pub(crate) fn fixed(moment: &str) -> Now {
    let moment = at(moment);
    Arc::new(move || moment)
}

pub(crate) fn host() -> Host {
    let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
    Host {
        http_address: any_port,
        admin_address: any_port,
        drain_grace: Host::DRAIN_GRACE,
        kafka: None,
        metrics: metrics(),
        now: fixed(NOW),
    }
}

pub(crate) fn function(router: Router, limits: &str) -> Function {
    Function::new("fixture").described_by(description(limits, "")).http(router)
}

/// A running function with these limits.
pub(crate) async fn start_with(router: Router, limits: &str) -> Running {
    runtime_adapter::start(function(router, limits), host()).await.unwrap()
}

/// A running function with room for everything.
pub(crate) async fn start(router: Router) -> Running {
    start_with(router, "timeout: 20s, memory: 512, concurrency: 1000").await
}

/// An answer as it came over the wire.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.all(name).first().copied()
    }

    pub(crate) fn all(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(known, _)| known == name);
        named.map(|(_, value)| value.as_str()).collect()
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// A connection that reads answers by their lengths.
pub(crate) struct Client {
    socket: TcpStream,
    read: Vec<u8>,
}

impl Client {
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self { socket: TcpStream::connect(address).await.unwrap(), read: Vec::new() }
    }

    pub(crate) async fn send(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).await.unwrap();
    }

    /// The next answer; `head` where none has a body.
    pub(crate) async fn answer_to(&mut self, method: &str) -> Answer {
        timeout(LONG, self.read_answer(method)).await.expect("an answer in time")
    }

    pub(crate) async fn exchange(&mut self, request: &[u8]) -> Answer {
        self.send(request).await;
        let method = request.split(|byte| *byte == b' ').next().unwrap();
        self.answer_to(std::str::from_utf8(method).unwrap()).await
    }

    /// Whether the other side has closed.
    pub(crate) async fn is_closed(&mut self) -> bool {
        self.read.is_empty() && matches!(timeout(LONG, self.fill()).await, Ok(false))
    }

    async fn read_answer(&mut self, method: &str) -> Answer {
        let end = loop {
            if let Some(end) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break end;
            }
            assert!(self.fill().await, "closed before an answer");
        };
        let head = String::from_utf8(self.read.drain(..end + 4).collect()).unwrap();
        let mut lines = head.trim_end().split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: Vec<(String, String)> = lines
            .map(|line| line.split_once(':').unwrap())
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        let mut answer = Answer { status, headers, body: Vec::new() };
        if method != "HEAD" && status != 204 && status != 304 {
            let length = answer.header("content-length").expect("a length").parse().unwrap();
            while self.read.len() < length {
                assert!(self.fill().await, "closed within an answer");
            }
            answer.body = self.read.drain(..length).collect();
        }
        answer
    }

    async fn fill(&mut self) -> bool {
        self.socket.read_buf(&mut self.read).await.is_ok_and(|bytes| bytes > 0)
    }
}

/// One request on a connection of its own.
pub(crate) async fn exchange(address: SocketAddr, request: &[u8]) -> Answer {
    Client::connect(address).await.exchange(request).await
}

pub(crate) async fn get(address: SocketAddr, path: &str) -> Answer {
    exchange(address, format!("GET {path} HTTP/1.1\r\nHost: fixture\r\n\r\n").as_bytes()).await
}

pub(crate) async fn post(address: SocketAddr, path: &str, body: &[u8]) -> Answer {
    let head = format!("POST {path} HTTP/1.1\r\nHost: fixture\r\nContent-Length: {}\r\n\r\n", body.len());
    exchange(address, &[head.as_bytes(), body].concat()).await
}

/// The fixture function's binary, which cargo builds beside the tests.
pub(crate) fn fixture() -> std::path::PathBuf {
    let tests = std::env::current_exe().unwrap();
    let fixture = tests.ancestors().nth(2).unwrap().join("examples/fixture");
    assert!(fixture.exists(), "build it: cargo build -p runtime-adapter --example fixture");
    fixture
}
