//! What Identity says of people: whose a browser is, and who is gone. And what other functions may ask.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::runtime::BatchAnswer;
use shared_contracts::events::{AccountErased, Envelope, VisitorLinkedToAccount};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{FJELL, OAT_DRINK, Passport, now, oat_drink, passport, stock};

const ANNA: Uuid = Uuid::from_u128(0xa11a);
const BEN: Uuid = Uuid::from_u128(0xbe1);
/// Anna's browsers, before and after she signs out.
const PHONE: Uuid = Uuid::from_u128(0xa9);
const AFTER: Uuid = Uuid::from_u128(0xaf);

fn linked(visitor_id: Uuid, account_id: Uuid) -> VisitorLinkedToAccount {
    VisitorLinkedToAccount { visitor_id, account_id, linked_at: now() }
}

fn erased(account_id: Uuid, visitor_ids: &[Uuid]) -> AccountErased {
    AccountErased { account_id, visitor_ids: visitor_ids.to_vec(), erased_at: now() }
}

async fn scan(passport: &Passport, visitor: Uuid) -> String {
    let answer = passport.api.visitor(visitor).post("/api/v1/scans", &json!({"code": OAT_DRINK})).await;
    answer.json()["scan_id"].as_str().unwrap().to_owned()
}

/// A phone's own camera opens the code: a plain navigation with the visitor's cookie and no token.
async fn visit(passport: &Passport, visitor: Uuid) -> String {
    let headers = [("sec-fetch-mode", "navigate"), ("accept", "text/html")];
    let path = format!("/01/{OAT_DRINK}/10/L-7?17=261130");
    let answer = passport.api.visitor(visitor).send(Method::GET, &path, &headers, Bytes::new()).await;
    let page = answer.header("location").unwrap().to_owned();
    page.split("scan=").nth(1).unwrap().split('&').next().unwrap().to_owned()
}

async fn sees(passport: &Passport, account: Uuid, scan: &str) -> bool {
    passport.api.account(account).get(&format!("/api/v1/scans/{scan}")).await.status == StatusCode::OK
}

