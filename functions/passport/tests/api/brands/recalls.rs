//! `/api/v1/brand/recalls`.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::testing::Answer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{EDITOR, FJELL, OAT_DRINK, Passport, brand, oat_drink, passport, stock};

const ANNA: Uuid = Uuid::from_u128(0xa11a);

async fn fjell(connect: &PgConnectOptions) -> Passport {
    let passport = passport(connect);
    passport.found_fjell(true).await;
    stock(&passport.database, oat_drink()).await;
    passport
}

fn glass(more: &Value) -> Value {
    let mut recall =
        json!({"gtin": "9521234543213", "reason": "Pieces of glass", "instructions": "Bring it back"});
    recall.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    recall
}

async fn open(passport: &Passport, recall: &Value) -> Answer {
    passport.editor().post("/api/v1/brand/recalls", recall).await
}

async fn lift(passport: &Passport, recall: &Value) -> Answer {
    let path = format!("/api/v1/brand/recalls/{}/lift", recall["recall_id"].as_str().unwrap());
    passport.editor().send(Method::POST, &path, &[], bytes::Bytes::new()).await
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_recall_shows_on_the_passport_and_in_scans_until_it_is_lifted(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = fjell(&connect).await;
    let reach = async |code: &str| {
        let scan = passport.api.visitor(ANNA).post("/api/v1/scans", &json!({"code": code})).await.json();
        scan["recall_status"].as_str().unwrap().to_owned()
    };
    assert_eq!(reach(OAT_DRINK).await, "none");
    let opened = open(&passport, &glass(&json!({"lots": ["L-7"]}))).await;
    assert_eq!(opened.status, StatusCode::CREATED);
    let recall = opened.json();
    let seen =
        async || passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.json()["recalls"].clone();
    assert_eq!(
        seen().await,
        json!([{"recall_id": recall["recall_id"], "lots": ["L-7"], "status": "active", "reason": "Pieces of glass",
            "instructions": "Bring it back"}])
    );
    for (code, wanted) in [
        (OAT_DRINK.to_owned(), "cannot_tell"),
        (format!("https://id.example.org/01/{OAT_DRINK}/10/L-7"), "affected"),
        (format!("https://id.example.org/01/{OAT_DRINK}/10/L-8"), "not_affected"),
    ] {
        assert_eq!(reach(&code).await, wanted, "{code}");
    }
    passport.clock.advance(chrono::TimeDelta::hours(1));
    let lifted = lift(&passport, &recall).await.json();
    assert_eq!((&lifted["status"], &lifted["lifted_at"]), (&json!("lifted"), &json!("2026-11-22T11:00:00Z")));
    assert_eq!(lift(&passport, &recall).await.json(), lifted, "once more changes nothing");
    assert_eq!(seen().await[0]["status"], "lifted");
    let scans = passport.api.visitor(ANNA).get("/api/v1/scans").await.json();
    assert!(scans["items"].as_array().unwrap().iter().all(|scan| scan["recall_status"] == "none"));
    let told = passport.waiting("passport.product-recalled.v1").await;
    let states: Vec<&Value> = told.iter().map(|fact| &fact["status"]).collect();
    assert_eq!(states, ["active", "lifted"]);
    assert_eq!((&told[0]["brand_id"], &told[0]["lots"]), (&json!(FJELL), &json!(["L-7"])));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_same_request_with_its_key_opens_one_recall(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    let send = async |recall: &Value| {
        let headers = [("content-type", "application/json"), ("idempotency-key", "r1")];
        passport
            .editor()
            .send(Method::POST, "/api/v1/brand/recalls", &headers, recall.to_string().into())
            .await
    };
    let first = send(&glass(&json!({}))).await;
    assert_eq!(send(&glass(&json!({}))).await.json(), first.json());
    let other = send(&glass(&json!({"lots": ["L"]}))).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    let listed = passport.editor().get("/api/v1/brand/recalls").await.json();
    assert_eq!(listed["items"], json!([first.json()]));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn what_is_no_recall_is_422_and_what_is_not_theirs_404(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    for (more, pointer) in [
        (json!({"gtin": "9521234543214"}), "/gtin"),
        (json!({"lots": []}), "/lots"),
        (json!({"use_by": ["2026-12-02", "2026-12-01"]}), "/use_by"),
        (json!({"brand_id": FJELL}), ""),
    ] {
        let answer = open(&passport, &glass(&more)).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(answer.json()["errors"][0]["pointer"].as_str().unwrap().starts_with(pointer));
    }
    assert_eq!(
        open(&passport, &glass(&json!({"gtin": "9521234100010"}))).await.status,
        StatusCode::NOT_FOUND,
        "no such product"
    );
    let recall = open(&passport, &glass(&json!({}))).await.json();
    let other = Uuid::from_u128(0x07e4);
    passport.hear(brand(other, "Other", &["9521321"], true)).await;
    let path = format!("/api/v1/brand/recalls/{}/lift", recall["recall_id"].as_str().unwrap());
    let foreign = passport.api.brand(EDITOR, other, "owner");
    let answer = foreign.send(Method::POST, &path, &[], bytes::Bytes::new()).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert_eq!(foreign.get("/api/v1/brand/recalls").await.json()["items"], json!([]));
}
