//! The function as the tests call it: fixed time, counted ids, keys of their own.

pub(crate) mod keycloak;
pub(crate) mod passport;

use std::sync::{Arc, Mutex};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Method;
use identity::{
    app::{self, App},
    clients::{ClientKeys, Exporters, Keycloak},
    config::Config,
    domain::registration::{Answers, Step},
    error::Error,
    store::accounts::AccountRow,
};
use serde_json::{Value, json};
use service_chassis::{
    caller::SigningKey,
    client::Client,
    clock::Clock,
    ids::Ids,
    layers,
    objects::Objects,
    outbox::Outbox,
    store::{Schema, outbox::WaitingEvent},
    testing::{self, Answer, Api, Authority},
};
use sqlx::{PgPool, postgres::PgConnectOptions};
use uuid::Uuid;

use keycloak::FakeKeycloak;
use passport::FakePassport;

pub(crate) const ANNA: Uuid = Uuid::from_u128(0xa11a);
pub(crate) const BEN: Uuid = Uuid::from_u128(0xbe1);
pub(crate) const PHONE: Uuid = Uuid::from_u128(0xf0e);

/// Identity with a database and a Keycloak of its own.
pub(crate) struct Identity {
    pub(crate) api: Api,
    pub(crate) app: App,
    pub(crate) keycloak: FakeKeycloak,
    pub(crate) passport: FakePassport,
    authority: Authority,
    router: axum::Router,
    stop_after: Arc<Mutex<Option<Step>>>,
}

/// The moment at which all tests happen.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

impl Identity {
    /// Identity on the database that `#[sqlx::test]` made, as `identity_svc`.
    pub(crate) async fn start(connect: &PgConnectOptions) -> Self {
        let (clock, ids) = (Clock::fixed(now()), Ids::counted());
        let key = SigningKey::generate("client-1".to_owned()).unwrap();
        let ring = json!({"current": "client-1", "keys": [key]}).to_string();
        let pseudonym = json!({"key": "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="}).to_string();
        let key = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";
        let exports = json!({"current": "one", "keys": {"one": key}}).to_string();
        let authority = Authority::new(&clock, &ids)
            .unwrap()
            .with("/packytrace/test/identity/keycloak-client", &ring)
            .with("/packytrace/test/identity/pseudonym-key", &pseudonym)
            .with("/packytrace/test/identity/export-keys", &exports);
        let keycloak = FakeKeycloak::start(clock.clone()).await;
        let passport = FakePassport::start(authority.callers("passport").unwrap()).await;
        let stop_after: Arc<Mutex<Option<Step>>> = Arc::default();
        let app = app(connect, &authority, &clock, &ids, &keycloak, &passport, Arc::clone(&stop_after));
        let callers = authority.callers("identity").unwrap();
        let router = layers::internal(app::router(app.clone()), callers, clock, ids)
            .merge(app::published(app.clone()));
        let api = Api::new(router.clone(), "identity", authority.signer("api-gateway"));
        Self { api, app, keycloak, passport, authority, router, stop_after }
    }

    /// The same with an account for Anna and one for Ben.
    pub(crate) async fn with_accounts(connect: &PgConnectOptions) -> Self {
        let identity = Self::start(connect).await;
        for (id, email) in [(ANNA, "anna@example.org"), (BEN, "ben@example.org")] {
            identity.keycloak.add(id, email);
            let mut conn = identity.app.database.acquire().await.unwrap();
            let account = AccountRow::plain(id, now());
            assert!(identity::store::accounts::insert(&mut conn, &account).await.unwrap());
        }
        identity
    }

    /// Makes the next registrations end after a step, as if the process were killed there.
    pub(crate) fn stop_after(&self, step: Option<Step>) {
        *self.stop_after.lock().unwrap() = step;
    }

    /// The same with an erasure log in this folder.
    pub(crate) async fn noting_erasures(&self, folder: &std::path::Path) -> Api {
        let log = Objects::at(folder.to_str().unwrap(), None, &self.app.clock).await.unwrap();
        self.serving(App { erasure_log: Some(log), ..self.app.clone() })
    }

    /// The same with mail to confirm addresses.
    pub(crate) fn with_mail(&self) -> Api {
        self.serving(App { answers: Answers::Mail, ..self.app.clone() })
    }

