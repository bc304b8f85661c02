//! Erasure: of accounts and visitors, with everybody's confirmation.

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{Method, StatusCode};
use identity::{
    domain::erasure::{Logged, Subject},
    events::{self, schedule},
};
use serde_json::{Value, json};
use service_chassis::{
    ids::Ids,
    runtime::{KafkaEvent, KafkaRecord},
    testing::Answer,
};
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Identity, PHONE, count, keycloak::Mood, plain, send};

async fn erase(identity: &Identity, account: Uuid) -> Answer {
    plain(&identity.api.account(account), Method::DELETE, "/api/v1/me").await
}

async fn state(identity: &Identity, begun: &Answer) -> Value {
    let id = begun.json()["erasure_id"].as_str().unwrap().to_owned();
    identity.api.get(&format!("/api/v1/erasures/{id}")).await.json()
}

/// What a service says when it has erased somebody.
async fn confirm(identity: &Identity, service: &str, account: Uuid, event: u8) {
    let value = json!({
        "specversion": "1.0",
        "id": format!("01a202b2-c500-7000-8000-0000000000{event:02x}"),
        "source": service,
        "type": format!("packytrace.{service}.ErasureCompleted.v1"),
        "time": "2026-11-22T10:00:01Z",
        "dataschema": format!("urn:packytrace:schema:{service}.erasure-completed.v1"),
        "data": {"account_id": account, "completed_at": "2026-11-22T10:00:01Z"},
    });
    let mut record = KafkaRecord::default();
    record.topic = Some(format!("{service}.erasure-completed.v1"));
    record.value = Some(BASE64_STANDARD.encode(value.to_string()));
    let mut batch = KafkaEvent::default();
    batch.records.insert(format!("{service}-0"), vec![record]);
    let answer = events::consumer(&identity.app).unwrap().handle(batch).await.unwrap();
    assert_eq!(serde_json::to_value(answer).unwrap()["batchItemFailures"], json!([]));
}

/// A life: a linked browser, consents of both, a kept answer.
async fn live(identity: &Identity, account: Uuid) {
    let person = identity.api.account(account);
    let link = format!("/internal/v1/visitors/{PHONE}/link");
    assert_eq!(plain(&person, Method::PUT, &link).await.status, StatusCode::OK);
    let yes = json!({"granted": true, "policy_version": "1"});
    send(&person, Method::PUT, "/api/v1/me/consents/health_profile", &yes).await;
    let visitor = identity.api.visitor(PHONE);
    send(&visitor, Method::PUT, "/api/v1/visitor/consents/measurement", &yes).await;
    let headers = [("idempotency-key", "k1")];
    person.send(Method::POST, "/api/v1/me/export", &headers, Bytes::new()).await;
}

