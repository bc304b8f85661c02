//! The same binaries under AWS's own emulator: events get the answers that they get in process. Each
//! function of the manifest takes part: HTTP requests are recorded in `events/<function>/`, a schedule's
//! event is made from the manifest, and records from the examples of the contracts.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD as STANDARD};
use end_to_end::{
    emulator::Emulator,
    stack::{Stack, workspace},
};
use serde_json::{Value, json};
use service_chassis::{
    caller::{OnBehalf, TokenSigner},
    clock::Clock,
    ids::Ids,
    runtime::manifest::{Function, Manifest},
    secrets::Secrets,
};

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// Recorded events by file name.
fn events(folder: &Path) -> BTreeMap<String, Value> {
    let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let read = |file: PathBuf| {
        let text = std::fs::read_to_string(&file).unwrap();
        (file.file_name().unwrap().to_str().unwrap().to_owned(), serde_json::from_str(&text).unwrap())
    };
    files.map(read).collect()
}

fn events_of(function: &Function) -> BTreeMap<String, Value> {
    let folder = workspace().join("end-to-end/events").join(&function.name);
    assert!(folder.is_dir(), "{} has no recorded requests in {}", function.name, folder.display());
    let mut all = events(&folder);
    all.extend(function.schedules.iter().map(|schedule| (schedule.name.clone(), tick(&schedule.name))));
    all.extend(function.kafka.iter().map(|mapping| (mapping.topic.clone(), batch(&mapping.topic))));
    all
}

fn tick(schedule: &str) -> Value {
    json!({
        "version": "0", "id": "4d1b7b0e-8a3f-4f9e-9a56-0b8a3a5d2c11", "detail-type": "Scheduled Event",
        "source": "aws.scheduler", "account": "123456789012", "time": "2026-11-22T10:00:00Z",
        "region": "eu-central-1", "resources": [], "detail": { "schedule": schedule },
    })
}

/// The contract's examples of this topic, the envelope's example around each.
fn batch(topic: &str) -> Value {
    let examples = workspace().join("shared-contracts/examples/valid");
    let envelope = events(&examples.join("envelope.v1")).into_values().next().unwrap();
    let records: Vec<Value> = (0..)
        .zip(events(&examples.join(topic)).into_values())
        .map(|(offset, data)| {
            let mut event = envelope.clone();
            event["id"] = uuid::Uuid::from_u128(offset).to_string().into();
            event["data"] = data;
            json!({
                "topic": topic, "partition": 0, "offset": u64::try_from(offset).unwrap(),
                "timestamp": 1_795_341_600_123_u64, "timestampType": "CREATE_TIME", "key": null,
                "value": STANDARD.encode(event.to_string()), "headers": [],
            })
        })
        .collect();
    json!({
        "eventSource": "SelfManagedKafka", "bootstrapServers": "broker:9092",
        "records": { format!("{topic}-0"): records },
    })
}

/// The gateway's tokens, which live half a minute and cannot be recorded.
struct Gateway(TokenSigner);

impl Gateway {
    async fn of_this_instance() -> Self {
        let clock = Clock::system();
        let secrets =
            Secrets::connect("local", "api-gateway", Duration::from_secs(30), &clock, HashMap::new()).await;
        Self(TokenSigner::new("api-gateway", secrets, clock, Ids::system()))
    }

    /// The event with a token, where it was recorded with one.
    async fn sign(&self, callee: &str, mut event: Value) -> Value {
        if event["headers"]["x-internal-token"].is_string() {
            let method = event["requestContext"]["http"]["method"].as_str().unwrap();
            let visitor = event["headers"]["x-visitor-id"].as_str().map(|id| id.parse().unwrap());
            let on_behalf = OnBehalf { visitor, ..OnBehalf::default() };
            let path = event["rawPath"].as_str().unwrap();
            let token = self.0.sign(callee, method, path, "recorded", &on_behalf).await.unwrap();
            event["headers"]["x-internal-token"] = token.into();
        }
        event
    }
}

/// What `<function> invoke` prints for an event.
fn in_process(program: &Path, event: &Value) -> Value {
    let mut invoked = Command::new(program)
        .args(["invoke", "--event", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    invoked.stdin.take().unwrap().write_all(event.to_string().as_bytes()).unwrap();
    let output = invoked.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// An answer without what differs from call to call: ids, times, signatures, and the length of what
/// holds them. An HTTP body of JSON is compared as JSON.
fn comparable(mut answer: Value) -> Value {
    if let Some(body) = answer["body"].as_str().and_then(|body| serde_json::from_str(body).ok()) {
        answer["body"] = body;
    }
    for cookie in answer["cookies"].as_array_mut().into_iter().flatten() {
        let (name, rest) = cookie.as_str().unwrap().split_once('=').unwrap();
        *cookie = format!("{name}={:?}", rest.split_once(';').map(|(_, attributes)| attributes)).into();
    }
    without_ids(answer)
}

fn without_ids(value: Value) -> Value {
    match value {
        Value::String(text) if is_own_to_a_call(&text) => Value::String("(own to each call)".to_owned()),
        Value::Array(values) => values.into_iter().map(without_ids).collect(),
        Value::Object(members) => {
            members.into_iter().map(|(name, value)| (name, without_ids(value))).collect()
        }
        other => other,
    }
}

/// A UUID, a moment, a trace, or an address that ends in a UUID.
fn is_own_to_a_call(text: &str) -> bool {
    let last = text.rsplit(['/', '=']).next().unwrap_or_default();
    let is_moment = text.len() >= 20 && text.as_bytes()[10] == b'T' && text.ends_with('Z');
    last.parse::<uuid::Uuid>().is_ok() || is_moment || text.starts_with("00-")
}

async fn prove(name: &str, program: &Path, events: BTreeMap<String, Value>) {
    let gateway = Gateway::of_this_instance().await;
    let mut emulator = Emulator::start(&Command::new(program)).unwrap();
    for (file, event) in events {
        let event = gateway.sign(name, event).await;
        let under_the_emulator = emulator.call(&event).await.unwrap();
        let in_process = in_process(program, &event);
        assert_eq!(comparable(under_the_emulator), comparable(in_process), "{name}, {file}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_answers_under_the_emulator_as_in_process() {
    for function in Manifest::embedded().unwrap().functions {
        let program = STACK.state().join("bin").join(&function.name);
        prove(&function.name, &program, events_of(&function)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_with_all_three_triggers_answers_under_the_emulator_as_in_process() {
    let built = std::env::current_exe().unwrap();
    let fixture = built.ancestors().nth(2).unwrap().join("examples/fixture");
    prove("fixture", &fixture, events(&workspace().join("runtime-adapter/examples/events"))).await;
}