    fn serving(&self, app: App) -> Api {
        let callers = self.authority.callers("identity").unwrap();
        let router =
            layers::internal(app::router(app), callers, self.app.clock.clone(), self.app.ids.clone());
        Api::new(router, "identity", self.authority.signer("api-gateway"))
    }

    /// Whoever calls from another function than the gateway.
    pub(crate) fn from(&self, function: &'static str) -> Api {
        Api::new(self.router.clone(), "identity", self.authority.signer(function))
    }

    /// The router, for calls without any token.
    pub(crate) fn router(&self) -> axum::Router {
        self.router.clone()
    }

    /// What waits in the outbox.
    pub(crate) async fn announced(&self) -> Vec<WaitingEvent> {
        let mut conn = self.app.database.acquire().await.unwrap();
        service_chassis::store::outbox::oldest(&mut conn, self.app.schema, 100).await.unwrap()
    }

    /// `data` of the announced facts of a topic.
    pub(crate) async fn facts(&self, topic: &str) -> Vec<Value> {
        let schema = serde_json::from_str(shared_contracts::schemas::schema(topic).unwrap()).unwrap();
        let events = self.announced().await.into_iter().filter(|event| event.topic == topic);
        let facts: Vec<Value> = events
            .map(|event| serde_json::from_str::<Value>(&event.payload).unwrap()["data"].clone())
            .collect();
        for fact in &facts {
            jsonschema::validate(&schema, fact).unwrap();
        }
        facts
    }
}

fn app(
    connect: &PgConnectOptions,
    authority: &Authority,
    clock: &Clock,
    ids: &Ids,
    keycloak: &FakeKeycloak,
    passport: &FakePassport,
    stop_after: Arc<Mutex<Option<Step>>>,
) -> App {
    let database = testing::as_role(connect, "identity_svc");
    let schema = Schema::new("identity").unwrap();
    let producer = authority.producer(&testing::platform().unwrap());
    let secrets = authority.secrets("identity");
    let client_keys = ClientKeys::new(secrets.clone(), clock.clone(), ids.clone());
    let config = config(keycloak, passport);
    let to_passport =
        Client::new("passport", &config.passport_url, config.export_timeout(), authority.signer("identity"));
    App {
        clock: clock.clone(),
        ids: ids.clone(),
        secrets,
        outbox: Outbox::new(schema, database.clone(), producer),
        database,
        schema,
        keycloak: Keycloak::new(&config, client_keys.clone(), clock.clone()).unwrap(),
        client_keys,
        exporters: Exporters::new([("passport", to_passport.unwrap())]),
        confirmers: Arc::new(vec!["passport".to_owned(), "personalization".to_owned()]),
        erasure_log: None,
        answers: Answers::Plain,
        seam: Arc::new(move |step| {
            if *stop_after.lock().unwrap() == Some(step) { Err(Error::Interrupted(step)) } else { Ok(()) }
        }),
    }
}

fn config(keycloak: &FakeKeycloak, passport: &FakePassport) -> Config {
    Config {
        keycloak_url: keycloak.url.parse().unwrap(),
        keycloak_issuer: "http://pt.example/auth/realms/packytrace".to_owned(),
        keycloak_realm: "packytrace".to_owned(),
        keycloak_client: "packytrace-identity".to_owned(),
        keycloak_timeout_ms: 3_500,
        verification_mail: false,
        passport_url: passport.url.clone(),
        personalization_url: "http://nobody.asks".to_owned(),
        fridge_url: "http://nobody.asks".to_owned(),
        measurement_url: "http://nobody.asks".to_owned(),
        export_timeout_ms: 5_000,
        erasure_log: None,
        s3_endpoint: None,
    }
}

/// A call with a JSON body and any method.
pub(crate) async fn send(api: &Api, method: Method, path: &str, body: &Value) -> Answer {
    let json = [("content-type", "application/json")];
    api.send(method, path, &json, Bytes::from(body.to_string())).await
}

/// A call without a body.
pub(crate) async fn plain(api: &Api, method: Method, path: &str) -> Answer {
    api.send(method, path, &[], Bytes::new()).await
}

/// How many rows of a table a pool sees.
pub(crate) async fn count(database: &PgPool, sql: &'static str) -> i64 {
    sqlx::query_scalar(sql).fetch_one(database).await.unwrap()
}
