//! The same binaries under AWS's own emulator: recorded events get the answers that they get in
//! process. A function of the manifest takes part as soon as `events/<function>/` has its events.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::LazyLock,
    time::Duration,
};

use end_to_end::{
    emulator::Emulator,
    stack::{Stack, workspace},
};
use serde_json::Value;
use service_chassis::{
    caller::{OnBehalf, TokenSigner},
    clock::Clock,
    ids::Ids,
    runtime::manifest::Manifest,
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

fn events_of(function: &str) -> BTreeMap<String, Value> {
    let folder = workspace().join("end-to-end/events").join(function);
    assert!(folder.is_dir(), "{function} has no recorded events in {}", folder.display());
    events(&folder)
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
        prove(&function.name, &program, events_of(&function.name)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_function_with_all_three_triggers_answers_under_the_emulator_as_in_process() {
    let built = std::env::current_exe().unwrap();
    let fixture = built.ancestors().nth(2).unwrap().join("examples/fixture");
    prove("fixture", &fixture, events(&workspace().join("runtime-adapter/examples/events"))).await;
}

#[test]
fn every_trigger_of_the_manifest_has_a_recorded_event() {
    for function in Manifest::embedded().unwrap().functions {
        let events = events_of(&function.name);
        let has = |shape: &dyn Fn(&Value) -> bool, what: &str| {
            assert!(events.values().any(shape), "{} has no recorded event of {what}", function.name);
        };
        has(&|event| event["requestContext"]["http"]["method"].is_string(), "an HTTP request");
        for schedule in &function.schedules {
            has(&|event| event["detail"]["schedule"] == *schedule.name, &schedule.name);
        }
        for mapping in &function.kafka {
            let of = |event: &Value| event["records"].to_string().contains(&format!("{}-", mapping.topic));
            has(&of, &mapping.topic);
        }
    }
}