/// Every text of every table of the schema but the outbox, whose rows go when they are sent.
async fn everything(connect: &PgConnectOptions) -> String {
    let pool = PgPool::connect_with(connect.clone()).await.unwrap();
    let tables: Vec<String> = sqlx::query_scalar(
        "select tablename::text from pg_tables where schemaname = 'identity' and tablename <> 'outbox'",
    )
    .fetch_all(&pool)
    .await
    .unwrap();
    let mut all = String::new();
    for table in tables {
        let sql = sqlx::AssertSqlSafe(format!(
            "select coalesce(string_agg(t::text, ' '), '') from identity.{table} t"
        ));
        all += &sqlx::query_scalar::<_, String>(sql).fetch_one(&pool).await.unwrap();
    }
    all
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn nothing_of_the_person_is_left_but_a_proof_without_name(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    live(&identity, ANNA).await;
    let begun = erase(&identity, ANNA).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED);
    assert_eq!(begun.header("x-visitor-gone"), Some("true"));
    let fact = &identity.facts("identity.account-erased.v1").await[0];
    assert_eq!(fact["account_id"], ANNA.to_string());
    assert_eq!(fact["visitor_ids"], json!([PHONE]));
    assert_eq!(identity.keycloak.users().len(), 1, "only Ben is left");
    confirm(&identity, "passport", ANNA, 1).await;
    confirm(&identity, "personalization", ANNA, 2).await;

    let left = everything(&connect).await;
    assert!(!left.contains(&ANNA.to_string()) && !left.contains(&PHONE.to_string()), "{left}");
    assert!(left.contains(&BEN.to_string()), "the positive control");
    let proofs = PgPool::connect_with(connect.clone()).await.unwrap();
    assert_eq!(count(&proofs, "select count(*) from identity.consent_proofs").await, 2);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_erasure_is_complete_when_everybody_has_confirmed(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let begun = erase(&identity, ANNA).await;
    let first = state(&identity, &begun).await;
    assert_eq!(first["state"], "in_progress");
    let services: Vec<&str> = first["confirmations"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["service"].as_str().unwrap())
        .collect();
    assert_eq!(services, ["keycloak", "passport", "personalization"]);
    confirm(&identity, "passport", ANNA, 1).await;
    confirm(&identity, "passport", ANNA, 1).await;
    assert_eq!(state(&identity, &begun).await["state"], "in_progress");
    confirm(&identity, "passport", BEN, 3).await;
    confirm(&identity, "personalization", ANNA, 2).await;
    let last = state(&identity, &begun).await;
    assert_eq!(last["state"], "completed");
    assert_eq!(last["confirmations"][1]["completed_at"], "2026-11-22T10:00:01Z");
    let stranger = identity.api.get(&format!("/api/v1/erasures/{ANNA}")).await;
    assert_eq!(stranger.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn tokens_of_an_erased_account_are_void(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let since = "/internal/v1/revocations?since=2026-11-22T09:59:00Z";
    assert_eq!(identity.api.get(since).await.json(), json!({"accounts": []}));
    erase(&identity, ANNA).await;
    let digest = identity::domain::pseudonym::hex(&identity::domain::pseudonym::digest_of(ANNA));
    assert_eq!(identity.api.get(since).await.json(), json!({"accounts": [digest]}));
    let later = "/internal/v1/revocations?since=2026-11-22T10:01:00Z";
    assert_eq!(identity.api.get(later).await.json(), json!({"accounts": []}));
    assert_eq!(erase(&identity, ANNA).await.status, StatusCode::NOT_FOUND);
    let yes = json!({"granted": true, "policy_version": "1"});
    let late = send(&identity.api.account(ANNA), Method::PUT, "/api/v1/me/consents/measurement", &yes).await;
    assert_eq!(late.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn while_keycloak_is_down_the_user_waits_for_the_schedule(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    identity.keycloak.set(Mood::Down);
    let begun = erase(&identity, ANNA).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED);
    confirm(&identity, "passport", ANNA, 1).await;
    confirm(&identity, "personalization", ANNA, 2).await;
    assert_eq!(state(&identity, &begun).await["state"], "in_progress");
    identity.keycloak.set(Mood::Well);
    schedule::compare_users(&identity.app).await.unwrap();
    assert_eq!(identity.api.account(ANNA).get("/api/v1/me").await.status, StatusCode::NOT_FOUND);
    schedule::forget_users(&identity.app).await.unwrap();
    assert_eq!(identity.keycloak.users().len(), 1);
    assert_eq!(state(&identity, &begun).await["state"], "completed");
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_visitor_is_erased_without_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let visitor = identity.api.visitor(PHONE);
    let yes = json!({"granted": true, "policy_version": "1"});
    send(&visitor, Method::PUT, "/api/v1/visitor/consents/measurement", &yes).await;
    let begun = plain(&visitor, Method::DELETE, "/api/v1/visitor").await;
    assert_eq!(begun.status, StatusCode::ACCEPTED);
    assert_eq!(begun.header("x-visitor-gone"), Some("true"));
    let again = plain(&visitor, Method::DELETE, "/api/v1/visitor").await;
    assert_eq!(again.json(), begun.json(), "twice is once");
    let fact = &identity.facts("identity.account-erased.v1").await[0];
    assert_eq!((&fact["account_id"], &fact["visitor_ids"]), (&json!(PHONE), &json!([PHONE])));
    confirm(&identity, "passport", PHONE, 1).await;
    confirm(&identity, "personalization", PHONE, 2).await;
    assert_eq!(state(&identity, &begun).await["state"], "completed");
    assert!(!everything(&connect).await.contains(&PHONE.to_string()));
    let nobody = plain(&identity.api, Method::DELETE, "/api/v1/visitor").await;
    assert_eq!(nobody.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_erasure_is_noted_elsewhere_or_not_answered(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    live(&identity, ANNA).await;
    let folder = std::env::temp_dir().join(format!("erasures-{}", Ids::system().random()));
    std::fs::write(&folder, "no folder").unwrap();
    let path = "/api/v1/me";
    let noting = identity.noting_erasures(&folder).await;
    let refused = plain(&noting.account(ANNA), Method::DELETE, path).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(everything(&connect).await.contains(&ANNA.to_string()), "nothing was erased");

    std::fs::remove_file(&folder).unwrap();
    let begun = plain(&noting.account(ANNA), Method::DELETE, path).await;
    assert_eq!(begun.status, StatusCode::ACCEPTED);
    let noted: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let text = std::fs::read(&noted[0]).unwrap();
    let logged: Logged = serde_json::from_slice(&text).unwrap();
    assert_eq!((noted.len(), logged.subject, logged.visitor_ids), (1, Subject::Account(ANNA), vec![PHONE]));
    assert_eq!(logged.erasure_id.to_string(), begun.json()["erasure_id"].as_str().unwrap());
    std::fs::remove_dir_all(folder).unwrap();
}
