//! `/api/v1/me`.

use http::{Method, StatusCode};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Identity, send};

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn what_a_change_does_not_name_stays(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let anna = identity.api.account(ANNA);
    let first = json!({"display_name": " Anna ", "time_zone": "Europe/Vienna"});
    assert_eq!(send(&anna, Method::PATCH, "/api/v1/me", &first).await.status, StatusCode::OK);
    let second = json!({"units": "imperial", "language": "de"});
    let me = send(&anna, Method::PATCH, "/api/v1/me", &second).await.json();
    assert_eq!(
        me,
        json!({
            "account_id": ANNA, "display_name": "Anna", "language": "de", "time_zone": "Europe/Vienna",
            "units": "imperial", "created_at": "2026-11-22T10:00:00Z",
        })
    );
    assert_eq!(anna.get("/api/v1/me").await.json(), me);
    let ben = identity.api.account(BEN).get("/api/v1/me").await.json();
    assert_eq!((&ben["display_name"], &ben["units"]), (&json!(null), &json!("metric")));
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn impossible_changes_are_named_and_change_nothing(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let anna = identity.api.account(ANNA);
    for (member, value) in [
        ("time_zone", "Mars/Olympus"),
        ("language", "x"),
        ("units", "stones"),
        ("account_id", "0199c0de-0000-7000-8000-000000000000"),
    ] {
        let answer =
            send(&anna, Method::PATCH, "/api/v1/me", &json!({"display_name": "X", member: value})).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{member}");
        assert_eq!(answer.json()["errors"][0]["pointer"], format!("/{member}"));
    }
    assert_eq!(anna.get("/api/v1/me").await.json()["display_name"], json!(null));
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn nobody_and_strangers_have_no_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    assert_eq!(identity.api.get("/api/v1/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        identity.api.account(Uuid::from_u128(9)).get("/api/v1/me").await.status,
        StatusCode::NOT_FOUND
    );
}
