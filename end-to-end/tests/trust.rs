//! The gateway is the only door, and a service sees its own schema only.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::sync::LazyLock;

use end_to_end::{person::Person, stack::Stack};
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use uuid::Uuid;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

#[tokio::test(flavor = "multi_thread")]
async fn forged_identity_headers_gain_nothing() {
    let victim = Person::signed_in(&STACK, "consumer").await.unwrap();
    let scan: Value = victim.scan("9521234543213").await.unwrap().json().await.unwrap();
    let path = format!("/api/v1/scans/{}", scan["scan_id"].as_str().unwrap());
    let account = &STACK.user("consumer").unwrap().account_id;
    let forged = [
        ("X-Account-Id", account.as_str()),
        ("x-account-id", account.as_str()),
        ("X-Visitor-Id", account.as_str()),
        ("X-Brand-Id", account.as_str()),
        ("X-Internal-Token", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."),
        ("X-Roles", "platform-admin"),
    ];
    for (name, value) in forged {
        let attacker = Person::anonymous(&STACK).unwrap();
        let request = attacker.request(Method::GET, &path).header(name, value).header("Connection", name);
        let answer = attacker.send(request).await.unwrap();
        assert_eq!(answer.status(), 404, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_answers_nobody_without_an_internal_token() {
    let url = format!("{}/api/v1/scans", STACK.function("passport").unwrap().url);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let person = Person::signed_in(&STACK, "consumer").await.unwrap();
    let account = &STACK.user("consumer").unwrap().account_id;
    let requests = [
        client.get(&url),
        client.get(&url).header("X-Account-Id", account),
        client.get(&url).bearer_auth(person.token().unwrap()).header("X-Account-Id", account),
        client.get(&url).header("X-Internal-Token", person.token().unwrap()).header("X-Account-Id", account),
        client
            .post(&url)
            .json(&json!({"code": "9521234543213"}))
            .header("X-Visitor-Id", Uuid::nil().to_string()),
    ];
    for request in requests {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 401);
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["status"], 401);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn internal_routes_are_not_there_for_the_public() {
    let person = Person::anonymous(&STACK).unwrap();
    for path in ["/internal/v1/accounts", "/%69nternal/v1/accounts", "/INTERNAL/v1/accounts", "/internal"] {
        let status = person.get(path).await.unwrap().status().as_u16();
        assert!(matches!(status, 400 | 404), "{path}: {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_door_hides_keycloaks_administration() {
    let person = Person::anonymous(&STACK).unwrap();
    let realm = person.get("/auth/realms/packytrace/.well-known/openid-configuration").await.unwrap();
    assert_eq!(realm.status(), 200, "the positive control");
    for path in [
        "/auth/admin/master/console/",
        "/auth/admin/realms/packytrace/users",
        "/auth/realms/master/.well-known/openid-configuration",
        "/auth/realms/packytrace/%2e%2e/master",
        "/auth/metrics",
        "/auth/health",
        "/auth",
    ] {
        assert_eq!(person.get(path).await.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_login_of_passport_is_locked_into_its_schema() {
    let url = STACK.function("passport").unwrap().database_url.clone().unwrap();
    let options: PgConnectOptions = url.parse().unwrap();
    let mut conn = PgConnection::connect_with(&options).await.unwrap();
    conn.execute("select 1 from passport.scans").await.expect("the positive control");
    for refused in [
        "set role identity_svc",
        "set role passport_owner",
        "set role postgres",
        "select * from identity.accounts",
        "create table identity.more (id int)",
        "create table passport.more (id int)",
        "alter table passport.scans add column x text",
        "select pg_read_file('/etc/passwd')",
        "select rolpassword from pg_authid",
    ] {
        let error = conn.execute(refused).await.expect_err(refused);
        let code = error.as_database_error().unwrap().code().unwrap().into_owned();
        assert!(["42501", "3F000"].contains(&code.as_str()), "{refused}: {code}");
    }
    for database in ["keycloak", "packytrace_analytics", "postgres"] {
        let error = options.clone().database(database).connect().await.expect_err(database);
        let code = error.as_database_error().unwrap().code().unwrap().into_owned();
        assert_eq!(code, "42501", "{database}");
    }
}
