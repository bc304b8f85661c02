//! The function as the tests call it: fixed time, counted ids, keys of their own.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use passport::{
    app::{self, App},
    config::Config,
    domain::catalog::{Entry, Source},
    store,
};
use serde_json::{Value, json};
use service_chassis::{
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

/// Passport with a database of its own.
pub(crate) struct Passport {
    pub(crate) api: Api,
    pub(crate) database: PgPool,
    pub(crate) router: axum::Router,
    pub(crate) clock: Clock,
}

/// The moment at which all tests happen.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T10:00:00Z".parse().unwrap()
}

/// Passport on the database that `#[sqlx::test]` made, as `passport_svc`.
pub(crate) fn passport(connect: &PgConnectOptions) -> Passport {
    let (clock, ids) = (Clock::fixed(now()), Ids::counted());
    let authority = Authority::new(&clock, &ids).unwrap();
    let database = testing::as_role(connect, "passport_svc");
    let schema = Schema::new("passport").unwrap();
    let producer = authority.producer(&testing::platform().unwrap());
    let app = App {
        config: Arc::new(Config { public_url: "https://packytrace.example".to_owned() }),
        clock: clock.clone(),
        ids: ids.clone(),
        database: database.clone(),
        schema,
        outbox: Outbox::new(schema, database.clone(), producer),
    };
    let router =
        layers::internal(app::router(app), authority.callers("passport").unwrap(), clock.clone(), ids);
    let api = Api::new(router.clone(), "passport", authority.signer("api-gateway"));
    Passport { api, database, router, clock }
}

/// Puts a product into the catalogue.
pub(crate) async fn stock(database: &PgPool, product: Value) -> store::products::Taken {
    let entry = Entry::new(serde_json::from_value(product).unwrap(), Source::new("demo").unwrap()).unwrap();
    let mut conn = database.acquire().await.unwrap();
    store::products::take(&mut conn, &entry, now()).await.unwrap()
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
