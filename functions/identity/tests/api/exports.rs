//! Exports: everything of one person, for that person only.

use bytes::Bytes;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use identity::{events::schedule, store};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Identity, PHONE, now, plain, send};

/// Begins an export and gathers it, as the schedule would.
async fn export(identity: &Identity, account: Uuid) -> Uuid {
    let job_id = Uuid::from_u128(account.as_u128() + 1);
    let mut conn = identity.app.database.acquire().await.unwrap();
    let before = now() - TimeDelta::minutes(5);
    store::exports::begin(&mut conn, account, job_id, schedule::parts(&identity.app), before).await.unwrap();
    drop(conn);
    schedule::gather_left_behind(&identity.app).await.unwrap();
    job_id
}

async fn job(identity: &Identity, account: Uuid, job_id: Uuid) -> Value {
    identity.api.account(account).get(&format!("/api/v1/jobs/{job_id}")).await.json()
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_export_has_every_services_part(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let anna = identity.api.account(ANNA);
    plain(&anna, Method::PUT, &format!("/internal/v1/visitors/{PHONE}/link")).await;
    let yes = json!({"granted": true, "policy_version": "1"});
    send(&anna, Method::PUT, "/api/v1/me/consents/health_profile", &yes).await;
    let job_id = export(&identity, ANNA).await;
    let path = format!("/api/v1/me/exports/{job_id}");
    assert_eq!(
        job(&identity, ANNA, job_id).await,
        json!({"state": "done", "done": 2, "total": 2, "errors": [], "result_url": path})
    );
    let export = anna.get(&path).await.json();
    assert_eq!(
        (&export["account_id"], &export["exported_at"]),
        (&json!(ANNA), &json!("2026-11-22T10:00:00Z"))
    );
    let own = &export["parts"][0]["data"];
    assert_eq!(own["credentials"][0]["email"], "anna@example.org");
    assert_eq!(own["visitors"][0]["visitor_id"], PHONE.to_string());
    assert_eq!(own["consents"][0]["purpose"], "health_profile");
    assert_eq!(export["parts"][1], json!({"service": "passport", "data": {"scans": [{"account": ANNA}]}}));
    assert!(!export.to_string().contains(&BEN.to_string()) && !export.to_string().contains("ben@"));
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_export_lies_sealed_and_where_it_belongs(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let [annas, bens] = [export(&identity, ANNA).await, export(&identity, BEN).await];
    let mut conn = identity.app.database.acquire().await.unwrap();
    let rows: Vec<String> = sqlx::query_scalar(
        "select to_jsonb(e)::text || encode(e.ciphertext, 'escape') from identity.exports e",
    )
    .fetch_all(&mut *conn)
    .await
    .unwrap();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| !row.contains("example.org") && !row.contains("parts")), "{rows:?}");
    let path = format!("/api/v1/me/exports/{annas}");
    let read = identity.api.account(ANNA).get(&path).await;
    assert_eq!((read.status, read.header("content-type")), (StatusCode::OK, Some("application/json")));
    assert_eq!(read.header("cache-control"), Some("no-store"));

    // Ben's document in Anna's row opens for nobody.
    sqlx::query(
        "update identity.exports a
            set key_id = b.key_id, wrapped_key = b.wrapped_key, ciphertext = b.ciphertext
           from identity.exports b where a.job_id = $1 and b.job_id = $2",
    )
    .bind(annas)
    .bind(bens)
    .execute(&mut *conn)
    .await
    .unwrap();
    assert_eq!(identity.api.account(ANNA).get(&path).await.status, StatusCode::INTERNAL_SERVER_ERROR);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_export_is_its_owners_only(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let job_id = export(&identity, ANNA).await;
    for path in [format!("/api/v1/jobs/{job_id}"), format!("/api/v1/me/exports/{job_id}")] {
        assert_eq!(identity.api.account(BEN).get(&path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(identity.api.get(&path).await.status, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_service_that_is_away_is_asked_again_and_given_up_after_an_hour(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let identity = Identity::with_accounts(&connect).await;
    identity.passport.answer(503);
    let job_id = export(&identity, ANNA).await;
    assert_eq!(job(&identity, ANNA, job_id).await["state"], "running");
    identity.app.clock.advance(TimeDelta::minutes(2));
    identity.passport.answer(200);
    schedule::gather_left_behind(&identity.app).await.unwrap();
    assert_eq!(job(&identity, ANNA, job_id).await["state"], "done");

    identity.passport.answer(503);
    let job_id = export(&identity, BEN).await;
    identity.app.clock.advance(TimeDelta::hours(2));
    schedule::gather_left_behind(&identity.app).await.unwrap();
    let failed = job(&identity, BEN, job_id).await;
    assert_eq!(failed["state"], "failed");
    assert!(failed["errors"][0]["detail"].as_str().unwrap().contains("another export"));
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_service_that_holds_nothing_has_no_part(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    identity.passport.answer(404);
    let job_id = export(&identity, ANNA).await;
    let export = identity.api.account(ANNA).get(&format!("/api/v1/me/exports/{job_id}")).await.json();
    assert_eq!(export["parts"].as_array().unwrap().len(), 1);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn asking_twice_with_one_key_is_one_export_and_strangers_have_none(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let identity = Identity::with_accounts(&connect).await;
    let ask = async |account| {
        let headers = [("idempotency-key", "k1")];
        identity.api.account(account).send(Method::POST, "/api/v1/me/export", &headers, Bytes::new()).await
    };
    let first = ask(ANNA).await;
    assert_eq!(first.status, StatusCode::ACCEPTED);
    assert_eq!(ask(ANNA).await.json(), first.json());
    assert_eq!(ask(Uuid::from_u128(9)).await.status, StatusCode::NOT_FOUND);
}
