//! Verdicts in scans, and `/api/v1/me/verdicts`: a scan never fails for want of one.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{Json, Router, extract::State, response::IntoResponse};
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::{caller::Callers, clock::Clock, ids::Ids, testing::Authority};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use tokio::{net::TcpListener, time::Instant};
use uuid::Uuid;

use crate::support::{OAT_DRINK, Passport, now, oat_drink, passport, passport_with, stock};

const ANNA: Uuid = Uuid::from_u128(0xa11a);
const SOON: Duration = Duration::from_millis(500);

/// A personalization that answers what a test wants, and keeps what it was asked.
#[derive(Clone)]
struct StandIn {
    callers: Callers,
    mood: Arc<Mutex<Mood>>,
    asked: Arc<Mutex<Vec<Value>>>,
}

#[derive(Clone, Copy)]
enum Mood {
    Well,
    Unable,
    Hung,
}

async fn verdict(
    State(here): State<StandIn>,
    headers: HeaderMap,
    Json(request): Json<Value>,
) -> axum::response::Response {
    let caller = here.callers.check(&Method::POST, "/internal/v1/verdicts", &headers).await.unwrap();
    assert_eq!((caller.function.as_str(), caller.on_behalf.account), ("passport", Some(ANNA)));
    let revision = request["passport"]["revision"].clone();
    here.asked.lock().unwrap().push(request);
    let mood = *here.mood.lock().unwrap();
    match mood {
        Mood::Well => Json(json!({
            "status": "available", "headline": "avoid", "unchecked": 0, "reasons": [],
            "rule_set": {"id": "food", "version": "1.0.0", "hash": "ab".repeat(32)},
            "profile_version": 1, "passport_revision": revision,
        }))
        .into_response(),
        Mood::Unable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Mood::Hung => std::future::pending().await,
    }
}

async fn with_stand_in(connect: &PgConnectOptions) -> (Passport, StandIn) {
    let (clock, ids) = (Clock::fixed(now()), Ids::counted());
    let authority = Authority::new(&clock, &ids).unwrap();
    let here = StandIn {
        callers: authority.callers("personalization").unwrap(),
        mood: Arc::new(Mutex::new(Mood::Well)),
        asked: Arc::default(),
    };
    let router =
        Router::new().route("/internal/v1/verdicts", axum::routing::post(verdict)).with_state(here.clone());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let passport = passport_with(connect, &authority, &url, &clock, &ids);
    stock(&passport.database, oat_drink()).await;
    (passport, here)
}

