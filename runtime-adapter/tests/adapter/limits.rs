//! Every limit of Lambda, and what a client hears at it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post as posting};
use futures::future::select_all;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::Instant;

use crate::support::{Answer, Client, LONG, exchange, get as fetch, metrics, post, start, start_with};

const LIMIT: usize = 6 * 1024 * 1024;

fn assert_problem(answer: &Answer, status: u16) {
    assert_eq!(answer.status, status);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["status"], status);
    for member in ["type", "title", "detail"] {
        assert!(problem[member].is_string(), "{problem}");
    }
    assert_eq!(problem["request_id"].as_str(), answer.header("x-request-id"));
}

/// Tells when it is dropped.
struct Told(mpsc::UnboundedSender<()>);

impl Drop for Told {
    fn drop(&mut self) {
        self.0.send(()).ok();
    }
}

#[tokio::test]
async fn a_call_that_misses_its_deadline_is_a_504_and_is_dropped() {
    let (sender, mut dropped) = mpsc::unbounded_channel();
    let handler = async move || {
        let _told = Told(sender.clone());
        std::future::pending::<()>().await;
    };
    let router = Router::new().route("/", get(handler));
    let running = start_with(router, "timeout: 300ms, memory: 128, concurrency: 4").await;
    let mut fastest = LONG;
    for _ in 0..5 {
        let begun = Instant::now();
        let answer = fetch(running.http_address().unwrap(), "/").await;
        let took = begun.elapsed();
        assert_problem(&answer, 504);
        assert!(took >= Duration::from_millis(300), "{took:?}");
        fastest = fastest.min(took);
        dropped.recv().await.unwrap();
    }
    // the machine may be busy, but not each time
    assert!(fastest < Duration::from_millis(350), "{fastest:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_handler_that_blocks_its_thread_is_a_504_all_the_same() {
    let (release, blocked) = std::sync::mpsc::channel::<()>();
    let blocked = Arc::new(std::sync::Mutex::new(blocked));
    let handler = async move || {
        blocked.lock().unwrap().recv().ok();
    };
    let router = Router::new().route("/", get(handler)).route("/well", get(async || "well"));
    let running = start_with(router, "timeout: 200ms, memory: 128, concurrency: 4").await;
    let address = running.http_address().unwrap();
    assert_problem(&fetch(address, "/").await, 504);
    assert_eq!(fetch(address, "/well").await.text(), "well");
    drop(release);
}

#[expect(clippy::unreachable, reason = "the test's point is a panic")]
async fn panics() -> &'static str {
    unreachable!("on purpose")
}

