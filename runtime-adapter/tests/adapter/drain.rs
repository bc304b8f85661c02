//! Stopping without breaking anything.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use runtime_adapter::{Host, RunError};
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::{Instant, timeout};

use crate::support::{Client, LONG, function, get as fetch, host, start};

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_calls_in_flight_are_all_answered() {
    let (sender, mut entered) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let handler = async move || {
        sender.send(()).unwrap();
        opened.acquire().await.unwrap().forget();
        "done"
    };
    let running = start(Router::new().route("/", get(handler))).await;
    let address = running.http_address().unwrap();
    let calls: Vec<_> = (0..200).map(|_| tokio::spawn(fetch(address, "/"))).collect();
    for _ in 0..200 {
        entered.recv().await.unwrap();
    }
    let drained = tokio::spawn(running.drain());
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!drained.is_finished());
    gate.add_permits(200);
    for call in calls {
        assert_eq!(call.await.unwrap().text(), "done");
    }
    timeout(LONG, drained).await.unwrap().unwrap();
}

#[tokio::test]
async fn an_idle_connection_is_closed_and_drain_is_quick() {
    let running = start(Router::new().route("/", get(async || "well"))).await;
    let mut client = Client::connect(running.http_address().unwrap()).await;
    assert_eq!(client.exchange(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").await.text(), "well");
    let begun = Instant::now();
    running.drain().await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_call_that_never_ends_does_not_outlast_the_grace_time() {
    let (sender, mut entered) = mpsc::unbounded_channel();
    let handler = async move || {
        sender.send(()).unwrap();
        std::future::pending::<()>().await;
    };
    let function =
        function(Router::new().route("/", get(handler)), "timeout: 10m, memory: 128, concurrency: 4");
    let host = Host { drain_grace: Duration::from_millis(500), ..host() };
    let running = runtime_adapter::start(function, host).await.unwrap();
    let mut client = Client::connect(running.http_address().unwrap()).await;
    client.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    entered.recv().await.unwrap();
    let begun = Instant::now();
    running.drain().await;
    let took = begun.elapsed();
    assert!(took >= Duration::from_millis(500) && took < Duration::from_secs(2), "{took:?}");
    assert!(client.is_closed().await);
}

/// Asks over and over until told to stop: over connections that are kept until an answer says that it is
/// their last, or over one for each request. Says who answered last.
async fn ask(address: SocketAddr, how: &str, stop: watch::Receiver<bool>) -> String {
    let request = format!("GET / HTTP/1.1\r\nHost: h\r\nConnection: {how}\r\n\r\n");
    loop {
        let mut client = Client::connect(address).await;
        loop {
            let is_last = *stop.borrow();
            let answer = client.exchange(request.as_bytes()).await;
            assert_eq!(answer.status, 200);
            if is_last {
                return answer.text().to_owned();
            }
            if answer.header("connection") == Some("close") {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_successor_listens_before_the_first_leaves_and_nobody_is_refused() {
    let first = start(Router::new().route("/", get(async || "first"))).await;
    let address = first.http_address().unwrap();
    let (stop, stopped) = watch::channel(false);
    let ways = ["keep-alive", "close"].into_iter().cycle().take(16);
    let callers: Vec<_> = ways.map(|how| tokio::spawn(ask(address, how, stopped.clone()))).collect();
    let successor = function(
        Router::new().route("/", get(async || "second")),
        "timeout: 20s, memory: 512, concurrency: 1000",
    );
    let host = Host { http_address: address, ..host() };
    let second = runtime_adapter::start(successor, host).await.unwrap();
    first.drain().await;
    stop.send(true).unwrap();
    for caller in callers {
        assert_eq!(timeout(LONG, caller).await.unwrap().unwrap(), "second");
    }
    second.drain().await;
}

#[tokio::test]
async fn who_was_let_in_and_has_not_asked_yet_is_answered_after_the_door_has_closed() {
    let running = start(Router::new().route("/", get(async || "well"))).await;
    let address = running.http_address().unwrap();
    let mut client = Client::connect(address).await;
    let drained = tokio::spawn(running.drain());
    while TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    let answer = client.exchange(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!((answer.text(), answer.header("connection")), ("well", Some("close")));
    timeout(LONG, drained).await.unwrap().unwrap();
}

#[tokio::test]
async fn two_processes_with_the_same_settings_are_found_out() {
    let first = start(Router::new()).await;
    let (http_address, admin_address) = (first.http_address().unwrap(), first.admin_address());
    let host = Host { http_address, admin_address, ..host() };
    let second =
        runtime_adapter::start(function(Router::new(), "timeout: 1s, memory: 128, concurrency: 1"), host)
            .await;
    assert!(matches!(second, Err(RunError::Listen { address, .. }) if address == admin_address));
    first.drain().await;
}
