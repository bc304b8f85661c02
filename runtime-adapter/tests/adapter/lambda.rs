//! The fixture on Lambda: a Runtime API of the test's own hands it events, one after the other,
//! and its answers are those of the handlers in process. AWS's emulator does the same in
//! `make lambda-proof`.

use std::net::SocketAddr;
use std::process::Stdio;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use runtime_adapter::{BatchAnswer, Function, invoke};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::sync::{Mutex, mpsc};
use tokio::time::{Duration, Instant, timeout};

use crate::support::{LONG, NOW, description, fixed, fixture};

const EVENTS: [&str; 3] = [
    include_str!("../../examples/events/http.json"),
    include_str!("../../examples/events/kafka.json"),
    include_str!("../../examples/events/schedule.json"),
];

/// The Runtime API, and the process behind it.
struct Lambda {
    events: mpsc::UnboundedSender<String>,
    answers: mpsc::UnboundedReceiver<(String, Value)>,
    _process: Child,
}

#[derive(Clone)]
struct Api {
    events: Arc<Mutex<mpsc::UnboundedReceiver<String>>>,
    answers: mpsc::UnboundedSender<(String, Value)>,
}

impl Lambda {
    async fn start() -> Self {
        let (events, waiting) = mpsc::unbounded_channel();
        let (sender, answers) = mpsc::unbounded_channel();
        let api = Api { events: Arc::new(Mutex::new(waiting)), answers: sender };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{kind}", post(answer))
            .with_state(api);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { events, answers, _process: process(address) }
    }

    /// `response` or `error`, and what was said.
    async fn call(&mut self, event: &str) -> (String, Value) {
        self.events.send(event.to_owned()).unwrap();
        timeout(LONG, self.answers.recv()).await.unwrap().unwrap()
    }
}

fn process(api: SocketAddr) -> Child {
    Command::new(fixture())
        .env("AWS_LAMBDA_RUNTIME_API", api.to_string())
        .env("AWS_LAMBDA_FUNCTION_NAME", "fixture")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .unwrap()
}

async fn next(State(api): State<Api>) -> impl IntoResponse {
    let event = api.events.lock().await.recv().await.unwrap_or_default();
    let headers = [
        ("lambda-runtime-aws-request-id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd"),
        ("lambda-runtime-deadline-ms", "4102444800000"),
        ("lambda-runtime-invoked-function-arn", "arn:aws:lambda:local:1:function:fixture"),
    ];
    (headers, event)
}

async fn answer(
    State(api): State<Api>,
    Path((_, kind)): Path<(String, String)>,
    _: HeaderMap,
    body: String,
) -> StatusCode {
    api.answers.send((kind, serde_json::from_str(&body).unwrap_or_default())).ok();
    StatusCode::ACCEPTED
}

#[tokio::test]
async fn one_binary_tells_the_payloads_apart_and_answers_as_in_process() {
    let mut lambda = Lambda::start().await;
    for event in EVENTS {
        let (kind, answer) = lambda.call(event).await;
        let invoked = Command::new(fixture())
            .args(["invoke", "--event", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let expected = given(invoked.unwrap(), event).await;
        assert_eq!((kind.as_str(), answer), ("response", expected), "{event}");
    }
}

async fn given(mut invoked: Child, event: &str) -> Value {
    use tokio::io::AsyncWriteExt;
    let mut input = invoked.stdin.take().unwrap();
    input.write_all(event.as_bytes()).await.unwrap();
    drop(input);
    serde_json::from_slice(&invoked.wait_with_output().await.unwrap().stdout).unwrap()
}

#[tokio::test]
async fn a_panic_or_a_hang_is_an_http_answer_and_the_process_lives_on() {
    let mut lambda = Lambda::start().await;
    for (path, status) in [("/panic", 502), ("/hang", 504), ("/hello/world", 200)] {
        let event = EVENTS[0].replace("/hello/world", path);
        let (kind, answer) = lambda.call(&event).await;
        assert_eq!((kind.as_str(), &answer["statusCode"]), ("response", &json!(status)), "{path}");
    }
}

#[tokio::test]
async fn what_no_handler_takes_is_a_function_error() {
    let mut lambda = Lambda::start().await;
    let (kind, error) = lambda.call("{\"hello\":1}").await;
    assert_eq!(kind, "error");
    assert!(error["errorMessage"].as_str().unwrap().contains("neither an HTTP request"), "{error}");
}

#[tokio::test]
async fn the_hook_runs_before_the_answer_and_holds_it_no_longer_than_50_ms() {
    let (sender, mut told) = mpsc::unbounded_channel();
    let function = Function::new("fixture")
        .described_by(description("timeout: 1s, memory: 128, concurrency: 1", ""))
        .kafka(async |_| Ok(BatchAnswer::success()))
        .before_answer(move || {
            sender.send(()).unwrap();
            std::future::pending()
        });
    let event = serde_json::from_str(EVENTS[1]).unwrap();
    let begun = Instant::now();
    invoke::event(&function, fixed(NOW), &event).await.unwrap();
    let took = begun.elapsed();
    assert_eq!(told.try_recv(), Ok(()));
    assert!(took >= Duration::from_millis(50) && took < Duration::from_millis(250), "{took:?}");
}
