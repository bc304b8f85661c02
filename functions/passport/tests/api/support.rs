//! The function as the tests call it: fixed time, counted ids, keys of their own.

use std::{collections::HashMap, sync::Arc, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, Utc};
use passport::{
    app::{self, App},
    clients::Personalization,
    config::{Config, Operator},
    domain::{
        catalog::{Entry, Source},
        links,
    },
    store,
};
use serde_json::{Value, json};
use service_chassis::{
    caller::{Callers, SigningKey},
    client::Client,
    clock::Clock,
    ids::Ids,
    layers,
    outbox::Outbox,
    runtime::{BatchAnswer, KafkaEvent, KafkaRecord},
    store::Schema,
    testing::{self, Api, Authority},
};
use shared_contracts::{
    events::{BrandChanged, Envelope, Fact},
    identity::WindowLength,
};
use sqlx::{PgPool, postgres::PgConnectOptions};
use uuid::Uuid;

/// The demonstration product of most tests.
pub(crate) const OAT_DRINK: &str = "09521234543213";

/// Where people find the product.
pub(crate) const PUBLIC: &str = "https://packytrace.example";

/// The account and the brand of most tests of brands.
pub(crate) const EDITOR: Uuid = Uuid::from_u128(0xed1);
pub(crate) const FJELL: Uuid = Uuid::from_u128(0xf7e11);

/// Passport with a database of its own.
pub(crate) struct Passport {
    pub(crate) app: App,
    /// As the gateway calls it.
    pub(crate) api: Api,
    /// As functions call it that have internal routes.
    pub(crate) internal: Api,
    pub(crate) clock: Clock,
    pub(crate) database: PgPool,
    pub(crate) router: axum::Router,
}

/// The moment at which all tests happen.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

/// Where the key lies that signs revisions.
const SIGNING_KEY: &str = "/packytrace/test/passport/signing-key";

fn signing_key() -> String {
    serde_json::to_string(&SigningKey::generate("passport-1".to_owned()).unwrap()).unwrap()
}

/// How long a scan waits for its verdict.
pub(crate) const VERDICT_BUDGET: Duration = Duration::from_millis(250);

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9";

/// Passport on the database that `#[sqlx::test]` made, as `passport_svc`. Nobody makes verdicts.
pub(crate) fn passport(connect: &PgConnectOptions) -> Passport {
    let (clock, ids) = (Clock::fixed(now()), Ids::counted());
    let authority = Authority::new(&clock, &ids).unwrap().with(SIGNING_KEY, &signing_key());
    passport_with(connect, &authority, NOBODY, &clock, &ids)
}

/// The same, asking for verdicts at this address.
pub(crate) fn passport_with(
    connect: &PgConnectOptions,
    authority: &Authority,
    personalization: &str,
    clock: &Clock,
    ids: &Ids,
) -> Passport {
    let signer = authority.signer("passport");
    let client = Client::new("personalization", personalization, VERDICT_BUDGET, signer).unwrap();
    let database = testing::as_role(connect, "passport_svc");
    let schema = Schema::new("passport").unwrap();
    let producer = authority.producer(&testing::platform().unwrap());
    let app = App {
        config: Arc::new(Config {
            public_url: PUBLIC.to_owned(),
            personalization_url: personalization.to_owned(),
            verdict_timeout_ms: 250,
            operator: operator(),
        }),
        clock: clock.clone(),
        ids: ids.clone(),
        database: database.clone(),
        schema,
        outbox: Outbox::new(schema, database.clone(), producer),
        secrets: authority.secrets("passport"),
        imports: Arc::default(),
        personalization: Personalization::new(client, VERDICT_BUDGET, clock.clone()),
    };
    let behind =
        |callers: Callers| layers::internal(app::router(app.clone()), callers, clock.clone(), ids.clone());
    let router = behind(authority.callers("passport").unwrap());
    let api = Api::new(router.clone(), "passport", authority.signer("api-gateway"));
    // The fridge, whose edges the manifest gets with it, calls as Identity does.
    let paths = ["/internal/v1/accounts/{account_id}/export", "/internal/v1/scans/{scan_id}/snapshot"];
    let edges = paths.map(|path| ("GET".to_owned(), path.to_owned())).to_vec();
    let edges = HashMap::from([("identity".to_owned(), edges)]);
    let callers = Callers::new("passport", authority.secrets("passport"), clock.clone(), edges);
    let internal = Api::new(behind(callers), "passport", authority.signer("identity"));
    Passport { app, api, internal, clock: clock.clone(), database, router }
}

