//! A process that Lambda has frozen between two calls wakes up ten minutes later.
//!
//! The process is really stopped (SIGSTOP, at once after each answer), under AWS's emulator. The ten
//! minutes are not waited for: libfaketime stands between the process and the system's clocks, says
//! "ten minutes ago" before the freeze and the true time after it, so that keys, tokens, the broker
//! and the database of the real present are met with caches that are ten minutes old. The monotonic
//! clock jumps as well, as when a process is frozen, or stands still, as when its machine is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::HashMap,
    path::PathBuf,
    process::Command,
    sync::{
        Arc, LazyLock, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Bytes, extract::State, http::HeaderMap, routing::any};
use end_to_end::{
    emulator::{Emulator, MonotonicClock, at_another_time},
    facts::Facts,
    person::Person,
    stack::{Stack, workspace},
};
use serde_json::{Value, json};
use service_chassis::{
    caller::{KeySet, OnBehalf, SigningKey, TokenSigner},
    clock::Clock,
    ids::Ids,
    secrets::Secrets,
};
use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
};

const AGE: i64 = 600;
const GATEWAYS_KEYS: &str = "/packytrace/local/shared/internal-keys/api-gateway";
const SCANS: &str = "/api/v1/scans";

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// A function that can be frozen.
struct Sleeper {
    emulator: Emulator,
    offset: PathBuf,
}

impl Sleeper {
    /// Ten minutes ago.
    fn start(name: &str, monotonic: MonotonicClock, settings: &[String]) -> Self {
        let offset = STACK.state().join(format!("run/{name}.offset"));
        std::fs::write(&offset, format!("-{AGE}")).unwrap();
        let mut function = Command::new(STACK.state().join("bin").join(name));
        function.args(settings);
        let emulator = Emulator::start(&at_another_time(&function, &offset, monotonic)).unwrap();
        Self { emulator, offset }
    }

    /// Calls it and freezes it as soon as its answer is there.
    async fn call(&mut self, event: &Value) -> Value {
        let answer = self.emulator.call(event).await.unwrap();
        self.emulator.freeze().unwrap();
        answer
    }

    /// It is now.
    fn wake(&self) {
        std::fs::write(&self.offset, "+0").unwrap();
        self.emulator.thaw().unwrap();
    }
}

/// An HTTP server of this test's own; it ends with the test.
async fn serve(router: Router) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    format!("http://{address}")
}

/// The parameter store as the function sees it: the real one, but for the gateway's public keys.
#[derive(Clone, Default)]
struct Store {
    keys: Arc<Mutex<KeySet>>,
    asked: Arc<AtomicUsize>,
}

impl Store {
    async fn serve(&self) -> String {
        serve(Router::new().fallback(any(parameter)).with_state(self.clone())).await
    }

    fn publish(&self, keys: &[&SigningKey]) {
        let keys = keys.iter().map(|key| key.public().unwrap()).collect();
        *self.keys.lock().unwrap() = KeySet { keys };
    }
}

async fn parameter(State(store): State<Store>, headers: HeaderMap, body: Bytes) -> Vec<u8> {
    let asked: Value = serde_json::from_slice(&body).unwrap();
    if asked["Name"] == format!("{GATEWAYS_KEYS}:current") {
        store.asked.fetch_add(1, Ordering::Relaxed);
        let value = serde_json::to_string(&*store.keys.lock().unwrap()).unwrap();
        return json!({ "Parameter": { "Name": GATEWAYS_KEYS, "Value": value, "Version": 1 } })
            .to_string()
            .into();
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let answer = client.post(&STACK.ssm_endpoint).headers(headers).body(body).send().await.unwrap();
    answer.bytes().await.unwrap().to_vec()
}

/// The way to the broker, closed at first.
async fn way_to_the_broker(open: Arc<AtomicBool>) -> String {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut near, _) = listener.accept().await.unwrap();
            if open.load(Ordering::Relaxed) {
                tokio::spawn(async move {
                    let mut far = TcpStream::connect(&STACK.kafka.bootstrap).await.unwrap();
                    copy_bidirectional(&mut near, &mut far).await.ok();
                });
            }
        }
    });
    address.to_string()
}

