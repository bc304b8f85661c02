//! `/api/v1/scans`.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{OAT_DRINK, oat_drink, passport, stock};

const ANNA: Uuid = Uuid::from_u128(0xa11a);
const BEN: Uuid = Uuid::from_u128(0xbe1);

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_bare_ean_gives_the_passport(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    let answer = passport.api.visitor(ANNA).post("/api/v1/scans", &json!({"code": "9521234543213"})).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.header("x-visitor-used"), Some("true"));
    insta::assert_json_snapshot!(answer.json());
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_digital_link_gives_lot_and_use_by(_: PgPoolOptions, connect: PgConnectOptions) {
    let code = format!("https://id.example.org/01/{OAT_DRINK}/10/LOT-7?17=261130");
    let answer = passport(&connect).api.visitor(ANNA).post("/api/v1/scans", &json!({"code": code})).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let identifier = &answer.json()["identifier"];
    assert_eq!(identifier["lot"], "LOT-7");
    assert_eq!(identifier["use_by"], "2026-11-30");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_element_string_with_fnc1_gives_the_same(_: PgPoolOptions, connect: PgConnectOptions) {
    let code = format!("]d201{OAT_DRINK}10LOT-7\u{1d}17261130");
    let body = json!({"code": code, "symbology": "]d2"});
    let answer = passport(&connect).api.visitor(ANNA).post("/api/v1/scans", &body).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let identifier = &answer.json()["identifier"];
    assert_eq!(
        (identifier["lot"].as_str(), identifier["use_by"].as_str()),
        (Some("LOT-7"), Some("2026-11-30"))
    );
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_unknown_product_is_a_scan_without_passport(_: PgPoolOptions, connect: PgConnectOptions) {
    let answer =
        passport(&connect).api.visitor(ANNA).post("/api/v1/scans", &json!({"code": OAT_DRINK})).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert!(answer.json()["passport"].is_null());
    assert_eq!(answer.json()["verdict"], json!({"status": "not_requested"}));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_wrong_check_digit_is_named_and_nothing_is_kept(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    let answer = passport.api.visitor(ANNA).post("/api/v1/scans", &json!({"code": "9521234543214"})).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    let problem = answer.json();
    assert_eq!(problem["errors"][0]["pointer"], "/code");
    assert_eq!(problem["errors"][0]["code"], "invalid_check_digit");
    let left = passport.api.visitor(ANNA).get("/api/v1/scans").await.json();
    assert_eq!(left["items"], json!([]));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_unknown_member_is_refused_with_its_place(_: PgPoolOptions, connect: PgConnectOptions) {
    let body = json!({"code": OAT_DRINK, "brand_id": "x"});
    let answer = passport(&connect).api.visitor(ANNA).post("/api/v1/scans", &body).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["errors"][0]["pointer"], "/brand_id");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_body_that_is_no_json_is_malformed(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = passport(&connect).api.visitor(ANNA);
    let json = [("content-type", "application/json")];
    let broken = api.send(Method::POST, "/api/v1/scans", &json, Bytes::from_static(b"{\"code\":")).await;
    assert_eq!(broken.status, StatusCode::BAD_REQUEST);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let form = api.send(Method::POST, "/api/v1/scans", &form, Bytes::from_static(b"code=1")).await;
    assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_array_is_no_scan_request(_: PgPoolOptions, connect: PgConnectOptions) {
    let answer = passport(&connect).api.visitor(ANNA).post("/api/v1/scans", &json!([OAT_DRINK])).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[test]
fn the_contract_names_every_broken_rule_of_a_code() {
    use passport::domain::gs1::CodeErrorKind;
    let contract = shared_contracts::openapi::merged().unwrap();
    let named = &contract["components"]["schemas"]["CodeErrorKind"]["enum"];
    let ours: Vec<&str> = CodeErrorKind::ALL.iter().map(|kind| kind.as_str()).collect();
    let named: Vec<&str> = named.as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect();
    assert_eq!(named, ours);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_scan_announces_itself_in_the_same_transaction(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    let scan = passport.api.visitor(ANNA).post("/api/v1/scans", &json!({"code": OAT_DRINK})).await.json();
    let mut conn = passport.database.acquire().await.unwrap();
    let schema = service_chassis::store::Schema::new("passport").unwrap();
    let waiting = service_chassis::store::outbox::oldest(&mut conn, schema, 10).await.unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].topic, "passport.product-scanned.v1");
    assert_eq!(waiting[0].key, ANNA.to_string());
    let event: serde_json::Value = serde_json::from_str(&waiting[0].payload).unwrap();
    assert_eq!(event["data"]["scan_id"], scan["scan_id"]);
    assert_eq!(event["data"]["gtin"], OAT_DRINK);
    assert!(event["data"].get("lot").is_none());
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_scan_belongs_to_who_scanned(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = passport(&connect).api;
    let scan = api.visitor(ANNA).post("/api/v1/scans", &json!({"code": OAT_DRINK})).await.json();
    let path = format!("/api/v1/scans/{}", scan["scan_id"].as_str().unwrap());
    assert_eq!(api.visitor(ANNA).get(&path).await.status, StatusCode::OK);
    let foreign = api.visitor(BEN).get(&path).await;
    let absent = api.visitor(BEN).get(&format!("/api/v1/scans/{BEN}")).await;
    assert_eq!(foreign.status, StatusCode::NOT_FOUND);
    assert_eq!(foreign.json()["detail"], absent.json()["detail"]);
    assert_eq!(api.account(ANNA).get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.visitor(BEN).get("/api/v1/scans").await.json()["items"], json!([]));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn scans_come_in_pages_newest_first(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = passport(&connect).api.account(ANNA);
    let mut ids = Vec::new();
    for _ in 0..5 {
        let scan = api.post("/api/v1/scans", &json!({"code": OAT_DRINK})).await.json();
        assert_eq!(scan["verdict"]["status"], "not_requested", "there is no product to judge");
        ids.insert(0, scan["scan_id"].clone());
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/scans?limit=2".to_owned();
    loop {
        let page = api.get(&path).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|scan| scan["scan_id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/scans?limit=2&cursor={cursor}");
    }
    assert_eq!(seen, ids);
    for wrong in ["limit=0", "limit=201", "limit=x", "cursor=%21"] {
        let answer = api.get(&format!("/api/v1/scans?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_same_key_gets_the_same_scan(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = passport(&connect).api.visitor(ANNA);
    let headers = [("content-type", "application/json"), ("idempotency-key", "tap-1")];
    let body = |code: &str| Bytes::from(json!({ "code": code }).to_string());
    let first = api.send(Method::POST, "/api/v1/scans", &headers, body(OAT_DRINK)).await;
    let again = api.send(Method::POST, "/api/v1/scans", &headers, body(OAT_DRINK)).await;
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json(), again.json());
    let other = api.send(Method::POST, "/api/v1/scans", &headers, body("9521234543213")).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(api.get("/api/v1/scans").await.json()["items"].as_array().unwrap().len(), 1);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_call_without_a_token_is_refused_whatever_it_claims(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    for headers in [
        vec![],
        vec![("x-account-id", ANNA.to_string())],
        vec![("x-internal-token", "eyJhbGciOiJub25lIn0.e30.".to_owned()), ("x-visitor-id", ANNA.to_string())],
    ] {
        let router = passport.router.clone();
        let answer =
            service_chassis::testing::call(router, Method::GET, "/api/v1/scans", &headers, Bytes::new())
                .await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{headers:?}");
        assert_eq!(answer.json()["type"], "urn:packytrace:problem:unauthenticated");
        assert!(answer.header("x-request-id").is_some());
    }
}
