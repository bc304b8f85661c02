//! `POST /api/v1/accounts`.

use bytes::Bytes;
use chrono::TimeDelta;
use http::{Method, StatusCode};
use identity::{domain::registration::Step, events::schedule};
use serde_json::{Value, json};
use service_chassis::testing::Answer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{Identity, PHONE, count, keycloak::Mood, send};

const PATH: &str = "/api/v1/accounts";
const PASSWORD: &str = "reads labels at night";

fn anna() -> Value {
    json!({"email": "Anna@Example.org", "password": PASSWORD, "display_name": "Anna", "locale": "de"})
}

async fn register(identity: &Identity) -> Answer {
    identity.api.visitor(PHONE).post(PATH, &anna()).await
}

fn id(answer: &Answer) -> Uuid {
    answer.json()["account_id"].as_str().unwrap().parse().unwrap()
}

/// One user, one account, and the same id.
async fn assert_one(identity: &Identity) {
    let users = identity.keycloak.users();
    assert_eq!(users.len(), 1, "{users:?}");
    assert_eq!(users[0].1, "anna@example.org");
    let me = identity.api.account(users[0].0).get("/api/v1/me").await;
    assert_eq!(me.status, StatusCode::OK);
    assert_eq!(count(&identity.app.database, "select count(*) from identity.accounts").await, 1);
    assert_eq!(count(&identity.app.database, "select count(*) from identity.registrations").await, 0);
    let links = identity.facts("identity.visitor-linked.v1").await;
    assert_eq!(links.len(), 1);
    assert_eq!(links[0]["visitor_id"], PHONE.to_string());
    assert_eq!(links[0]["account_id"], users[0].0.to_string());
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_registration_makes_one_user_and_the_account_of_its_id(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let identity = Identity::start(&connect).await;
    let answer = register(&identity).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(
        identity.keycloak.users(),
        [(id(&answer), "anna@example.org".to_owned(), PASSWORD.to_owned())]
    );
    assert_one(&identity).await;
    let me = identity.api.account(id(&answer)).get("/api/v1/me").await.json();
    assert_eq!((&me["display_name"], &me["language"]), (&json!("Anna"), &json!("de")));
}

async fn killed_after(step: Step, connect: &PgConnectOptions) {
    let identity = Identity::start(connect).await;
    identity.stop_after(Some(step));
    assert_eq!(register(&identity).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    identity.stop_after(None);
    assert_eq!(register(&identity).await.status, StatusCode::CREATED, "{step:?}");
    assert_one(&identity).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn killed_before_keycloak_a_retry_ends_in_one_account(_: PgPoolOptions, connect: PgConnectOptions) {
    killed_after(Step::Noted, &connect).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn killed_after_keycloak_a_retry_ends_in_one_account(_: PgPoolOptions, connect: PgConnectOptions) {
    killed_after(Step::UserMade, &connect).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn killed_before_the_commit_a_retry_ends_in_one_account(_: PgPoolOptions, connect: PgConnectOptions) {
    killed_after(Step::AccountWritten, &connect).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_answer_that_got_lost_comes_again_under_its_key(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    let again = async |body: &Value| {
        let headers = [("content-type", "application/json"), ("idempotency-key", "k1")];
        let body = Bytes::from(body.to_string());
        identity.api.visitor(PHONE).send(Method::POST, PATH, &headers, body).await
    };
    identity.stop_after(Some(Step::Committed));
    assert_eq!(again(&anna()).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    identity.stop_after(None);
    let answer = again(&anna()).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    assert_eq!(id(&answer), identity.keycloak.users()[0].0);
    assert_one(&identity).await;
    let mut other = anna();
    other["password"] = json!("another password, quite long");
    let refused = again(&other).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.json()["type"].as_str().unwrap().ends_with("idempotency-key-reused"));
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn what_nobody_tries_again_the_schedule_finishes(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    identity.stop_after(Some(Step::UserMade));
    register(&identity).await;
    schedule::finish_registrations(&identity.app).await.unwrap();
    assert_eq!(count(&identity.app.database, "select count(*) from identity.accounts").await, 0, "too early");
    identity.app.clock.advance(TimeDelta::minutes(2));
    schedule::finish_registrations(&identity.app).await.unwrap();
    assert_one(&identity).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_answer_of_keycloak_that_got_lost_leaves_no_second_user(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let identity = Identity::start(&connect).await;
    identity.keycloak.set(Mood::Muddled);
    let unclear = register(&identity).await;
    assert_eq!(unclear.status, StatusCode::SERVICE_UNAVAILABLE);
    identity.keycloak.set(Mood::Well);
    assert_eq!(register(&identity).await.status, StatusCode::CREATED);
    assert_one(&identity).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn while_keycloak_is_down_nothing_is_half_done(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    identity.keycloak.set(Mood::Down);
    let refused = register(&identity).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(refused.header("retry-after"), Some("5"));
    assert!(refused.json()["detail"].as_str().unwrap().contains("try again"));
    assert_eq!(count(&identity.app.database, "select count(*) from identity.accounts").await, 0);
    assert_eq!(count(&identity.app.database, "select count(*) from identity.registrations").await, 0);
    identity.keycloak.set(Mood::Well);
    assert_eq!(register(&identity).await.status, StatusCode::CREATED);
    assert_one(&identity).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_address_is_taken_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    assert_eq!(register(&identity).await.status, StatusCode::CREATED);
    let mut thief = anna();
    thief["email"] = json!("ANNA@example.org");
    thief["password"] = json!("I would like to be Anna");
    let answer = identity.api.post(PATH, &thief).await;
    assert_eq!(answer.status, StatusCode::CONFLICT);
    assert_eq!(identity.keycloak.users()[0].2, PASSWORD, "her password is hers");
    assert_one(&identity).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn with_mail_the_answer_does_not_tell_who_has_an_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    let api = identity.with_mail().visitor(PHONE);
    let (new, taken) = (api.post(PATH, &anna()).await, api.post(PATH, &anna()).await);
    assert_eq!((new.status, taken.status), (StatusCode::ACCEPTED, StatusCode::ACCEPTED));
    assert_eq!(new.body, taken.body);
    assert_eq!(identity.keycloak.mails(), [identity.keycloak.users()[0].0]);
    assert_one(&identity).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_user_whom_keycloak_had_before_is_nobodys_to_take(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    identity.keycloak.add(Uuid::from_u128(1), "anna@example.org");
    identity.app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(register(&identity).await.status, StatusCode::CONFLICT);
    assert_eq!(identity.keycloak.users()[0].2, "made by hand in keycloak");
    assert_eq!(count(&identity.app.database, "select count(*) from identity.registrations").await, 0);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn many_at_once_with_one_address_make_one_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    let answers = futures::future::join_all((0..6).map(|_| register(&identity))).await;
    let made = answers.iter().filter(|answer| answer.status == StatusCode::CREATED).count();
    let taken = answers.iter().filter(|answer| answer.status == StatusCode::CONFLICT).count();
    assert_eq!((made, taken), (1, 5), "{:?}", answers.iter().map(|a| a.status).collect::<Vec<_>>());
    assert_one(&identity).await;
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn what_breaks_a_rule_is_named(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    for (member, value) in [
        ("email", json!("no address")),
        ("password", json!("short")),
        ("password", json!("anna@example.org")),
        ("display_name", json!("x".repeat(101))),
        ("locale", json!("klingon")),
        ("role", json!("platform-admin")),
    ] {
        let mut body = anna();
        body[member] = value;
        let answer = identity.api.post(PATH, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{member}");
        assert_eq!(answer.json()["errors"][0]["pointer"], format!("/{member}"));
        assert!(!answer.body.windows(16).any(|part| part == b"anna@example.org"), "nothing is repeated");
    }
    identity.keycloak.set(Mood::Strict);
    let answer = send(&identity.api, Method::POST, PATH, &anna()).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(answer.json()["errors"][0]["pointer"], "/password");
    assert_eq!(count(&identity.app.database, "select count(*) from identity.registrations").await, 0);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_user_made_by_hand_gets_an_account(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::start(&connect).await;
    identity.keycloak.add(Uuid::from_u128(1), "admin@example.org");
    identity.app.clock.advance(TimeDelta::minutes(2));
    schedule::compare_users(&identity.app).await.unwrap();
    let me = identity.api.account(Uuid::from_u128(1)).get("/api/v1/me").await;
    assert_eq!(me.status, StatusCode::OK);
}
