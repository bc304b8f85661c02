//! Every secret is followed by a new one while requests of every kind run, and nobody notices; what
//! was before is refused. `ROTATION_ROUNDS` makes it long: so many times each, and then in disorder,
//! under the whole load.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::HashMap,
    io::{BufRead, BufReader},
    os::unix::process::CommandExt,
    process::{Command, Stdio},
    sync::LazyLock,
    time::Duration,
};

use end_to_end::{
    load::{Kind, Load, Report},
    patience::within,
    person::Person,
    stack::Stack,
};
use jsonwebtoken::{Algorithm, Header};
use rdkafka::{
    ClientConfig,
    consumer::{BaseConsumer, Consumer},
};
use serde_json::{Value, json};
use service_chassis::{
    caller::{OnBehalf, SigningKey, TokenSigner},
    clock::Clock,
    ids::Ids,
    secrets::Secrets,
};
use sqlx::{ConnectOptions, postgres::PgConnectOptions};
use tokio::task::spawn_blocking;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

const KINDS: [&str; 8] = [
    "database",
    "kafka",
    "internal-key",
    "visitor-keys",
    "profile-keys",
    "export-keys",
    "keycloak-client",
    "signing-key",
];

/// Who asks, and for what: people who follow a code, visitors, those signed in, brands, newcomers.
const CROWDS: [&[Kind]; 5] = [
    &[Kind::Resolve],
    &[Kind::Product, Kind::Scan],
    &[Kind::Verdict, Kind::Account, Kind::Profile, Kind::WriteProfile, Kind::Fridge],
    &[Kind::Brand, Kind::Products, Kind::Metrics],
    &[Kind::Register],
];

/// How often each kind is rotated: once, and under `make soak` more often, and then in disorder.
#[expect(clippy::disallowed_methods, reason = "the Makefile says which form of the test it wants")]
fn rounds() -> Option<usize> {
    std::env::var("ROTATION_ROUNDS").ok().map(|rounds| rounds.parse().unwrap())
}

/// The kinds in the order in which they are rotated.
fn order() -> Vec<&'static str> {
    let Some(rounds) = rounds() else { return KINDS.to_vec() };
    let in_a_row = KINDS.into_iter().flat_map(|kind| std::iter::repeat_n(kind, rounds));
    let mut disorder = KINDS;
    disorder.sort_by_cached_key(|_| Ids::system().random());
    in_a_row.chain(disorder).collect()
}

/// Together they send some 20 requests a second in the long form, and a few where other tests wait. (20 of
/// each crowd are more than two cores carry beside the rotation, in a build that is not optimised.) Newcomers
/// are fewer: each has a password hashed, which is made to cost time.
async fn crowds() -> Vec<Load> {
    let mut crowds = Vec::new();
    for kinds in CROWDS {
        let of_crowd = match (rounds(), kinds) {
            (Some(_), [Kind::Register]) => 1.0,
            (Some(_), _) => 5.0,
            (None, [Kind::Register]) => 0.4,
            (None, _) => 2.0,
        };
        let of_each = of_crowd / f64::from(u32::try_from(kinds.len()).unwrap());
        crowds.push(Load::start(&STACK, kinds, of_each).await.unwrap());
    }
    crowds
}

async fn rotate(kind: &'static str) {
    spawn_blocking(move || STACK.ops(&["secrets", "rotate", kind])).await.unwrap().unwrap();
}

/// What counted before.
struct Before {
    database: Value,
    kafka: Value,
    internal: SigningKey,
    keycloak: SigningKey,
}

impl Before {
    async fn take() -> Self {
        let secret = async |function: &str, name: &str| STACK.secret(function, name).await.unwrap();
        let mut ring = secret("identity", "keycloak-client").await;
        let in_use = ring["current"].clone();
        let keys = ring["keys"].as_array_mut().unwrap();
        keys.retain(|key| key["kid"] == in_use);
        Self {
            database: secret("passport", "database").await,
            kafka: secret("passport", "kafka").await,
            internal: serde_json::from_value(secret("api-gateway", "internal-key").await).unwrap(),
            keycloak: serde_json::from_value(keys.remove(0)).unwrap(),
        }
    }

