//! The function as the tests call it: fixed time, counted ids, keys of their own; behind it a
//! Passport that knows scans and an Identity that knows time zones, both of which check who calls.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use fridge::{
    app::{self, App},
    clients::{Identity, Passport, Pushes},
    config::Config,
    events,
};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::{
    caller::Callers,
    client::Client,
    clock::Clock,
    ids::Ids,
    layers,
    outbox::Outbox,
    runtime::{BatchAnswer, KafkaEvent, KafkaRecord, ScheduledEvent},
    settings,
    store::Schema,
    testing::{self, Answer, Api, Authority},
};
use shared_contracts::events::{Envelope, Fact};
use sqlx::{PgPool, postgres::PgConnectOptions};
use tokio::net::TcpListener;
use uuid::Uuid;

pub(crate) const ANNA: Uuid = Uuid::from_u128(0xa11a);
pub(crate) const BEN: Uuid = Uuid::from_u128(0xbe1);
pub(crate) const OAT_DRINK: &str = "09521234543213";
pub(crate) const FJELL: Uuid = Uuid::from_u128(0xf3e11);

/// Fridge with a database of its own.
pub(crate) struct Fridge {
    pub(crate) api: Api,
    pub(crate) identity: Api,
    pub(crate) clock: Clock,
    pub(crate) database: PgPool,
    pub(crate) app: App,
    pub(crate) world: World,
}

/// What the services around fridge know.
#[derive(Clone, Default)]
pub(crate) struct World(Arc<Mutex<Known>>);

#[derive(Default)]
struct Known {
    /// Snapshots by scan, with who owns the scan.
    scans: HashMap<Uuid, (Uuid, Value)>,
    zones: HashMap<Uuid, String>,
    identity_is_away: bool,
}

/// The moment at which all tests begin.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

/// Fridge on the database that `#[sqlx::test]` made, as `fridge_svc`.
pub(crate) async fn fridge(connect: &PgConnectOptions) -> Fridge {
    let (clock, ids) = (Clock::fixed(now()), Ids::counted());
    let authority = Authority::new(&clock, &ids).unwrap().with(VAPID_PATH, VAPID);
    let world = World::default();
    let passport = world.serve(authority.callers("passport").unwrap()).await;
    let identity = world.serve(authority.callers("identity").unwrap()).await;
    let config = Arc::new(config(&passport, &identity));
    let client = |callee: &'static str, base: &str| {
        Client::new(callee, base, Duration::from_secs(5), authority.signer("fridge")).unwrap()
    };
    let database = testing::as_role(connect, "fridge_svc");
    let schema = Schema::new("fridge").unwrap();
    let producer = authority.producer(&testing::platform().unwrap());
    let app = App {
        passport: Passport::new(client("passport", &passport)),
        identity: Identity::new(client("identity", &identity), &clock),
        pushes: Pushes::new(&database, &authority.secrets("fridge"), &clock, &config).unwrap(),
        outbox: Outbox::new(schema, database.clone(), producer),
        clock: clock.clone(),
        ids: ids.clone(),
        database: database.clone(),
        schema,
        config,
    };
    let callers = authority.callers("fridge").unwrap();
    let router = layers::internal(app::router(app.clone()), callers, clock.clone(), ids);
    let api = Api::new(router.clone(), "fridge", authority.signer("api-gateway"));
    let identity = Api::new(router, "fridge", authority.signer("identity"));
    Fridge { api, identity, clock, database, app, world }
}

fn config(passport: &str, identity: &str) -> Config {
    let defaults: HashMap<String, String> = settings::describe::<Config>()
        .into_iter()
        .filter_map(|(variable, default, _)| Some((variable, default?)))
        .collect();
    Config {
        public_url: "https://packytrace.example".to_owned(),
        passport_url: passport.to_owned(),
        identity_url: identity.to_owned(),
        soon_use_by_days: defaults["SOON_USE_BY_DAYS"].parse().unwrap(),
        soon_best_before_days: defaults["SOON_BEST_BEFORE_DAYS"].parse().unwrap(),
        quiet_from_hour: defaults["QUIET_FROM_HOUR"].parse().unwrap(),
        quiet_until_hour: defaults["QUIET_UNTIL_HOUR"].parse().unwrap(),
        push_hosts: vec!["fcm.googleapis.com".to_owned()],
        push_contact: "mailto:ops@packytrace.example".to_owned(),
    }
}

const VAPID_PATH: &str = "/packytrace/test/fridge/vapid-key";
/// A key of these tests and of nothing else.
const VAPID: &str = r#"{"pkcs8":"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgDqF3zvyk4OoQXNcQkEyF0lBRbg1CTZMmGsmZS2W3WK6hRANCAATFyoVhOE1ZnJgTn24A0wEb993d5YUVzCBKEovZVaMd4fZHlQHRJpGcE1oVyXKnPfMZlzH6Deiqns6MG0J2WswB"}"#;

impl World {
    async fn serve(&self, callers: Callers) -> String {
        let router = Router::new().fallback(answer).with_state((callers, self.clone()));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }

    /// Somebody lives there.
    pub(crate) fn lives_in(&self, account: Uuid, zone: &str) {
        self.0.lock().unwrap().zones.insert(account, zone.to_owned());
    }

