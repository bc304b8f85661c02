//! Consents of accounts and visitors.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Identity, PHONE, send};

const TOPIC: &str = "identity.consent-changed.v1";

fn choice(granted: bool) -> Value {
    json!({"granted": granted, "policy_version": "2026-11"})
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn nobody_having_decided_is_no_consent(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let list = identity.api.account(ANNA).get("/api/v1/me/consents").await.json();
    let never =
        |purpose| json!({"purpose": purpose, "granted": false, "policy_version": null, "changed_at": null});
    assert_eq!(list, json!({"items": [never("health_profile"), never("measurement")], "next_cursor": null}));
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_decision_holds_is_announced_and_stays_in_the_history(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let anna = identity.api.account(ANNA);
    let path = "/api/v1/me/consents/health_profile";
    for granted in [true, true, false] {
        let answer = send(&anna, Method::PUT, path, &choice(granted)).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["granted"], granted);
    }
    let told: Vec<Value> = identity.facts(TOPIC).await.iter().map(|fact| fact["granted"].clone()).collect();
    assert_eq!(told, [json!(true), json!(false)], "the same again is no news");
    let history = anna.get("/api/v1/me/consents/history?limit=1").await.json();
    assert_eq!(history["items"][0]["granted"], false);
    let cursor = history["next_cursor"].as_str().unwrap();
    let rest = anna.get(&format!("/api/v1/me/consents/history?limit=1&cursor={cursor}")).await.json();
    assert_eq!((&rest["items"][0]["granted"], &rest["next_cursor"]), (&json!(true), &json!(null)));
    let others = identity.api.account(BEN).get("/api/v1/me/consents/history").await.json();
    assert_eq!(others["items"], json!([]));
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn other_functions_ask_for_the_decision_that_holds(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let path = format!("/internal/v1/accounts/{ANNA}/consents/health_profile");
    // No function of this build may ask but those that the manifest names; the gateway is none.
    assert_eq!(identity.from("api-gateway").get(&path).await.status, StatusCode::UNAUTHORIZED);
    send(&identity.api.account(ANNA), Method::PUT, "/api/v1/me/consents/health_profile", &choice(true)).await;
    let subject = identity::domain::erasure::Subject::Account(ANNA);
    let purpose = shared_contracts::identity::Purpose::HealthProfile;
    let held = identity::routes::consents::holding(&identity.app, subject, purpose).await.unwrap();
    assert!(held.granted && held.policy_version.as_deref() == Some("2026-11"));
    let nobody = identity::domain::erasure::Subject::Account(Uuid::from_u128(9));
    assert!(!identity::routes::consents::holding(&identity.app, nobody, purpose).await.unwrap().granted);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_visitor_consents_to_measurement_and_to_nothing_else(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    let visitor = identity.api.visitor(PHONE);
    let answer = send(&visitor, Method::PUT, "/api/v1/visitor/consents/measurement", &choice(true)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("x-visitor-used"), Some("true"));
    assert_eq!(identity.facts(TOPIC).await[0]["visitor_id"], PHONE.to_string());
    let list = visitor.get("/api/v1/visitor/consents").await.json();
    assert_eq!(list["items"][0]["granted"], true);
    let nobody = identity.api.get("/api/v1/visitor/consents").await.json();
    assert_eq!(nobody["items"][0]["granted"], false);
    for purpose in ["health_profile", "marketing"] {
        let path = format!("/api/v1/visitor/consents/{purpose}");
        assert_eq!(send(&visitor, Method::PUT, &path, &choice(true)).await.status, StatusCode::NOT_FOUND);
    }
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_decision_needs_a_known_purpose_a_text_and_an_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let (anna, path) = (identity.api.account(ANNA), "/api/v1/me/consents/measurement");
    let unknown = send(&anna, Method::PUT, "/api/v1/me/consents/marketing", &choice(true)).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    for body in [
        json!({"granted": true}),
        json!({"granted": true, "policy_version": " "}),
        json!({"granted": true, "policy_version": "1", "account_id": BEN}),
    ] {
        let answer = send(&anna, Method::PUT, path, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
    }
    let stranger = identity.api.account(Uuid::from_u128(9));
    assert_eq!(send(&stranger, Method::PUT, path, &choice(true)).await.status, StatusCode::NOT_FOUND);
    assert!(identity.facts(TOPIC).await.is_empty());
}
