//! The fixture as a process of its own: its start, its signals, its end.

use std::net::SocketAddr;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::{Instant, timeout};

use crate::support::{Answer, Client, LONG, fixture, get as fetch};

/// A running fixture, and its log.
pub(crate) struct Process {
    pub(crate) child: Child,
    log: Lines<BufReader<ChildStderr>>,
    pub(crate) http: SocketAddr,
}

impl Process {
    async fn start() -> Self {
        Self::start_by(Command::new(fixture()).env("RUST_LOG", "info")).await
    }

    pub(crate) async fn start_by(command: &mut Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut log = BufReader::new(child.stderr.take().unwrap()).lines();
        let running = next_line(&mut log, "running").await;
        let http = running["fields"]["http_address"].as_str().unwrap().parse().unwrap();
        Self { child, log, http }
    }

    /// Reads on until its log ends, so that a process that says much never waits for its reader.
    pub(crate) async fn read_away(&mut self) {
        while let Ok(Some(_)) = self.log.next_line().await {}
    }

    async fn signal(&self, signal: &str) {
        let process = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([signal, &process]).status().await.unwrap().success());
    }
}

/// The next line of a JSON log with this message.
async fn next_line(log: &mut Lines<BufReader<ChildStderr>>, message: &str) -> serde_json::Value {
    loop {
        let line = timeout(LONG, log.next_line()).await.unwrap().unwrap().expect("a line");
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        if line["fields"]["message"] == message {
            return line;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_requests_in_flight_are_answered_after_sigterm() {
    let mut process = Process::start().await;
    let request = b"GET /slow HTTP/1.1\r\nHost: h\r\n\r\n";
    let mut clients = Vec::new();
    for _ in 0..200 {
        let mut client = Client::connect(process.http).await;
        client.send(request).await;
        clients.push(client);
    }
    process.signal("-TERM").await;
    let told = Instant::now();
    for client in &mut clients {
        let answer: Answer = client.answer_to("GET").await;
        assert_eq!((answer.status, answer.text()), (200, "at last"));
    }
    let ended = timeout(LONG, process.child.wait()).await.unwrap().unwrap();
    assert!(ended.success());
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
}

#[tokio::test]
async fn a_handler_that_blocks_its_thread_does_not_outlast_the_grace_time() {
    let mut process =
        Process::start_by(Command::new(fixture()).envs([("DRAIN_GRACE_MS", "500"), ("RUST_LOG", "info")]))
            .await;
    let mut client = Client::connect(process.http).await;
    client.send(b"GET /block HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(client.answer_to("GET").await.status, 504);
    assert_eq!(fetch(process.http, "/hello/you").await.text(), "Hello, you!");
    process.signal("-TERM").await;
    let told = Instant::now();
    assert!(timeout(LONG, process.child.wait()).await.unwrap().unwrap().success());
    assert!(told.elapsed() < Duration::from_secs(5), "{:?}", told.elapsed());
}

#[tokio::test]
async fn an_interrupt_ends_the_process_as_well() {
    let mut process = Process::start().await;
    assert_eq!(fetch(process.http, "/hello/you").await.text(), "Hello, you!");
    process.signal("-INT").await;
    assert!(timeout(LONG, process.child.wait()).await.unwrap().unwrap().success());
}

#[tokio::test]
async fn each_request_is_one_line_of_the_log_without_path_and_query() {
    let mut process = Process::start().await;
    fetch(process.http, "/hello/serial-4711?lot=ABC").await;
    let line = next_line(&mut process.log, "request").await;
    let fields = &line["fields"];
    assert_eq!(fields["method"], "GET");
    assert_eq!(fields["route"], "/hello/{name}");
    assert_eq!(fields["status"], 200);
    assert!(fields["duration_ms"].is_number());
    let line = line.to_string();
    assert!(!line.contains("4711") && !line.contains("ABC"), "{line}");
}

#[tokio::test]
async fn a_process_that_aborts_takes_only_itself_down() {
    let mut process = Process::start().await;
    let other = Process::start().await;
    let mut client = Client::connect(process.http).await;
    client.send(b"GET /abort HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert!(!timeout(LONG, process.child.wait()).await.unwrap().unwrap().success());
    assert_eq!(fetch(other.http, "/hello/you").await.status, 200);
}

#[tokio::test]
async fn more_connections_than_the_shell_allows_descriptors_keep_nobody_out() {
    let fixture = fixture().into_os_string().into_string().unwrap();
    let shell = format!("ulimit -Sn 128 && exec '{fixture}'");
    let process = Process::start_by(Command::new("sh").args(["-c", &shell]).env("RUST_LOG", "info")).await;
    let mut slow = Vec::new();
    for _ in 0..300 {
        let mut client = Client::connect(process.http).await;
        client.send(b"GET /").await;
        slow.push(client);
    }
    assert_eq!(fetch(process.http, "/hello/you").await.text(), "Hello, you!");
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    // One of a stranger; a successor of ours shares the HTTP trigger's with us, never the admin port.
    let stranger = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = stranger.local_addr().unwrap().to_string();
    for address in ["HTTP_ADDRESS", "ADMIN_ADDRESS"] {
        let mut command = Command::new(fixture());
        let second = timeout(LONG, command.kill_on_drop(true).env(address, &taken).output());
        let second = second.await.unwrap().unwrap();
        let said = String::from_utf8(second.stderr).unwrap();
        assert!(!second.status.success() && said.contains(&taken), "{said}");
    }
}