impl Passport {
    /// As an editor of the brand [`FJELL`] calls it.
    pub(crate) fn editor(&self) -> Api {
        self.api.brand(EDITOR, FJELL, "editor")
    }

    /// Lets passport hear a fact, as the broker brings it.
    pub(crate) async fn hear<F: Fact>(&self, fact: F) -> BatchAnswer {
        self.hear_event(&Envelope::new(self.app.ids.next(now()), self.clock.now(), None, fact)).await
    }

    /// Lets it hear an event, which may be one that it heard before.
    pub(crate) async fn hear_event<F: Fact>(&self, event: &Envelope<F>) -> BatchAnswer {
        let value = BASE64_STANDARD.encode(serde_json::to_string(event).unwrap());
        let mut record = KafkaRecord::default();
        (record.topic, record.value) = (Some(F::TOPIC.to_owned()), Some(value));
        let mut batch = KafkaEvent::default();
        batch.records.insert(format!("{}-0", F::TOPIC), vec![record]);
        passport::events::consumer(&self.app).unwrap().handle(batch).await.unwrap()
    }

    /// Makes [`FJELL`] a brand with the company prefix of the demonstration products.
    pub(crate) async fn found_fjell(&self, trusted: bool) {
        let answer = self.hear(brand(FJELL, "Fjell & Eng", &["9521234"], trusted)).await;
        assert_eq!(answer, BatchAnswer::success());
    }

    /// Events of a topic that wait in the outbox: their `data`.
    pub(crate) async fn waiting(&self, topic: &str) -> Vec<Value> {
        let rows: Vec<String> =
            sqlx::query_scalar("select payload from passport.outbox where topic = $1 order by position")
                .bind(topic)
                .fetch_all(&self.database)
                .await
                .unwrap();
        rows.iter().map(|row| serde_json::from_str::<Value>(row).unwrap()["data"].clone()).collect()
    }
}

/// What Identity says of a brand.
pub(crate) fn brand(id: Uuid, name: &str, prefixes: &[&str], trusted: bool) -> BrandChanged {
    BrandChanged {
        brand_id: id,
        name: name.to_owned(),
        gs1_company_prefixes: prefixes.iter().map(ToString::to_string).collect(),
        trusted,
        measured: false,
        window: WindowLength::Day,
        window_from: now().date_naive(),
    }
}

/// Puts a product into the catalogue.
pub(crate) async fn stock(database: &PgPool, product: Value) -> store::products::Taken {
    let entry = Entry::new(serde_json::from_value(product).unwrap(), Source::new("demo").unwrap()).unwrap();
    let mut conn = database.acquire().await.unwrap();
    store::products::take(&mut conn, &entry, None, now()).await.unwrap()
}

fn operator() -> Operator {
    Operator {
        resolver_name: "PackyTrace".to_owned(),
        resolver_contact: "Fjell Foods".to_owned(),
        resolver_locality: Some("Bergen".to_owned()),
        ..Operator::default()
    }
}

/// Puts links as the operator's tool does, and gives their version.
pub(crate) async fn put_links(database: &PgPool, gtin: &str, document: Value) -> i32 {
    let entries = links::check(gtin.parse().unwrap(), serde_json::from_value(document).unwrap()).unwrap();
    let mut tx = database.begin().await.unwrap();
    let version = store::links::replace(&mut tx, gtin, None, &entries, now()).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    version
}

/// An oat drink of an invented brand.
pub(crate) fn oat_drink() -> Value {
    json!({
        "gtin": OAT_DRINK,
        "names": {"en": "Oat drink", "de": "Haferdrink"},
        "brand_name": "Fjell & Eng",
        "category": "plant-based drinks",
        "allergens": [{"code": "gluten", "presence": "contains"}],
        "nutriments": [{"nutrient": "fat", "value": 1.5, "unit": "g", "basis": "100ml"}],
    })
}
