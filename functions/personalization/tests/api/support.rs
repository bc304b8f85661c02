//! The function as the tests call it: fixed time, counted ids, keys of their own, and an Identity
//! that says what the test wants.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, StatusCode, Uri};
use personalization::{
    app::{self, App},
    clients::Identity,
    domain::rule_set::Published,
    events,
};
use serde_json::{Value, json};
use service_chassis::{
    caller::Callers,
    client::Client,
    clock::Clock,
    consumer::Consumer,
    ids::Ids,
    layers,
    outbox::Outbox,
    runtime::{KafkaEvent, KafkaRecord},
    store::Schema,
    testing::{self, Answer, Api, Authority},
};
use sqlx::{PgPool, postgres::PgConnectOptions};
use tokio::{net::TcpListener, sync::Notify};
use uuid::Uuid;

pub(crate) const ANNA: Uuid = Uuid::from_u128(0xa11a);
pub(crate) const BEN: Uuid = Uuid::from_u128(0xbe1);

/// Personalization with a database and an Identity of its own.
pub(crate) struct Personalization {
    /// As the gateway calls it.
    pub(crate) api: Api,
    /// As passport calls it.
    pub(crate) passport: Api,
    /// As identity calls it.
    pub(crate) identity: Api,
    pub(crate) says: Says,
    pub(crate) database: PgPool,
    pub(crate) consumer: Consumer,
    pub(crate) app: App,
}

/// What Identity says of an account's consent; whom it does not know has not consented.
#[derive(Clone)]
pub(crate) struct Says(Arc<Scene>);

struct Scene {
    callers: Callers,
    granted: Mutex<HashMap<Uuid, Option<DateTime<Utc>>>>,
    mood: Mutex<Mood>,
    asked: Notify,
    answer_now: Notify,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Broken,
    /// Says yes only when it is told to.
    Slow,
    /// Takes the call and never answers.
    Hung,
}

impl Says {
    pub(crate) fn yes(&self, account: Uuid, at: &str) {
        self.0.granted.lock().unwrap().insert(account, Some(at.parse().unwrap()));
    }

    pub(crate) fn no(&self, account: Uuid) {
        self.0.granted.lock().unwrap().insert(account, None);
    }

    pub(crate) fn is_broken(&self) {
        *self.0.mood.lock().unwrap() = Mood::Broken;
    }

    pub(crate) fn is_hung(&self) {
        *self.0.mood.lock().unwrap() = Mood::Hung;
    }

    pub(crate) fn is_slow(&self) {
        *self.0.mood.lock().unwrap() = Mood::Slow;
    }

    pub(crate) async fn is_asked(&self) {
        self.0.asked.notified().await;
    }

    pub(crate) fn answers_now(&self) {
        self.0.answer_now.notify_one();
    }
}

async fn consent(
    State(says): State<Says>,
    Path((account, purpose)): Path<(Uuid, String)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let caller = says.0.callers.check(&method, uri.path(), &headers).await.unwrap();
    assert_eq!((caller.function.as_str(), purpose.as_str()), ("personalization", "health_profile"));
    // What is true when it is asked is what it says, however late.
    let granted = says.0.granted.lock().unwrap().get(&account).copied();
    let mood = *says.0.mood.lock().unwrap();
    says.0.asked.notify_one();
    match mood {
        Mood::Well => {}
        Mood::Broken => return StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Mood::Slow => says.0.answer_now.notified().await,
        Mood::Hung => std::future::pending().await,
    }
    match granted {
        None => StatusCode::NOT_FOUND.into_response(),
        Some(at) => {
            Json(json!({"granted": at.is_some(), "policy_version": "1", "changed_at": at})).into_response()
        }
    }
}

/// The moment at which all tests happen.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

/// A ring of keys, of which this one wraps.
pub(crate) fn keys(current: &str) -> String {
    let key = |byte: u8| BASE64_STANDARD.encode([byte; 32]);
    json!({"current": current, "keys": {"one": key(1), "two": key(2)}}).to_string()
}

/// Personalization on the database that `#[sqlx::test]` made, as `personalization_svc`.
pub(crate) async fn personalization(connect: &PgConnectOptions) -> Personalization {
    personalization_with(connect, "one").await
}