fn recorded(file: &str) -> Value {
    let text = std::fs::read_to_string(workspace().join("end-to-end/events").join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// A recorded request, signed with this key at a time so many seconds from now.
async fn signed(mut event: Value, key: &SigningKey, seconds: i64) -> Value {
    let clock = Clock::system();
    let clock = Clock::fixed(clock.now() + chrono::TimeDelta::seconds(seconds));
    let path = "/packytrace/test/api-gateway/internal-key".to_owned();
    let values = HashMap::from([(path, serde_json::to_string(key).unwrap())]);
    let secrets = Secrets::fixed("test", "api-gateway", values);
    let signer = TokenSigner::new("api-gateway", secrets, clock, Ids::system());
    let visitor = event["headers"]["x-visitor-id"].as_str().unwrap().parse().unwrap();
    let on_behalf = OnBehalf { visitor: Some(visitor), ..OnBehalf::default() };
    let method = event["requestContext"]["http"]["method"].as_str().unwrap();
    let path = event["rawPath"].as_str().unwrap();
    let token = signer.sign("passport", method, path, "recorded", &on_behalf).await.unwrap();
    event["headers"]["x-internal-token"] = token.into();
    event
}

/// The instance's own passport would send from the same outbox.
struct WithoutPassport;

impl WithoutPassport {
    fn stop() -> Self {
        STACK.service(&["stop", "passport"]).unwrap();
        Self
    }
}

impl Drop for WithoutPassport {
    fn drop(&mut self) {
        STACK.service(&["start", "passport"]).unwrap();
    }
}

async fn waiting(scan: &str) -> i64 {
    let mut url: url::Url = STACK.postgres_admin_url.parse().unwrap();
    url.set_path("packytrace");
    let database = sqlx::PgPool::connect(url.as_str()).await.unwrap();
    let count = "select count(*) from passport.outbox where payload like '%' || $1 || '%'";
    sqlx::query_scalar(count).bind(scan).fetch_one(&database).await.unwrap()
}

async fn passport_sleeps(monotonic: MonotonicClock) {
    let facts = Facts::from_now(&STACK, "passport.product-scanned.v1").unwrap();
    let [old, new] = ["old", "new"].map(|id| SigningKey::generate(id.to_owned()).unwrap());
    let (store, broker) = (Store::default(), Arc::new(AtomicBool::new(false)));
    store.publish(&[&old]);
    let settings = [
        "SECRETS_MAX_AGE_SECONDS=30".to_owned(),
        format!("AWS_ENDPOINT_URL_SSM={}", store.serve().await),
        format!("KAFKA_BOOTSTRAP={}", way_to_the_broker(Arc::clone(&broker)).await),
    ];
    let mut passport = Sleeper::start("passport", monotonic, &settings);

    let scan = signed(recorded("passport/http-scan.json"), &old, -AGE).await;
    let answer = passport.call(&scan).await;
    assert_eq!(answer["statusCode"], 201, "{answer}");
    let body: Value = serde_json::from_str(answer["body"].as_str().unwrap()).unwrap();
    let scan = body["scan_id"].as_str().unwrap();
    assert_eq!((waiting(scan).await, store.asked.load(Ordering::Relaxed)), (1, 1));

    // meanwhile the gateway has a new key, and the broker is there
    store.publish(&[&new, &old]);
    broker.store(true, Ordering::Relaxed);
    passport.wake();
    let mut list = recorded("passport/http-product.json");
    list["rawPath"] = SCANS.into();
    list["requestContext"]["http"]["path"] = SCANS.into();
    let answer = passport.call(&signed(list, &old, 0).await).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    assert!(answer["body"].as_str().unwrap().contains(scan), "{answer}");
    assert_eq!(store.asked.load(Ordering::Relaxed), 2, "keys of ten minutes ago are read again");

    passport.wake();
    assert_eq!(passport.call(&recorded("passport/schedule-send-outbox.json")).await, Value::Null);
    let ours = |event: &Value| event["data"]["scan_id"] == scan;
    let sent = facts.until(Duration::from_secs(10), |events| events.iter().any(ours)).unwrap();
    assert!(sent.iter().any(ours), "{monotonic:?}: the event is lost");
    assert_eq!(waiting(scan).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passport_that_was_frozen_for_ten_minutes_reads_keys_again_and_loses_no_event() {
    let _outbox = WithoutPassport::stop();
    for monotonic in [MonotonicClock::GoesOn, MonotonicClock::StandsStill] {
        passport_sleeps(monotonic).await;
    }
}

#[derive(Clone, Default)]
struct Keycloak(Arc<AtomicUsize>);

async fn keys(State(Keycloak(asked)): State<Keycloak>) -> Vec<u8> {
    asked.fetch_add(1, Ordering::Relaxed);
    let url = format!("{}/realms/{}/protocol/openid-connect/certs", STACK.keycloak_url, STACK.realm);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    client.get(url).send().await.unwrap().bytes().await.unwrap().to_vec()
}

async fn gateway_sleeps(monotonic: MonotonicClock) {
    let keycloak = Keycloak::default();
    let address = serve(Router::new().fallback(any(keys)).with_state(keycloak.clone())).await;
    let mut gateway = Sleeper::start("api-gateway", monotonic, &[format!("KEYCLOAK_JWKS_URL={address}")]);
    let person = Person::signed_in(&STACK, "consumer").await.unwrap();
    let mut list = recorded("api-gateway/http-bad-token.json");
    list["headers"]["authorization"] = format!("Bearer {}", person.token().unwrap()).into();

    // ten minutes ago this token was not valid yet, but its key was looked up
    assert_eq!(gateway.call(&list).await["statusCode"], 401);
    assert_eq!(keycloak.0.load(Ordering::Relaxed), 1);
    gateway.wake();
    let answer = gateway.call(&list).await;
    assert_eq!(answer["statusCode"], 200, "{answer}");
    // the keys that were held are believed for a day; new ones are fetched beside the call
    gateway.wake();
    let refreshed = async {
        while keycloak.0.load(Ordering::Relaxed) < 2 {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), refreshed).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_was_frozen_for_ten_minutes_answers_at_once_and_reads_keys_again() {
    for monotonic in [MonotonicClock::GoesOn, MonotonicClock::StandsStill] {
        gateway_sleeps(monotonic).await;
    }
}