    /// Which of it works: the login, the user, the internal key, the key at Keycloak.
    async fn works(&self) -> [bool; 4] {
        let (database, kafka) = (logs_in(&self.database).await, joins(self.kafka.clone()).await);
        [database, kafka, is_believed(&self.internal).await, opens_keycloak(&self.keycloak).await]
    }
}

async fn logs_in(login: &Value) -> bool {
    let admin: PgConnectOptions = STACK.postgres_admin_url.parse().unwrap();
    let [user, password] = ["username", "password"].map(|member| login[member].as_str().unwrap());
    let connected = admin.database("packytrace").username(user).password(password).connect().await;
    match connected {
        Err(sqlx::Error::Database(error)) if error.code().unwrap() == "28P01" => false,
        connected => connected.map(|_conn| true).unwrap(),
    }
}

async fn joins(user: Value) -> bool {
    let look = move || {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &STACK.kafka.bootstrap)
            .set("security.protocol", "sasl_plaintext")
            .set("sasl.mechanism", &STACK.kafka.mechanism)
            .set("sasl.username", user["username"].as_str().unwrap())
            .set("sasl.password", user["password"].as_str().unwrap())
            .set("group.id", "end-to-end")
            .create()
            .unwrap();
        consumer.fetch_metadata(None, Duration::from_secs(10)).is_ok()
    };
    spawn_blocking(look).await.unwrap()
}

/// Whether passport takes the key for the gateway's.
async fn is_believed(key: &SigningKey) -> bool {
    let path = "/packytrace/test/api-gateway/internal-key".to_owned();
    let values = HashMap::from([(path, serde_json::to_string(key).unwrap())]);
    let secrets = Secrets::fixed("test", "api-gateway", values);
    let signer = TokenSigner::new("api-gateway", secrets, Clock::system(), Ids::system());
    let visitor = Ids::system().random();
    let on_behalf = OnBehalf { visitor: Some(visitor), ..OnBehalf::default() };
    let token = signer.sign("passport", "GET", "/api/v1/scans", "rotation", &on_behalf).await.unwrap();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("{}/api/v1/scans", STACK.function("passport").unwrap().url);
    let call = client.get(url).header("x-internal-token", token).header("x-visitor-id", visitor.to_string());
    let status = call.send().await.unwrap().status().as_u16();
    assert!(matches!(status, 200 | 401), "{status}");
    status == 200
}