/// The same with another key of the ring as the current one.
pub(crate) async fn personalization_with(connect: &PgConnectOptions, key: &str) -> Personalization {
    let (clock, ids) = (Clock::fixed(now()), Ids::counted());
    let authority = Authority::new(&clock, &ids)
        .unwrap()
        .with("/packytrace/test/personalization/profile-keys", &keys(key));
    let (url, says) = stand_in(authority.callers("identity").unwrap()).await;
    let client =
        Client::new("identity", &url, Duration::from_millis(400), authority.signer("personalization"))
            .unwrap();
    let database = testing::as_role(connect, "personalization_svc");
    let schema = Schema::new("personalization").unwrap();
    let producer = authority.producer(&testing::platform().unwrap());
    let app = App {
        clock: clock.clone(),
        ids: ids.clone(),
        secrets: authority.secrets("personalization"),
        database: database.clone(),
        schema,
        outbox: Outbox::new(schema, database.clone(), producer),
        identity: Identity::new(client, Duration::from_millis(200)),
        rules: Arc::new(Published::read().unwrap()),
    };
    let callers = authority.callers("personalization").unwrap();
    let router = layers::internal(app::router(app.clone()), callers, clock.clone(), ids);
    let api = |function| Api::new(router.clone(), "personalization", authority.signer(function));
    Personalization {
        api: api("api-gateway"),
        passport: api("passport"),
        identity: api("identity"),
        says,
        database,
        consumer: events::consumer(&app).unwrap(),
        app,
    }
}

async fn stand_in(callers: Callers) -> (String, Says) {
    let says = Says(Arc::new(Scene {
        callers,
        granted: Mutex::default(),
        mood: Mutex::new(Mood::Well),
        asked: Notify::new(),
        answer_now: Notify::new(),
    }));
    let path = "/internal/v1/accounts/{account_id}/consents/{purpose}";
    let router = Router::new().route(path, axum::routing::get(consent)).with_state(says.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    (url, says)
}

/// `PUT` of a JSON body.
pub(crate) async fn put(api: &Api, path: &str, body: &Value) -> Answer {
    let json = [("content-type", "application/json")];
    api.send(Method::PUT, path, &json, Bytes::from(body.to_string())).await
}

/// `DELETE`.
pub(crate) async fn delete(api: &Api, path: &str) -> Answer {
    api.send(Method::DELETE, path, &[], Bytes::new()).await
}

/// What the database holds, table by table, as text: to look for what must not be there.
pub(crate) async fn everything_kept(database: &PgPool) -> String {
    let mut all = String::new();
    for table in ["profiles", "profile_versions", "idempotency_keys", "outbox", "processed_events"] {
        let sql = format!("select coalesce(string_agg(t::text, '|'), '') from personalization.{table} t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(database).await.unwrap();
        all.push_str(&rows);
    }
    all
}

/// An event of Identity's, as Kafka delivers it.
pub(crate) fn event(id: u128, fact: &str, topic: &str, data: &Value) -> KafkaEvent {
    let envelope = json!({
        "specversion": "1.0",
        "id": Uuid::from_u128(0x0193_e3a1_6a10_7c3f_9e52_0000_0000_0000 + id),
        "source": "identity",
        "type": format!("packytrace.identity.{fact}.v1"),
        "time": "2026-11-22T10:00:00Z",
        "dataschema": format!("urn:packytrace:schema:{topic}"),
        "data": data,
    });
    let mut record = KafkaRecord::default();
    record.topic = Some(topic.to_owned());
    record.value = Some(BASE64_STANDARD.encode(envelope.to_string()));
    let mut batch = KafkaEvent::default();
    batch.records = HashMap::from([(format!("{topic}-0"), vec![record])]);
    batch
}

/// `ConsentChanged` of an account.
pub(crate) fn consent_changed(id: u128, account: Uuid, granted: bool, purpose: &str, at: &str) -> KafkaEvent {
    let data = json!({"account_id": account, "purpose": purpose, "granted": granted, "policy_version": "1",
                      "changed_at": at});
    event(id, "ConsentChanged", "identity.consent-changed.v1", &data)
}