#[tokio::test]
async fn a_panic_is_a_502_and_a_metric_and_the_next_request_is_fine() {
    let router = Router::new().route("/panic", get(panics)).route("/well", get(async || "well"));
    let running = start(router).await;
    let mut client = Client::connect(running.http_address().unwrap()).await;
    let answer = client.exchange(b"GET /panic HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_problem(&answer, 502);
    assert!(metrics().render().contains("http_faults_total{fault=\"panicked\"}"));
    assert_eq!(client.exchange(b"GET /well HTTP/1.1\r\nHost: h\r\n\r\n").await.text(), "well");
}

#[tokio::test]
async fn one_call_more_than_the_concurrency_is_a_503_until_one_ends() {
    let (sender, mut entered) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let handler = async move || {
        sender.send(()).unwrap();
        opened.acquire().await.unwrap().forget();
        "done"
    };
    let router = Router::new().route("/", get(handler)).route("/well", get(async || "well"));
    let running = start_with(router, "timeout: 20s, memory: 128, concurrency: 2").await;
    let address = running.http_address().unwrap();
    let first = tokio::spawn(fetch(address, "/"));
    let second = tokio::spawn(fetch(address, "/"));
    entered.recv().await.unwrap();
    entered.recv().await.unwrap();
    let refused = fetch(address, "/well").await;
    assert_problem(&refused, 503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    gate.add_permits(2);
    assert_eq!(first.await.unwrap().text(), "done");
    assert_eq!(second.await.unwrap().text(), "done");
    assert_eq!(fetch(address, "/well").await.text(), "well");
}

fn counting() -> Router {
    let count = async |body: Bytes| body.len().to_string();
    Router::new().route("/", posting(count)).layer(DefaultBodyLimit::disable())
}

#[tokio::test]
async fn a_body_of_6_mb_is_taken_and_one_byte_more_is_a_413() {
    let running = start(counting()).await;
    let address = running.http_address().unwrap();
    let body = vec![b'x'; LIMIT + 1];
    assert_eq!(post(address, "/", &body[..LIMIT]).await.text(), LIMIT.to_string());
    assert_problem(&post(address, "/", &body).await, 413);
    for (length, status) in [(LIMIT, 200), (LIMIT + 1, 413)] {
        let head = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
        let chunk = format!("{length:x}\r\n");
        let request = [head.as_bytes(), chunk.as_bytes(), &body[..length], b"\r\n0\r\n\r\n"].concat();
        assert_eq!(exchange(address, &request).await.status, status);
    }
}

#[tokio::test]
async fn a_client_that_asks_before_it_sends_too_much_is_refused_at_once() {
    let running = start(counting()).await;
    let request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n";
    assert_problem(&exchange(running.http_address().unwrap(), request.as_bytes()).await, 413);
}

#[tokio::test]
async fn an_answer_of_6_mb_leaves_and_one_byte_more_is_a_502() {
    let router = Router::new()
        .route("/fits", get(async || vec![b'x'; LIMIT]))
        .route("/bursts", get(async || vec![b'x'; LIMIT + 1]));
    let running = start(router).await;
    let address = running.http_address().unwrap();
    assert_eq!(fetch(address, "/fits").await.body.len(), LIMIT);
    assert_problem(&fetch(address, "/bursts").await, 502);
}

#[tokio::test]
async fn bodies_that_fill_the_memory_are_refused_and_their_memory_is_given_back() {
    let running = start_with(counting(), "timeout: 20s, memory: 128, concurrency: 100").await;
    let address = running.http_address().unwrap();
    let body = vec![b'x'; LIMIT];
    // eleven bodies of 6 MB without their last byte are more than 64 MB
    let mut waiting = Vec::new();
    for _ in 0..11 {
        let mut client = Client::connect(address).await;
        let head = format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: {LIMIT}\r\n\r\n");
        client.send(head.as_bytes()).await;
        client.send(&body[1..]).await;
        waiting.push(client);
    }
    let answers = waiting.iter_mut().map(|client| Box::pin(client.answer_to("POST")));
    let (refused, index, _) = select_all(answers).await;
    assert_problem(&refused, 503);
    assert_eq!(refused.header("retry-after"), Some("1"));
    drop(waiting.swap_remove(index));
    drop(waiting);
    // those who gave up have given their memory back
    let mut answer = post(address, "/", &body).await;
    while answer.status == 503 {
        answer = post(address, "/", &body).await;
    }
    assert_eq!(answer.text(), LIMIT.to_string());
}

#[tokio::test]
async fn a_head_above_16_kib_is_a_431() {
    let running = start(counting()).await;
    let address = running.http_address().unwrap();
    let head = |length| {
        format!("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\nX-Long: {}\r\n\r\n", "x".repeat(length))
    };
    assert_eq!(exchange(address, head(15 * 1024).as_bytes()).await.status, 200);
    assert_problem(&exchange(address, head(17 * 1024).as_bytes()).await, 431);
}

#[tokio::test]
async fn what_is_no_http_is_a_400_and_the_connection_ends() {
    let running = start(counting()).await;
    for nonsense in [
        "NONSENSE\r\n\r\n",
        "GET / HTTP/9.9\r\nHost: h\r\n\r\n",
        "GET /\x01 HTTP/1.1\r\nHost: h\r\n\r\n",
        "GET / HTTP/1.1\r\nHost : h\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: gzip\r\n\r\n",
    ] {
        let mut client = Client::connect(running.http_address().unwrap()).await;
        // after a good one, too
        assert_eq!(client.exchange(b"POST / HTTP/1.1\r\nHost: h\r\n\r\n").await.text(), "0");
        assert_problem(&client.exchange(nonsense.as_bytes()).await, 400);
        assert!(client.is_closed().await, "{nonsense:?}");
    }
}

#[tokio::test]
async fn of_two_lengths_the_chunks_count_and_the_connection_ends() {
    let running = start(counting()).await;
    let mut client = Client::connect(running.http_address().unwrap()).await;
    let both = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n";
    client.send(both.as_bytes()).await;
    assert_eq!(client.exchange(b"3\r\nabc\r\n0\r\n\r\n").await.text(), "3");
    assert!(client.is_closed().await);
}

#[tokio::test]
async fn a_request_that_makes_no_url_is_a_400_and_no_panic() {
    let running = start(Router::new().fallback(async || "well")).await;
    let address = running.http_address().unwrap();
    for head in [
        "GET / HTTP/1.1\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n",
        "GET / HTTP/1.1\r\nHost: a b\r\n",
        "GET http://other.example/a HTTP/1.1\r\nHost: shop.example\r\n",
        "GET / HTTP/1.1\r\nHost: a/b\r\n",
        "GET / HTTP/1.1\r\nHost: user@a\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n",
        "GET / HTTP/1.1\r\nHost: 1.2.3.999\r\n",
        "GET / HTTP/1.1\r\nHost: a:99999\r\n",
        "GET / HTTP/1.1\r\nHost: a%7Bb\r\n",
        "GET / HTTP/1.1\r\nHost: xn--\r\n",
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: gopher\r\n",
    ] {
        let answer = exchange(address, format!("{head}\r\n").as_bytes()).await;
        assert_eq!(answer.status, 400, "{head}");
        assert_problem(&answer, 400);
    }
    assert_eq!(fetch(address, "/").await.text(), "well");
}

#[tokio::test]
async fn a_client_that_goes_away_does_not_stop_the_call() {
    let (sender, mut told) = mpsc::unbounded_channel();
    let gate = Arc::new(Semaphore::new(0));
    let opened = Arc::clone(&gate);
    let handler = async move || {
        sender.send("entered").unwrap();
        opened.acquire().await.unwrap().forget();
        sender.send("finished").unwrap();
    };
    let running = start(Router::new().route("/", get(handler))).await;
    let mut client = Client::connect(running.http_address().unwrap()).await;
    client.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n").await;
    assert_eq!(told.recv().await, Some("entered"));
    drop(client);
    gate.add_permits(1);
    assert_eq!(told.recv().await, Some("finished"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_slow_clients_do_not_stop_a_fast_one() {
    let router = Router::new().route("/", posting(async |body: Bytes| body));
    let running = start_with(router, "timeout: 5s, memory: 128, concurrency: 16").await;
    let address = running.http_address().unwrap();
    let mut slow = Vec::new();
    for number in 0..1000 {
        let mut client = Client::connect(address).await;
        // half of them stop within the head, half within the body
        client.send(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n").await;
        if number % 2 == 0 {
            client.send(b"\r\nx").await;
        }
        slow.push(client);
    }
    let begun = Instant::now();
    for _ in 0..50 {
        assert_eq!(post(address, "/", b"fast").await.text(), "fast");
    }
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    // and those who send the rest in time are answered
    let mut late = slow.swap_remove(0);
    late.send(b"y").await;
    assert_eq!(late.answer_to("POST").await.text(), "xy");
}

#[tokio::test]
async fn a_head_that_does_not_come_is_given_up_after_10_s() {
    let running = start(counting()).await;
    let mut client = Client::connect(running.http_address().unwrap()).await;
    client.send(b"POST / HTTP/1.1\r\nHost:").await;
    let begun = Instant::now();
    assert!(client.is_closed().await);
    let took = begun.elapsed();
    assert!(took >= Duration::from_secs(9) && took < LONG / 2, "{took:?}");
}