async fn count(passport: &Passport, account: Uuid) -> usize {
    let scans = passport.api.account(account).get("/api/v1/scans").await.json();
    scans["items"].as_array().unwrap().len()
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_scans_of_a_visitor_become_the_accounts_and_later_ones_are_at_once(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    let before = scan(&passport, PHONE).await;
    let link = Envelope::new(Uuid::from_u128(1), now(), None, linked(PHONE, ANNA));
    for _ in 0..2 {
        assert_eq!(passport.hear_event(&link).await, BatchAnswer::success());
    }
    let (camera, app) = (visit(&passport, PHONE).await, scan(&passport, PHONE).await);
    for scan in [&before, &camera, &app] {
        assert!(sees(&passport, ANNA, scan).await);
        assert!(!sees(&passport, BEN, scan).await);
        let path = format!("/api/v1/scans/{scan}");
        assert_eq!(passport.api.visitor(PHONE).get(&path).await.status, StatusCode::NOT_FOUND, "no token");
        assert_eq!(passport.api.visitor(AFTER).get(&path).await.status, StatusCode::NOT_FOUND, "signed out");
    }
    let announced = passport.waiting("passport.product-scanned.v1").await;
    let owners: Vec<&Value> = announced.iter().map(|fact| &fact["account_id"]).collect();
    assert_eq!(owners, [&Value::Null, &json!(ANNA), &json!(ANNA)]);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_same_visit_twice_is_one_scan_of_the_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    passport.hear(linked(PHONE, ANNA)).await;
    assert_eq!(visit(&passport, PHONE).await, visit(&passport, PHONE).await);
    assert_eq!(count(&passport, ANNA).await, 1);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_visitor_never_moves_to_another_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    passport.hear(linked(PHONE, ANNA)).await;
    let scan = scan(&passport, PHONE).await;
    passport.hear(linked(PHONE, BEN)).await;
    assert!(sees(&passport, ANNA, &scan).await && !sees(&passport, BEN, &scan).await);
    assert_eq!(count(&passport, BEN).await, 0);
}

/// Every text in every row of every table of the schema.
async fn everything(passport: &Passport) -> String {
    let tables: Vec<String> =
        sqlx::query_scalar("select table_name from information_schema.tables where table_schema = 'passport' and table_type = 'BASE TABLE'")
            .fetch_all(&passport.database)
            .await
            .unwrap();
    let mut all = String::new();
    for table in tables.iter().filter(|table| !table.starts_with('_')) {
        let rows = sqlx::AssertSqlSafe(format!(
            "select coalesce(string_agg(t::text, ' '), '') from passport.{table} t"
        ));
        let rows: String = sqlx::query_scalar(rows).fetch_one(&passport.database).await.unwrap();
        all.push_str(&rows);
    }
    all
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_erasure_leaves_no_row_with_an_id_of_the_person_and_is_confirmed(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = passport(&connect);
    passport.found_fjell(true).await;
    stock(&passport.database, oat_drink()).await;
    let bens = scan(&passport, BEN).await;
    scan(&passport, AFTER).await;
    passport.hear(linked(PHONE, ANNA)).await;
    visit(&passport, PHONE).await;
    let keyed = [("content-type", "application/json"), ("idempotency-key", "k")];
    let body = json!({"code": OAT_DRINK}).to_string();
    for api in [passport.api.account(ANNA), passport.api.visitor(PHONE)] {
        api.send(Method::POST, "/api/v1/scans", &keyed, body.clone().into()).await;
    }
    let import = passport.api.brand(ANNA, FJELL, "owner");
    import
        .send(
            Method::POST,
            "/api/v1/brand/products/import",
            &[("content-type", "text/csv")],
            "gtin\n1".into(),
        )
        .await;
    let ids = [ANNA, PHONE, AFTER].map(|id| id.to_string());
    let held = everything(&passport).await;
    assert!(ids.iter().all(|id| held.contains(id)), "the positive control");

    assert_eq!(passport.hear(erased(ANNA, &[AFTER])).await, BatchAnswer::success());
    let completed = passport.waiting("passport.erasure-completed.v1").await;
    assert_eq!(completed, [json!({"account_id": ANNA, "completed_at": "2026-11-22T10:00:00Z"})]);
    sqlx::query("delete from passport.outbox where topic = 'passport.erasure-completed.v1'")
        .execute(&passport.database)
        .await
        .unwrap();
    let left = everything(&passport).await;
    for id in &ids {
        assert!(!left.contains(id), "{id} in {left}");
    }
    assert!(passport.api.visitor(BEN).get(&format!("/api/v1/scans/{bens}")).await.status.is_success());
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn nothing_that_still_arrives_brings_an_erased_account_back(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    let event = Envelope::new(Uuid::from_u128(7), now(), None, erased(ANNA, &[PHONE]));
    passport.hear_event(&event).await;
    passport.hear_event(&event).await;
    assert_eq!(passport.waiting("passport.erasure-completed.v1").await.len(), 1, "confirmed once");
    passport.hear(linked(PHONE, ANNA)).await;
    let late = passport.api.account(ANNA).post("/api/v1/scans", &json!({"code": OAT_DRINK})).await;
    assert_eq!(late.status, StatusCode::UNAUTHORIZED);
    let headers = [("sec-fetch-mode", "navigate")];
    let path = format!("/01/{OAT_DRINK}");
    let led = passport.api.account(ANNA).send(Method::GET, &path, &headers, Bytes::new()).await;
    assert_eq!(led.status, StatusCode::TEMPORARY_REDIRECT, "the code still leads to the product");
    let scans: i64 = sqlx::query_scalar("select count(*) from passport.scans")
        .fetch_one(&passport.database)
        .await
        .unwrap();
    let links: i64 = sqlx::query_scalar("select count(*) from passport.visitor_links")
        .fetch_one(&passport.database)
        .await
        .unwrap();
    assert_eq!((scans, links), (0, 0));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_visitor_without_account_is_erased_under_its_own_id(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    scan(&passport, PHONE).await;
    passport.hear(erased(PHONE, &[PHONE])).await;
    assert_eq!(passport.api.visitor(PHONE).get("/api/v1/scans").await.json()["items"], json!([]));
    scan(&passport, PHONE).await;
    let again = passport.api.visitor(PHONE).get("/api/v1/scans").await.json();
    assert_eq!(again["items"].as_array().unwrap().len(), 1, "who goes on begins anew");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_export_has_all_of_the_person_and_nothing_of_another(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    passport.hear(linked(PHONE, ANNA)).await;
    let (visit, scan) = (visit(&passport, PHONE).await, scan(&passport, PHONE).await);
    self::scan(&passport, BEN).await;
    let path = format!("/internal/v1/accounts/{ANNA}/export");
    let part = passport.internal.get(&path).await.json();
    assert_eq!(part["service"], "passport");
    let scans = part["data"]["scans"].as_array().unwrap();
    let ids: Vec<&Value> = scans.iter().map(|scan| &scan["scan_id"]).collect();
    assert_eq!(ids, [&json!(scan), &json!(visit)]);
    assert_eq!(scans[1]["identifier"]["lot"], "L-7");
    assert_eq!(part["data"]["visitors"], json!([{"visitor_id": PHONE, "linked_at": "2026-11-22T10:00:00Z"}]));
    assert_eq!(passport.api.get(&path).await.status, StatusCode::UNAUTHORIZED, "the gateway may not");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_fridge_learns_what_the_account_scanned_and_nobody_elses(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = passport(&connect);
    passport.found_fjell(true).await;
    stock(&passport.database, oat_drink()).await;
    passport.hear(linked(PHONE, ANNA)).await;
    let scan = visit(&passport, PHONE).await;
    let recall =
        json!({"gtin": OAT_DRINK, "lots": ["L-7"], "reason": "Glass", "instructions": "Bring it back"});
    passport.editor().post("/api/v1/brand/recalls", &recall).await;
    let path = format!("/internal/v1/scans/{scan}/snapshot");
    let snapshot = passport.internal.account(ANNA).get(&path).await;
    assert_eq!(
        snapshot.json(),
        json!({"scan_id": scan, "scanned_at": "2026-11-22T10:00:00Z", "gtin": OAT_DRINK, "lot": "L-7",
            "use_by": "2026-11-30", "brand_id": FJELL, "names": {"en": "Oat drink", "de": "Haferdrink"},
            "brand_name": "Fjell & Eng", "category": "plant-based drinks", "storage": {}, "passport_revision": 1,
            "recall_status": "affected"})
    );
    assert_eq!(passport.internal.account(BEN).get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(passport.internal.get(&path).await.status, StatusCode::UNAUTHORIZED);
}