fn code() -> Value {
    json!({"code": format!("https://id.example.org/01/{OAT_DRINK}/10/LOT-7?17=261130")})
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_scan_has_the_verdict_of_the_very_package(_: PgPoolOptions, connect: PgConnectOptions) {
    let (passport, personalization) = with_stand_in(&connect).await;
    let api = passport.api.account(ANNA);
    let answer = api.post("/api/v1/scans", &code()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let scan = answer.json();
    assert_eq!(
        (&scan["verdict"]["status"], &scan["verdict"]["headline"]),
        (&json!("available"), &json!("avoid"))
    );
    let asked = personalization.asked.lock().unwrap().remove(0);
    assert_eq!((&asked["account_id"], &asked["lot"]), (&json!(ANNA), &json!("LOT-7")));
    assert_eq!((&asked["use_by"], &asked["passport"]), (&json!("2026-11-30"), &scan["passport"]));
    let again = api.get(&format!("/api/v1/scans/{}", scan["scan_id"].as_str().unwrap())).await.json();
    assert_eq!(again["verdict"]["headline"], "avoid");
    let list = api.get("/api/v1/scans").await.json();
    assert_eq!(list["items"][0]["verdict"], json!({"status": "not_requested"}));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_visitor_is_not_judged(_: PgPoolOptions, connect: PgConnectOptions) {
    let (passport, personalization) = with_stand_in(&connect).await;
    let scan = passport.api.visitor(ANNA).post("/api/v1/scans", &code()).await.json();
    assert_eq!(scan["verdict"], json!({"status": "not_requested"}));
    let path = format!("/api/v1/me/verdicts/{OAT_DRINK}");
    assert_eq!(passport.api.visitor(ANNA).get(&path).await.status, StatusCode::UNAUTHORIZED);
    assert!(personalization.asked.lock().unwrap().is_empty());
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_verdict_without_a_scan_records_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let (passport, personalization) = with_stand_in(&connect).await;
    let api = passport.api.account(ANNA);
    let package = "lot=L%201&use_by=2026-11-30&best_before=2026-12-01";
    let answer = api.get(&format!("/api/v1/me/verdicts/9521234543213?{package}")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (StatusCode::OK, Some("no-store")));
    assert_eq!(answer.json()["headline"], "avoid");
    let asked = personalization.asked.lock().unwrap().remove(0);
    let told = (&asked["lot"], &asked["use_by"], &asked["best_before"]);
    assert_eq!(told, (&json!("L 1"), &json!("2026-11-30"), &json!("2026-12-01")));
    assert_eq!(api.get("/api/v1/scans").await.json()["items"], json!([]));
    for (path, status) in [
        ("/api/v1/me/verdicts/9521234543214", StatusCode::BAD_REQUEST),
        ("/api/v1/me/verdicts/09521234500018", StatusCode::NOT_FOUND),
        ("/api/v1/me/verdicts/9521234543213?use_by=soon", StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(api.get(path).await.status, status, "{path}");
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn no_verdict_is_kept_with_the_answer_to_a_request(_: PgPoolOptions, connect: PgConnectOptions) {
    let (passport, _) = with_stand_in(&connect).await;
    let api = passport.api.account(ANNA);
    let headers = [("content-type", "application/json"), ("idempotency-key", "tap-1")];
    let send = || api.send(Method::POST, "/api/v1/scans", &headers, Bytes::from(code().to_string()));
    let (first, again) = (send().await, send().await);
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json(), again.json());
    assert_eq!(again.json()["verdict"]["headline"], "avoid", "asked for again");
    let kept: Value = sqlx::query_scalar("select body from passport.idempotency_keys")
        .fetch_one(&passport.database)
        .await
        .unwrap();
    assert_eq!(kept["verdict"], json!({"status": "not_requested"}));
}

async fn is_unavailable_soon(passport: &Passport) {
    let asked_at = Instant::now();
    let answer = passport.api.account(ANNA).post("/api/v1/scans", &code()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(answer.json()["verdict"], json!({"status": "unavailable"}));
    assert!(asked_at.elapsed() < SOON, "{:?}", asked_at.elapsed());
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn without_personalization_a_scan_is_a_scan_all_the_same(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    is_unavailable_soon(&passport).await;
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn one_that_hangs_is_not_waited_for_and_after_some_not_asked(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let (passport, personalization) = with_stand_in(&connect).await;
    *personalization.mood.lock().unwrap() = Mood::Hung;
    for _ in 0..7 {
        is_unavailable_soon(&passport).await;
    }
    // A call that was given up before it arrived counts as silence as well.
    let asked = personalization.asked.lock().unwrap().len();
    assert!((1..=5).contains(&asked), "then the circuit is open: {asked}");
    *personalization.mood.lock().unwrap() = Mood::Well;
    passport.clock.advance(chrono::TimeDelta::seconds(2));
    let scan = passport.api.account(ANNA).post("/api/v1/scans", &code()).await.json();
    assert_eq!(scan["verdict"]["headline"], "avoid");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn one_that_cannot_say_is_asked_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let (passport, personalization) = with_stand_in(&connect).await;
    *personalization.mood.lock().unwrap() = Mood::Unable;
    for _ in 0..7 {
        is_unavailable_soon(&passport).await;
    }
    assert_eq!(personalization.asked.lock().unwrap().len(), 7);
}