    pub(crate) fn identity_goes_away(&self) {
        self.0.lock().unwrap().identity_is_away = true;
    }

    fn tell(&self, path: &str, account: Uuid) -> Option<Value> {
        let known = self.0.lock().unwrap();
        if path == format!("/internal/v1/accounts/{account}/settings") {
            let zone = known.zones.get(&account).map_or("UTC", String::as_str);
            return (!known.identity_is_away).then(|| json!({"language": "en", "time_zone": zone}));
        }
        let scan = path.strip_prefix("/internal/v1/scans/")?.strip_suffix("/snapshot")?;
        let (owner, snapshot) = known.scans.get(&scan.parse().ok()?)?;
        (*owner == account).then(|| snapshot.clone())
    }
}

async fn answer(State((callers, world)): State<(Callers, World)>, request: Request) -> Response {
    let caller = callers.check(request.method(), request.uri().path(), request.headers()).await;
    let Ok(caller) = caller else { return StatusCode::UNAUTHORIZED.into_response() };
    match caller.on_behalf.account.and_then(|account| world.tell(request.uri().path(), account)) {
        Some(body) => Json(body).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

impl Fridge {
    /// Somebody scans: the snapshot that Passport keeps of it, with these members.
    pub(crate) fn scan(&self, owner: Uuid, more: &Value) -> Uuid {
        let scan_id = self.app.ids.next(self.clock.now());
        let mut snapshot = json!({
            "scan_id": scan_id, "scanned_at": self.clock.now(), "gtin": OAT_DRINK, "brand_id": FJELL,
            "names": {"en": "Oat drink"}, "brand_name": "Fjell & Eng", "category": "plant-based drinks",
            "quantity": {"value": 1000, "unit": "g"}, "storage": {"days_after_opening": 4},
            "passport_revision": 1, "recall_status": "none",
        });
        snapshot.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.world.0.lock().unwrap().scans.insert(scan_id, (owner, snapshot));
        scan_id
    }

    /// Somebody scans and adds.
    pub(crate) async fn add(&self, account: Uuid, more: &Value) -> Value {
        let body = json!({"scan_id": self.scan(account, more)});
        let answer = self.api.account(account).post("/api/v1/fridge/items", &body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
        answer.json()
    }

    /// Somebody taps on an item.
    pub(crate) async fn tap(&self, account: Uuid, item: &Value, what: &str, body: &Value) -> Answer {
        self.api.account(account).post(&path(item, what), body).await
    }

    /// What somebody sees of an item now.
    pub(crate) async fn item(&self, account: Uuid, item: &Value) -> Value {
        self.api.account(account).get(&path(item, "")).await.json()
    }

    /// What is in somebody's fridge.
    pub(crate) async fn items(&self, account: Uuid) -> Vec<Value> {
        let page = self.api.account(account).get("/api/v1/fridge/items").await.json();
        page["items"].as_array().unwrap().clone()
    }

    pub(crate) async fn notices(&self, account: Uuid) -> Vec<Value> {
        let page = self.api.account(account).get("/api/v1/fridge/notices").await.json();
        page["items"].as_array().unwrap().clone()
    }

    pub(crate) async fn send(&self, account: Uuid, method: Method, path: &str) -> Answer {
        self.api.account(account).send(method, path, &[], Bytes::new()).await
    }

    /// A call with an Idempotency-Key.
    pub(crate) async fn with_key(&self, account: Uuid, path: &str, key: &str, body: &Value) -> Answer {
        let headers = [("content-type", "application/json"), ("idempotency-key", key)];
        let body = Bytes::from(body.to_string());
        self.api.account(account).send(Method::POST, path, &headers, body).await
    }

    /// Events that wait in the outbox: `(topic, envelope)`.
    pub(crate) async fn announced(&self) -> Vec<(String, Value)> {
        let rows: Vec<(String, String)> =
            sqlx::query_as("select topic, payload from fridge.outbox order by position")
                .fetch_all(&self.database)
                .await
                .unwrap();
        rows.into_iter().map(|(topic, text)| (topic, serde_json::from_str(&text).unwrap())).collect()
    }

    /// Lets fridge hear an event as the broker brings it.
    pub(crate) async fn hear<F: Fact>(&self, event: &Envelope<F>) {
        let value = BASE64_STANDARD.encode(serde_json::to_string(event).unwrap());
        let mut record = KafkaRecord::default();
        (record.topic, record.value) = (Some(F::TOPIC.to_owned()), Some(value));
        let mut batch = KafkaEvent::default();
        batch.records.insert(format!("{}-0", F::TOPIC), vec![record]);
        let answer = events::consumer(&self.app).unwrap().handle(batch).await.unwrap();
        assert_eq!(answer, BatchAnswer::success());
    }

    /// The hourly check runs.
    pub(crate) async fn hour(&self) {
        let mut event = ScheduledEvent::default();
        "check-expiry".clone_into(&mut event.detail.schedule);
        events::on_schedule(self.app.clone(), event).await.unwrap();
    }
}

/// The path of an item, or of a tap on it.
pub(crate) fn path(item: &Value, what: &str) -> String {
    let path = format!("/api/v1/fridge/items/{}", item["item_id"].as_str().unwrap());
    if what.is_empty() { path } else { format!("{path}/{what}") }
}
