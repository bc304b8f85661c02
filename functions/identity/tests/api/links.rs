//! Visitors who turn out to be accounts, and what Keycloak reads.

use http::{Method, StatusCode};
use serde_json::json;
use service_chassis::testing;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Identity, PHONE, plain};

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_visitor_is_linked_once_and_never_moves(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let path = format!("/internal/v1/visitors/{PHONE}/link");
    let link = async |account| plain(&identity.api.account(account), Method::PUT, &path).await.json();
    assert_eq!(link(ANNA).await, json!({"status": "linked"}));
    assert_eq!(link(ANNA).await, json!({"status": "linked"}));
    assert_eq!(link(BEN).await, json!({"status": "belongs_to_another"}));
    let facts = identity.facts("identity.visitor-linked.v1").await;
    assert_eq!(
        facts,
        [json!({"visitor_id": PHONE, "account_id": ANNA, "linked_at": "2026-11-22T10:00:00Z"})]
    );
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn nobody_and_strangers_are_linked_to_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let path = format!("/internal/v1/visitors/{PHONE}/link");
    assert_eq!(plain(&identity.api, Method::PUT, &path).await.status, StatusCode::NOT_FOUND);
    let stranger = identity.api.account(Uuid::from_u128(9));
    assert_eq!(plain(&stranger, Method::PUT, &path).await.status, StatusCode::NOT_FOUND);
    assert!(identity.announced().await.is_empty());
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn internal_routes_are_for_those_whom_the_manifest_names(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    for path in [
        format!("/internal/v1/accounts/{ANNA}/brand-scope"),
        format!("/internal/v1/accounts/{ANNA}/consents/measurement"),
        "/internal/v1/revocations?since=2026-11-22T10:00:00Z".to_owned(),
        "/api/v1/me".to_owned(),
    ] {
        let answer = identity.from("passport").account(ANNA).get(&path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn keycloak_reads_public_keys_without_a_token_and_nothing_else(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let identity = Identity::start(&connect).await;
    let get =
        async |path| testing::call(identity.router(), Method::GET, path, &[], bytes::Bytes::new()).await;
    let keys = get("/.well-known/jwks.json").await;
    assert_eq!(keys.status, StatusCode::OK);
    let key = &keys.json()["keys"][0];
    assert_eq!(
        (&key["kid"], &key["crv"], &key["use"]),
        (&json!("client-1"), &json!("Ed25519"), &json!("sig"))
    );
    assert!(key.get("d").is_none() && key.get("pkcs8").is_none());
    for path in ["/api/v1/me", "/internal/v1/revocations?since=2026-11-22T10:00:00Z"] {
        assert_eq!(get(path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
    assert_eq!(get("/.well-known").await.status, StatusCode::NOT_FOUND);
}
