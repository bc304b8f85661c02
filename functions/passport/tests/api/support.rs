//! The function as the tests call it: fixed time, counted ids, keys of their own.

use std::{sync::Arc, time::Duration};

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
    client::Client,
    clock::Clock,
    ids::Ids,
    layers,
    outbox::Outbox,
    store::Schema,
    testing::{self, Api, Authority},
};
use sqlx::{PgPool, postgres::PgConnectOptions};

/// The demonstration product of most tests.
pub(crate) const OAT_DRINK: &str = "09521234543213";

/// Where people find the product.
pub(crate) const PUBLIC: &str = "https://packytrace.example";

/// Passport with a database of its own.
pub(crate) struct Passport {
    pub(crate) api: Api,
    pub(crate) clock: Clock,
    pub(crate) database: PgPool,
    pub(crate) router: axum::Router,
}

/// The moment at which all tests happen.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

/// How long a scan waits for its verdict.
pub(crate) const VERDICT_BUDGET: Duration = Duration::from_millis(250);

/// Nobody listens there.
const NOBODY: &str = "http://127.0.0.1:9";

/// Passport on the database that `#[sqlx::test]` made, as `passport_svc`. Nobody makes verdicts.
pub(crate) fn passport(connect: &PgConnectOptions) -> Passport {
    let (clock, ids) = (Clock::fixed(now()), Ids::counted());
    let authority = Authority::new(&clock, &ids).unwrap();
    passport_with(connect, &authority, NOBODY, &clock, ids)
}

/// The same, asking for verdicts at this address.
pub(crate) fn passport_with(
    connect: &PgConnectOptions,
    authority: &Authority,
    personalization: &str,
    clock: &Clock,
    ids: Ids,
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
        personalization: Personalization::new(client, VERDICT_BUDGET, clock.clone()),
    };
    let router =
        layers::internal(app::router(app), authority.callers("passport").unwrap(), clock.clone(), ids);
    let api = Api::new(router.clone(), "passport", authority.signer("api-gateway"));
    Passport { api, clock: clock.clone(), database, router }
}

/// Puts a product into the catalogue.
pub(crate) async fn stock(database: &PgPool, product: Value) -> store::products::Taken {
    let entry = Entry::new(serde_json::from_value(product).unwrap(), Source::new("demo").unwrap()).unwrap();
    let mut conn = database.acquire().await.unwrap();
    store::products::take(&mut conn, &entry, now()).await.unwrap()
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
