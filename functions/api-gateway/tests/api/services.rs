//! Services that are away, slow or broken.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::Router;
use chrono::TimeDelta;
use http::Method;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::support::World;

const TARGET: &str = "/api/v1/products?q=x";

/// An address at which nobody listens.
async fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap()
}

async fn world_with(passport: SocketAddr, timeout_ms: u64) -> World {
    World::with(|setup| {
        setup.passport_url = Some(format!("http://{passport}"));
        setup.config.upstream_timeout_ms = timeout_ms;
    })
    .await
}

/// A service that treats each connection as `treat` says, and counts them.
async fn service<F>(treat: impl Fn(TcpStream, usize) -> F + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let connections = Arc::clone(&count);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let number = connections.fetch_add(1, Ordering::SeqCst) + 1;
            tokio::spawn(treat(socket, number));
        }
    });
    (address, count)
}

/// Reads a request and hangs up.
async fn hang_up(mut socket: TcpStream) {
    let mut request = [0; 4096];
    let _ = socket.read(&mut request).await;
}

/// Reads a request and answers it.
async fn greet(mut socket: TcpStream) {
    let mut request = [0; 4096];
    let _ = socket.read(&mut request).await;
    let _ = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
}

#[tokio::test]
async fn a_service_that_is_away_is_503_after_three_seconds_of_patience() {
    let world = world_with(free_address().await, 5_000).await;
    let answer = world.get(TARGET).send().await;
    answer.assert_problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    assert!(!answer.json().to_string().contains("127.0.0.1"), "{}", answer.json());
}

#[tokio::test]
async fn a_restart_is_latency_and_no_failure_for_any_method() {
    let address = free_address().await;
    let world = world_with(address, 5_000).await;
    let restart = async {
        let listener = TcpListener::bind(address).await.unwrap();
        tokio::spawn(async move { axum::serve(listener, Router::new().fallback(|| async { "ok" })).await });
    };
    let (answer, ()) = tokio::join!(world.post("/api/v1/scans").body("{}").send(), restart);
    assert_eq!(answer.status.as_u16(), 200);
}

#[tokio::test]
async fn a_service_that_hangs_is_504() {
    let (address, _) = service(|socket, _| async move {
        let _held = socket;
        std::future::pending::<()>().await;
    })
    .await;
    let world = world_with(address, 50).await;
    world.get(TARGET).send().await.assert_problem(504, "timeout");
}

#[tokio::test]
async fn a_read_that_broke_off_is_tried_once_more() {
    let (address, connections) = service(|socket, number| async move {
        if number == 1 { hang_up(socket).await } else { greet(socket).await }
    })
    .await;
    let world = world_with(address, 5_000).await;
    let answer = world.get(TARGET).send().await;
    assert_eq!((answer.status.as_u16(), answer.body), (200, b"ok".to_vec()));
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn a_write_that_broke_off_is_not_repeated() {
    let (address, connections) = service(|socket, _| hang_up(socket)).await;
    let world = world_with(address, 5_000).await;
    world.post("/api/v1/scans").body("{}").send().await.assert_problem(502, "bad-gateway");
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    world.get(TARGET).send().await.assert_problem(502, "bad-gateway");
    assert_eq!(connections.load(Ordering::SeqCst), 3, "a read is tried twice and no more");
}

#[tokio::test]
async fn a_service_that_never_answers_is_left_alone_and_tried_again_after_a_second() {
    let (address, connections) = service(|socket, number| async move {
        if number <= 10 { hang_up(socket).await } else { greet(socket).await }
    })
    .await;
    let world = world_with(address, 5_000).await;
    let write = || world.post("/api/v1/scans").body("{}").send();
    for _ in 0..10 {
        write().await.assert_problem(502, "bad-gateway");
    }
    let resting = write().await;
    resting.assert_problem(503, "unavailable");
    assert_eq!(resting.header("retry-after"), Some("1"));
    assert_eq!(connections.load(Ordering::SeqCst), 10, "nobody was asked");

    world.advance(TimeDelta::seconds(1));
    assert_eq!(write().await.status.as_u16(), 200);
    assert_eq!(write().await.status.as_u16(), 200);
    assert_eq!(world.ask(Method::GET, "/healthz").status().await, 200);
}

#[tokio::test]
async fn answers_with_errors_are_answers_and_open_no_circuit() {
    let world = World::new().await;
    world.passport.answer(500, &[("content-type", "application/problem+json")], "{}");
    for _ in 0..20 {
        assert_eq!(world.get(TARGET).status().await, 500);
    }
    assert_eq!(world.passport.calls(), 20);
}
