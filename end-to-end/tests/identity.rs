//! People and brands, from registration to erasure, with the real Keycloak.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{sync::LazyLock, time::Duration};

use end_to_end::{facts::Facts, patience::within, person::Person, stack::Stack};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, ConnectOptions, PgConnection, postgres::PgConnectOptions};
use tokio::time::Instant;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

const DEMO: &str = "9521234543213";
const PASSWORD: &str = "reads labels at night";

/// An address that nobody has used.
fn fresh_email(of: &str) -> String {
    format!("{of}-{}@example.net", service_chassis::ids::Ids::system().random().simple())
}

async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}

async fn register(person: &Person<'_>, email: &str) -> Response {
    person
        .ask(Method::POST, "/api/v1/accounts", &json!({"email": email, "password": PASSWORD}))
        .await
        .unwrap()
}

/// Somebody with a new account, signed in, and the account's id.
async fn newcomer(of: &str) -> (Person<'static>, String) {
    let (mut person, email) = (Person::anonymous(&STACK).unwrap(), fresh_email(of));
    let answer = register(&person, &email).await;
    assert_eq!(answer.status(), 201);
    let account = json(answer).await["account_id"].as_str().unwrap().to_owned();
    person.sign_in(&email, PASSWORD).await.unwrap();
    (person, account)
}

