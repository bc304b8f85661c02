//! Who may do what: an account for the brand that Identity names, and for no other.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::{runtime::BatchAnswer, testing::Api};
use shared_contracts::events::Envelope;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use super::{own, product};
use crate::support::{EDITOR, FJELL, OAT_DRINK, Passport, brand, now, oat_drink, passport, stock};

const OTHER: Uuid = Uuid::from_u128(0x07e4);

/// Every route of brands with a body that it takes.
fn routes() -> Vec<(Method, String, Value)> {
    let recall = json!({"gtin": OAT_DRINK, "reason": "Glass", "instructions": "Bring it back"});
    vec![
        (Method::GET, "/api/v1/brand/products".to_owned(), Value::Null),
        (Method::GET, own(""), Value::Null),
        (Method::GET, own("/links"), Value::Null),
        (Method::GET, own("/label.svg"), Value::Null),
        (Method::GET, "/api/v1/brand/recalls".to_owned(), Value::Null),
        (Method::PUT, own(""), product("Oats")),
        (Method::PUT, own("/links"), json!({"entries": []})),
        (Method::POST, "/api/v1/brand/recalls".to_owned(), recall),
        (Method::POST, "/api/v1/brand/products/import".to_owned(), Value::Null),
        (Method::DELETE, own(""), Value::Null),
    ]
}

async fn status(api: &Api, (method, path, body): &(Method, String, Value)) -> StatusCode {
    let kind = if path.ends_with("/import") { "application/x-ndjson" } else { "application/json" };
    let body = if body.is_null() { String::new() } else { body.to_string() };
    api.send(method.clone(), path, &[("content-type", kind)], body.into()).await.status
}

async fn stocked(connect: &PgConnectOptions) -> Passport {
    let passport = passport(connect);
    passport.found_fjell(true).await;
    stock(&passport.database, oat_drink()).await;
    passport
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn viewers_read_and_editors_and_owners_write(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = stocked(&connect).await;
    for role in ["editor", "owner"] {
        for route in routes() {
            let status = status(&passport.api.brand(EDITOR, FJELL, role), &route).await;
            assert!(status.is_success(), "{role} {} {}: {status}", route.0, route.1);
        }
    }
    for route in routes() {
        let status = status(&passport.api.brand(EDITOR, FJELL, "viewer"), &route).await;
        let reads = route.0 == Method::GET;
        assert_eq!(status.is_success(), reads, "{} {}", route.0, route.1);
        assert!(reads || status == StatusCode::FORBIDDEN, "{} {}: {status}", route.0, route.1);
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_account_without_a_brand_is_refused_and_nobody_is_asked_to_sign_in(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = stocked(&connect).await;
    for route in routes() {
        assert_eq!(status(&passport.api.account(EDITOR), &route).await, StatusCode::FORBIDDEN, "{}", route.1);
        assert_eq!(status(&passport.api, &route).await, StatusCode::UNAUTHORIZED, "{}", route.1);
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn another_brands_product_is_404_like_one_that_does_not_exist(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = stocked(&connect).await;
    passport.hear(brand(OTHER, "Other", &["9521321"], true)).await;
    let foreign = passport.api.brand(EDITOR, OTHER, "owner");
    for route in routes().into_iter().filter(|route| route.1.contains(OAT_DRINK) || route.0 == Method::POST) {
        if route.1.ends_with("/import") {
            continue;
        }
        assert_eq!(status(&foreign, &route).await, StatusCode::NOT_FOUND, "{} {}", route.0, route.1);
    }
    let mine = foreign.get("/api/v1/brand/products").await.json();
    assert_eq!(mine["items"], json!([]));
    let (missing, theirs) =
        (foreign.get("/api/v1/brand/products/9521321999992").await, foreign.get(&own("")).await);
    assert_eq!((missing.status, missing.body), (theirs.status, theirs.body));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_brand_has_what_its_prefixes_cover_and_what_it_was_given(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = stocked(&connect).await;
    let status = async |gtin: &str| {
        let body = json!({"gtin": gtin, "names": {"en": "x"}}).to_string();
        let path = format!("/api/v1/brand/products/{gtin}");
        let headers = [("content-type", "application/json")];
        passport.editor().send(Method::PUT, &path, &headers, body.into()).await.status.as_u16()
    };
    assert_eq!(status("9521234100010").await, 201, "below its prefix");
    assert_eq!(status("19521234100017").await, 201, "a case of them");
    assert_eq!(status("9521235000005").await, 404, "below another prefix");
    assert_eq!(status("96385074").await, 404, "a GTIN-8 is below no prefix");
    let mut conn = passport.database.acquire().await.unwrap();
    for gtin in ["96385074", "9521234100010"] {
        let (gtin, to) = (gtin.parse().unwrap(), if gtin == "96385074" { FJELL } else { OTHER });
        passport.hear(brand(OTHER, "Other", &[], true)).await;
        assert!(passport::store::brands::assign(&mut conn, gtin, to, now()).await.unwrap());
    }
    assert_eq!(status("96385074").await, 201, "given to it");
    assert_eq!(status("9521234100010").await, 404, "given to another");
    let listed = passport.editor().get("/api/v1/brand/products").await.json();
    let mut gtins: Vec<&str> =
        listed["items"].as_array().unwrap().iter().map(|item| item["gtin"].as_str().unwrap()).collect();
    gtins.sort_unstable();
    assert_eq!(gtins, ["00000096385074", OAT_DRINK, "19521234100017"]);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_brand_without_prefixes_has_no_products(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = stocked(&connect).await;
    passport.hear(brand(FJELL, "Fjell & Eng", &[], true)).await;
    assert_eq!(passport.editor().get(&own("")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(passport.editor().get("/api/v1/brand/products").await.json()["items"], json!([]));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_latest_word_of_a_brand_counts_in_whatever_order_it_comes(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = passport(&connect);
    let told = |seconds: i64, name: &str, prefixes: &[&str]| {
        let at = now() + chrono::TimeDelta::seconds(seconds);
        Envelope::new(passport.app.ids.next(at), at, None, brand(FJELL, name, prefixes, true))
    };
    let (new, old) = (told(9, "New", &["9521234"]), told(1, "Old", &["9521321"]));
    for event in [&new, &old, &new] {
        assert_eq!(passport.hear_event(event).await, BatchAnswer::success());
    }
    stock(&passport.database, oat_drink()).await;
    assert_eq!(passport.editor().get(&own("")).await.status, StatusCode::OK);
}
