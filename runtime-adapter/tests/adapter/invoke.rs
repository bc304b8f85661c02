//! Handlers without a server.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use axum::Router;
use axum::routing::{get, post};
use bytes::Bytes;
use http::Request;
use runtime_adapter::invoke::{self, InvokeError};
use runtime_adapter::{BatchAnswer, DispatchError, Function};
use serde_json::json;

use crate::support::{NOW, description, fixed, fixture, function};

const LIMITS: &str = "timeout: 1s, memory: 128, concurrency: 4";
const README: &str = include_str!("../../README.md");

fn schedule_event(detail: &serde_json::Value) -> serde_json::Value {
    json!({
        "version": "0", "id": "1", "detail-type": "Scheduled Event", "source": "aws.scheduler",
        "account": "1", "time": "2026-11-22T10:00:00Z", "region": "eu-central-1",
        "resources": ["arn:aws:scheduler:eu-central-1:1:schedule/passport/send-outbox"],
        "detail": detail,
    })
}

fn kafka_event() -> serde_json::Value {
    let record = |offset| {
        json!({
            "topic": "a.b.v1", "partition": 0, "offset": offset, "timestamp": 1_795_341_600_123_u64,
            "timestampType": "CREATE_TIME", "key": null, "value": "dg==", "headers": [{ "h": [1, -1] }],
        })
    };
    json!({
        "eventSource": "SelfManagedKafka", "bootstrapServers": "b:9092",
        "records": { "a.b.v1-0": [record(7), record(8)] },
    })
}

#[tokio::test]
async fn a_request_is_answered_without_a_socket() {
    let router = Router::new().route("/{name}", post(async |body: Bytes| body));
    let request = Request::post("/x?y=1").body(Bytes::from_static(b"\x00\xFF")).unwrap();
    let answer = invoke::http(&function(router, LIMITS), fixed(NOW), request).await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.body().as_ref()), (200, b"\x00\xFF".as_slice()));
}

#[tokio::test]
async fn kafka_records_get_lambdas_partial_answer() {
    let function = Function::new("fixture").described_by(description(LIMITS, "")).kafka(async |event| {
        let mut answer = BatchAnswer::success();
        let records = event.records.values().flatten();
        records.filter(|record| record.offset == 8).for_each(|record| answer.fail(record, "no"));
        Ok(answer)
    });
    let answer = invoke::event(&function, fixed(NOW), &kafka_event()).await.unwrap();
    let failed = json!({ "itemIdentifier": { "partition": "a.b.v1-0", "offset": 8 } });
    assert_eq!(answer, json!({ "batchItemFailures": [failed] }));
}

#[tokio::test]
async fn a_schedule_is_named_by_its_detail_or_by_its_arn() {
    let function = Function::new("fixture").described_by(description(LIMITS, "")).schedule(async |event| {
        match event.detail.schedule.as_str() {
            "send-outbox" => Ok(()),
            other => Err(format!("unexpected {other:?}").into()),
        }
    });
    for detail in [json!({ "schedule": "send-outbox" }), json!("{}"), json!({})] {
        let answer = invoke::event(&function, fixed(NOW), &schedule_event(&detail)).await.unwrap();
        assert_eq!(answer, json!(null));
    }
}

#[tokio::test]
async fn a_payload_of_another_kind_or_none_is_a_function_error() {
    let function = function(Router::new().route("/", get(async || "")), LIMITS);
    let refused = async |event| match invoke::event(&function, fixed(NOW), &event).await {
        Err(InvokeError::Dispatch(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(refused(kafka_event()).await, DispatchError::NoHandler { kind: "Kafka records", .. }));
    let schedule = refused(schedule_event(&json!({}))).await;
    assert!(matches!(schedule, DispatchError::NoHandler { kind: "schedules", .. }));
    assert!(matches!(refused(json!({ "hello": 1 })).await, DispatchError::Unknown(_)));
    assert!(matches!(refused(json!({ "requestContext": {} })).await, DispatchError::Unknown(_)));
}

#[tokio::test]
async fn what_lambda_http_would_panic_on_is_a_400_on_lambda_too() {
    let function = function(
        Router::new().fallback(async |request: axum::extract::Request| {
            request.uri().query().unwrap_or_default().to_owned()
        }),
        LIMITS,
    );
    let event = |path: &str, host: &str, query: &str| {
        json!({
            "version": "2.0", "rawPath": path, "rawQueryString": query, "headers": { "host": host },
            "requestContext": { "stage": "$default", "http": { "method": "GET", "path": path } },
            "isBase64Encoded": false,
        })
    };
    let answer = async |event| invoke::event(&function, fixed(NOW), &event).await.unwrap();
    assert_eq!(answer(event("/", "a b", "")).await["statusCode"], 400);
    assert_eq!(answer(event("*", "h", "")).await["statusCode"], 400);
    let encoded = answer(event("/", "h", "a=\"b c\"<é>")).await;
    assert_eq!(encoded["body"], "a=%22b%20c%22%3Cé%3E");
}

/// The README's examples: what stands after `$` is run, what follows must be its output.
#[test]
fn the_readmes_examples_do_what_they_say() {
    let mut examples = 0;
    for block in README.split("```console\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        for example in block.split("$ ").skip(1) {
            let (command, expected) = example.split_once('\n').unwrap();
            assert_eq!(run(command).trim_end(), expected.trim_end(), "{command}");
            examples += 1;
        }
    }
    assert!(examples >= 4, "{examples} examples");
}

fn run(command: &str) -> String {
    let mut words = words(command).into_iter();
    assert_eq!(words.next().as_deref(), Some("fixture"));
    let output =
        Command::new(fixture()).args(words).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let measures = String::from_utf8(output.stderr).unwrap();
    assert!(measures.contains(" ms, peak memory "), "{measures}");
    String::from_utf8(output.stdout).unwrap()
}

/// Words as a shell splits them, with single quotes.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in command.chars() {
        match character {
            '\'' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            _ => words.last_mut().unwrap().push(character),
        }
    }
    words
}

#[test]
fn an_event_can_come_from_standard_input() {
    let mut invoked = Command::new(fixture())
        .args(["invoke", "--event", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let event = schedule_event(&json!({ "schedule": "sweep" })).to_string();
    invoked.stdin.take().unwrap().write_all(event.as_bytes()).unwrap();
    let output = invoked.wait_with_output().unwrap();
    assert_eq!((output.status.success(), output.stdout.as_slice()), (true, b"null\n".as_slice()));
}

#[test]
fn what_cannot_be_called_is_said_and_fails() {
    let missing = PathBuf::from("no-such-event.json");
    for arguments in [
        vec!["invoke".into()],
        vec!["invoke".into(), "--event".into(), missing.into_os_string()],
        vec!["invoke".into(), "--http".into(), "GET nowhere".into()],
        vec!["invoke".into(), "--http".into(), "GET /".into(), "--as".into(), "nobody".into()],
    ] {
        let output = Command::new(fixture()).args(&arguments).output().unwrap();
        assert!(!output.status.success() && !output.stderr.is_empty(), "{arguments:?}");
    }
}