/// Every table of a database that has a text somewhere in it.
async fn tables_with(text: &str, database: &str) -> Vec<String> {
    let options: PgConnectOptions = STACK.postgres_admin_url.parse().unwrap();
    let mut conn: PgConnection = options.database(database).connect().await.unwrap();
    let tables: Vec<(String, String)> = sqlx::query_as(
        "select schemaname::text, tablename::text from pg_tables
          where schemaname not in ('pg_catalog', 'information_schema')",
    )
    .fetch_all(&mut conn)
    .await
    .unwrap();
    let mut found = Vec::new();
    for (schema, table) in tables {
        let sql = format!(
            "select exists (select from \"{schema}\".\"{table}\" t where position($1 in t::text) > 0)"
        );
        if sqlx::query_scalar(AssertSqlSafe(sql)).bind(text).fetch_one(&mut conn).await.unwrap() {
            found.push(format!("{schema}.{table}"));
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_registers_consents_and_takes_everything_along() {
    let links = Facts::from_now(&STACK, "identity.visitor-linked.v1").unwrap();
    let visitor = Person::anonymous(&STACK).unwrap();
    visitor.scan(DEMO).await.unwrap();
    let (mut anna, email) = (visitor, fresh_email("anna"));
    let account = json(register(&anna, &email).await).await["account_id"].clone();
    anna.sign_in(&email, PASSWORD).await.unwrap();
    let ours = |event: &Value| event["data"]["account_id"] == account;
    assert!(links.until(Duration::from_secs(20), |events| events.iter().any(ours)).unwrap().iter().any(ours));

    let me = json(anna.get("/api/v1/me").await.unwrap()).await;
    assert_eq!((&me["account_id"], &me["units"]), (&account, &json!("metric")));
    let path = "/api/v1/me/consents/health_profile";
    for granted in [true, false] {
        let choice = json!({"granted": granted, "policy_version": "2026-11"});
        let consent = json(anna.ask(Method::PUT, path, &choice).await.unwrap()).await;
        assert_eq!(consent["granted"], granted);
    }
    let history = json(anna.get("/api/v1/me/consents/history").await.unwrap()).await;
    assert_eq!(history["items"].as_array().unwrap().len(), 2);

    let begun = anna.call(Method::POST, "/api/v1/me/export").await.unwrap();
    assert_eq!(begun.status(), 202);
    let job = format!("/api/v1/jobs/{}", json(begun).await["job_id"].as_str().unwrap());
    let done = within(Duration::from_secs(20), "an export", async || {
        let state = json(anna.get(&job).await?).await;
        Ok((state["state"] == "done").then_some(state))
    });
    let result = done.await.unwrap()["result_url"].as_str().unwrap().to_owned();
    let export = json(anna.get(&result).await.unwrap()).await;
    assert_eq!(export["account_id"], account);
    assert_eq!(export["parts"][0]["data"]["credentials"][0]["email"], email);
    assert_eq!(export["parts"][0]["data"]["consents"].as_array().unwrap().len(), 2);
    let (ben, _) = newcomer("ben").await;
    for path in [&job, &result] {
        assert_eq!(ben.get(path).await.unwrap().status(), 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_erasure_nobody_knows_the_person() {
    let (person, account) = newcomer("gone").await;
    person.scan(DEMO).await.unwrap();
    let choice = json!({"granted": true, "policy_version": "2026-11"});
    person.ask(Method::PUT, "/api/v1/me/consents/measurement", &choice).await.unwrap();
    assert!(!tables_with(&account, "packytrace").await.is_empty(), "the positive control");
    let erasing = person.call(Method::DELETE, "/api/v1/me").await.unwrap();
    assert_eq!(erasing.status(), 202);
    let path = format!("/api/v1/erasures/{}", json(erasing).await["erasure_id"].as_str().unwrap());

    let refused = within(Duration::from_secs(15), "the old token is refused", async || {
        Ok((person.get("/api/v1/me").await?.status() == 401).then_some(()))
    });
    refused.await.unwrap();
    let stranger = Person::anonymous(&STACK).unwrap();
    let mut last = Value::Null;
    let complete = within(Duration::from_mins(1), "an erasure", async || {
        last = json(stranger.get(&path).await?).await;
        Ok((last["state"] == "completed").then_some(()))
    });
    let complete = complete.await;
    assert!(complete.is_ok(), "{complete:?}: {last}");
    let nowhere = within(Duration::from_secs(20), "rows of the person are gone", async || {
        let left =
            [tables_with(&account, "packytrace").await, tables_with(&account, "keycloak").await].concat();
        // Who does not hear of erasures yet keeps scans; the manifest says who does.
        let deaf = ["passport.scans", "passport.outbox"];
        let heard = service_chassis::runtime::manifest::Manifest::embedded()?;
        let passport_hears =
            heard.function("passport")?.consumes.iter().any(|t| t == "identity.account-erased.v1");
        let left: Vec<_> =
            left.into_iter().filter(|table| passport_hears || !deaf.contains(&table.as_str())).collect();
        Ok(left.is_empty().then_some(()))
    });
    nowhere.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn after_signing_out_the_device_shows_nothing() {
    let (mut person, _) = newcomer("leaves").await;
    person.scan(DEMO).await.unwrap();
    assert_eq!(person.scans().await.unwrap().len(), 1);
    person.call(Method::POST, "/api/v1/visitor/sign-out").await.unwrap();
    person.forget_token();
    assert_eq!(person.scans().await.unwrap().len(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_consents_without_account_and_can_be_forgotten() {
    let visitor = Person::anonymous(&STACK).unwrap();
    let granted = async || {
        let list = json(visitor.get("/api/v1/visitor/consents").await.unwrap()).await;
        list["items"][0]["granted"].clone()
    };
    assert_eq!(granted().await, false);
    let choice = json!({"granted": true, "policy_version": "2026-11"});
    let path = "/api/v1/visitor/consents/measurement";
    assert_eq!(visitor.ask(Method::PUT, path, &choice).await.unwrap().status(), 200);
    assert_eq!(granted().await, true);
    assert_eq!(visitor.call(Method::DELETE, "/api/v1/visitor").await.unwrap().status(), 202);
    assert_eq!(granted().await, false);
}

#[tokio::test(flavor = "multi_thread")]
async fn brands_are_made_by_administrators_and_seen_by_their_users() {
    let admin = Person::signed_in(&STACK, "admin").await.unwrap();
    let (person, account) = newcomer("brand").await;
    let brand = json!({"name": "Test brand"});
    assert_eq!(person.ask(Method::POST, "/api/v1/admin/brands", &brand).await.unwrap().status(), 403);
    assert_eq!(Person::anonymous(&STACK).unwrap().get("/api/v1/admin/brands").await.unwrap().status(), 401);
    let made = admin.ask(Method::POST, "/api/v1/admin/brands", &brand).await.unwrap();
    assert_eq!(made.status(), 201);
    let id = json(made).await["brand_id"].as_str().unwrap().to_owned();
    assert_eq!(person.get("/api/v1/brand").await.unwrap().status(), 403);

    let user = json!({"account_id": account, "role": "viewer"});
    let users = format!("/api/v1/admin/brands/{id}/users");
    assert_eq!(admin.ask(Method::POST, &users, &user).await.unwrap().status(), 201);
    let demo = STACK.user("brand").unwrap().brand_id.clone().unwrap();
    let forged =
        person.request(Method::GET, &format!("/api/v1/brand?brand_id={demo}")).header("X-Brand-Id", &demo);
    let seen = json(person.send(forged).await.unwrap()).await;
    assert_eq!((&seen["brand_id"], &seen["role"]), (&json!(id), &json!("viewer")));

    let gone = admin.call(Method::DELETE, &format!("{users}/{account}")).await.unwrap();
    assert_eq!(gone.status(), 204);
    let closed = within(Duration::from_secs(15), "a dismissed user sees no brand", async || {
        Ok((person.get("/api/v1/brand").await?.status() == 403).then_some(()))
    });
    closed.await.unwrap();
    let owner = Person::signed_in(&STACK, "brand").await.unwrap();
    assert_eq!(json(owner.get("/api/v1/brand").await.unwrap()).await["brand_id"], demo);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_identity_people_scan_and_learn_that_the_rest_must_wait() {
    let (person, _) = newcomer("patient").await;
    STACK.service(&["stop", "identity"]).unwrap();
    let began = Instant::now();
    let scan = person.scan(DEMO).await.unwrap();
    assert_eq!(scan.status(), 201);
    assert!(began.elapsed() < Duration::from_millis(500), "{:?}", began.elapsed());
    assert_eq!(person.get("/api/v1/me").await.unwrap().status(), 503);
    STACK.service(&["start", "identity"]).unwrap();
    assert_eq!(person.get("/api/v1/me").await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_keycloak_nobody_registers_and_nothing_is_half_done() {
    let (signed_in, _) = newcomer("before").await;
    let (person, email) = (Person::anonymous(&STACK).unwrap(), fresh_email("during"));
    STACK.service(&["stop", "keycloak"]).unwrap();
    let refused = register(&person, &email).await;
    let existing = signed_in.get("/api/v1/me").await.unwrap().status();
    STACK.service(&["start", "keycloak"]).unwrap();
    assert_eq!(refused.status(), 503);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(existing, 200, "a token that was issued before works");
    assert!(tables_with(&email, "packytrace").await.is_empty());
    assert_eq!(register(&person, &email).await.status(), 201);
    assert_eq!(register(&person, &email).await.status(), 409);
    assert_eq!(tables_with(&email, "keycloak").await.len(), 1, "one user");
}