/// Whether Keycloak takes the key for Identity's.
async fn opens_keycloak(key: &SigningKey) -> bool {
    let now = Clock::system().now().timestamp();
    let realm = format!("{}/realms/{}", STACK.keycloak_url, STACK.realm);
    let claims = json!({
        "iss": "packytrace-identity", "sub": "packytrace-identity", "aud": realm,
        "jti": Ids::system().random(), "iat": now, "exp": now + 30,
    });
    let header = Header { kid: Some(key.kid.clone()), ..Header::new(Algorithm::EdDSA) };
    let assertion = jsonwebtoken::encode(&header, &claims, &key.encoding().unwrap()).unwrap();
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
        .append_pair("client_assertion", &assertion)
        .finish();
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = client
        .post(format!("{realm}/protocol/openid-connect/token"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let status = request.send().await.unwrap().status().as_u16();
    assert!(matches!(status, 200 | 400 | 401), "{status}");
    status == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn every_secret_is_followed_by_a_new_one_under_load_and_nobody_notices() {
    let visitor = Person::anonymous(&STACK).unwrap();
    visitor.scan("9521234543213").await.unwrap();
    let (cookie, scans) = (visitor.cookie().unwrap(), visitor.scans().await.unwrap());
    let before = Before::take().await;
    assert_eq!(before.works().await, [true; 4], "the positive control");

    let crowds = crowds().await;
    for kind in order() {
        rotate(kind).await;
    }
    let mut report = Report { samples: Vec::new() };
    for crowd in crowds {
        report = report.and(crowd.end().await);
    }
    assert!(report.unexpected().is_empty(), "{report}");
    assert!(report.within(0.99) < Duration::from_secs(2), "{report}");

    assert_eq!(before.works().await, [false; 4], "what counted before is refused");
    assert_eq!(visitor.scans().await.unwrap(), scans, "an old cookie names the same visitor");
    visitor.scan("9521234543213").await.unwrap();
    assert_ne!(visitor.cookie().unwrap(), cookie, "it is signed anew on use");
    assert_eq!(visitor.scans().await.unwrap().len(), scans.len() + 1);
    assert_eq!(profiles_under_other_keys().await, 0);

    // A broker that starts anew knows its users by its log alone.
    STACK.service(&["restart", "kafka"]).unwrap();
    assert!(joins(STACK.secret("passport", "kafka").await.unwrap()).await, "the new user");
    assert!(!joins(before.kafka).await, "the old user");
}

async fn profiles_under_other_keys() -> i64 {
    let ring = STACK.secret("personalization", "profile-keys").await.unwrap();
    let admin: PgConnectOptions = STACK.postgres_admin_url.parse().unwrap();
    let mut conn = admin.database("packytrace").connect().await.unwrap();
    sqlx::query_scalar("select count(*) from personalization.profile_versions where key_id <> $1")
        .bind(ring["current"].as_str().unwrap())
        .fetch_one(&mut conn)
        .await
        .unwrap()
}

/// A rotation that is killed when it has written so many lines. None when it was done before.
fn killed_after(lines: usize, kind: &str, function: &str) -> Option<()> {
    let mut tool = Command::new(STACK.state().join("bin/packytrace-ops"))
        .args(["secrets", "rotate", kind, "--function", function])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn()
        .unwrap();
    let read = BufReader::new(tool.stdout.take().unwrap()).lines().take(lines).count();
    let group = format!("-{}", tool.id());
    Command::new("kill").args(["-s", "KILL", "--", &group]).stderr(Stdio::null()).status().unwrap();
    tool.wait().unwrap();
    (read == lines).then_some(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_is_killed_between_any_two_steps_is_finished_by_the_next_run() {
    // all kinds take the same steps; operator/tests/ops/rotation.rs stops after each line of each of them
    let every = if rounds().is_some() { 1 } else { 3 };
    let kinds: &[(&'static str, &'static str)] = if rounds().is_some() {
        &[
            ("database", "fridge"),
            ("kafka", "fridge"),
            ("internal-key", "fridge"),
            ("visitor-keys", "api-gateway"),
            ("profile-keys", "personalization"),
            ("keycloak-client", "identity"),
            ("signing-key", "passport"),
        ]
    } else {
        &[("database", "fridge")]
    };
    let person = Person::signed_in(&STACK, "consumer").await.unwrap();
    for &(kind, function) in kinds {
        for lines in (0..).step_by(every) {
            let killed = spawn_blocking(move || killed_after(lines, kind, function)).await.unwrap();
            assert_eq!(person.get("/api/v1/fridge/items").await.unwrap().status(), 200, "{kind} {lines}");
            let finish = move || STACK.ops(&["secrets", "rotate", kind, "--function", function]);
            let told = spawn_blocking(finish).await.unwrap().unwrap();
            assert!(told.contains("finished"), "{kind} {lines}: {told}");
            let labels = STACK.ops(&["secrets", "status"]).unwrap();
            let under_way = labels.lines().any(|line| line.contains("next") || line.contains("previous"));
            assert!(!under_way, "{labels}");
            if killed.is_none() {
                break;
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_is_under_way_can_be_taken_back() {
    let before = STACK.secret("fridge", "database").await.unwrap();
    spawn_blocking(|| killed_after(3, "database", "fridge")).await.unwrap().unwrap();
    let back = || STACK.ops(&["secrets", "rollback", "database", "--function", "fridge"]);
    let told = spawn_blocking(back).await.unwrap().unwrap();
    assert!(told.contains("rolled back"), "{told}");
    assert_eq!(STACK.secret("fridge", "database").await.unwrap(), before);
    assert!(logs_in(&before).await);
    STACK.ops(&["secrets", "status"]).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_that_is_made_current_is_refused_and_an_alarm_shows() {
    let person = Person::signed_in(&STACK, "consumer").await.unwrap();
    let wrong = [
        ("fridge", "database", json!({"username": "fridge_svc_a", "password": "wrong"})),
        ("fridge", "kafka", json!({"username": "fridge_svc_a", "password": "wrong"})),
        ("fridge", "internal-key", serde_json::to_value(stranger()).unwrap()),
        ("api-gateway", "visitor-keys", json!({"current": "k", "keys": {}})),
        ("personalization", "profile-keys", json!({"current": "k", "keys": {"k": "AAAA"}})),
        ("identity", "keycloak-client", json!("none")),
    ];
    for (function, name, value) in wrong {
        let path = format!("/packytrace/local/{function}/{name}");
        let right = version_of(&format!("{path}:current")).await;
        let version = make_current(&path, &value).await;
        let alarm = format!("secret_refused_version{{path=\"{path}\"}} {version}");
        let refused = within(Duration::from_mins(1), "an alarm", async || {
            Ok(STACK.metrics(function).await?.contains(&alarm).then_some(()))
        });
        refused.await.unwrap();
        let ops = async |asked: Vec<&'static str>| spawn_blocking(move || STACK.ops(&asked)).await.unwrap();
        for asked in [vec!["secrets", "status"], vec!["doctor"], vec!["secrets", "rotate", name]] {
            assert!(ops(asked.clone()).await.is_err(), "{path}: {asked:?} finds nothing wrong");
        }
        for asked in ["/api/v1/fridge/items", "/api/v1/me", "/api/v1/scans"] {
            assert_eq!(person.get(asked).await.unwrap().status(), 200, "{path}: {asked}");
        }
        ops(vec!["secrets", "rollback", name, "--function", function]).await.unwrap();
        assert_eq!(version_of(&format!("{path}:current")).await, right, "{path}");
        assert!(!STACK.metrics(function).await.unwrap().contains(&alarm), "{path}: the alarm ends");
    }
    for asked in [vec!["secrets", "status"], vec!["doctor"]] {
        spawn_blocking(move || STACK.ops(&asked)).await.unwrap().unwrap();
    }
}

fn stranger() -> SigningKey {
    SigningKey::generate("stranger".to_owned()).unwrap()
}

async fn version_of(name: &str) -> Value {
    let answer = STACK.parameter_store("GetParameter", &json!({ "Name": name })).await.unwrap();
    answer["Parameter"]["Version"].clone()
}

/// Writes a version that counts at once. Its number.
async fn make_current(path: &str, value: &Value) -> Value {
    let put = json!({"Name": path, "Value": value.to_string(), "Type": "SecureString", "Overwrite": true});
    let version = STACK.parameter_store("PutParameter", &put).await.unwrap()["Version"].clone();
    let label = json!({"Name": path, "ParameterVersion": version, "Labels": ["current"]});
    STACK.parameter_store("LabelParameterVersion", &label).await.unwrap();
    version
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_must_last_is_not_rotated_and_the_tool_says_why() {
    for kind in ["pseudonym-key", "vapid-key"] {
        let refusal = STACK.ops(&["secrets", "rotate", kind]).unwrap_err().to_string();
        assert!(refusal.contains("is not rotated"), "{refusal}");
    }
}
