//! Security events are in the audit log, and nobody is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, fs, sync::LazyLock, time::Duration};

use end_to_end::{announce::random, patience::within, person::Person, stack::Stack};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

const PASSWORD: &str = "leaves a trace of events";

/// The audit lines of all functions and of the operator's tool, from the newest file of each log.
fn lines() -> Vec<Value> {
    let logs = fs::read_dir(STACK.state().join("log")).unwrap().map(Result::unwrap);
    let texts = logs
        .filter(|log| log.path().extension().is_some_and(|extension| extension == "log"))
        .map(|log| String::from_utf8_lossy(&fs::read(log.path()).unwrap()).into_owned());
    let parsed = texts.flat_map(|text| {
        text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok()).collect::<Vec<_>>()
    });
    parsed.filter(|line| line["target"] == "audit").collect()
}

/// The events that are told of an actor.
fn events_of(actor: &str) -> BTreeSet<String> {
    let lines = lines().into_iter().filter(|line| line["actor"] == actor);
    lines.filter_map(|line| line["event"].as_str().map(str::to_owned)).collect()
}

fn pseudonym(id: &str) -> String {
    service_chassis::audit::pseudonym(id.parse().unwrap())
}

/// A life of ten minutes: registers, consents, exports, leaves. Everything that could give the person away.
async fn live() -> (String, Vec<String>) {
    let email = format!("audit-{}@example.net", random().simple());
    let mut person = Person::anonymous(&STACK).unwrap();
    assert_eq!(person.scan("9521234543213").await.unwrap().status(), 201);
    let made = json!({"email": email, "password": PASSWORD});
    let made = person.ask(Method::POST, "/api/v1/accounts", &made).await.unwrap();
    let made: Value = made.error_for_status().unwrap().json().await.unwrap();
    let account = made["account_id"].as_str().unwrap().to_owned();
    person.sign_in(&email, PASSWORD).await.unwrap();
    let yes = json!({"granted": true, "policy_version": "1"});
    person.ask(Method::PUT, "/api/v1/me/consents/health_profile", &yes).await.unwrap();
    let profile = json!({"allergens": [{"code": "celery", "sensitivity": "strict"}], "diets": [],
                         "conditions": [], "nutrient_limits": [], "avoid_ingredients": ["secretberry"]});
    person.ask(Method::PUT, "/api/v1/me/profile", &profile).await.unwrap();
    fetch_export(&person).await;
    let forbidden = person.get("/api/v1/admin/brands").await.unwrap();
    assert_eq!(forbidden.status(), StatusCode::FORBIDDEN);
    let (token, cookie) = (person.token().unwrap().to_owned(), person.cookie().unwrap());
    let visitor = cookie.split('.').nth(2).unwrap().to_owned();
    assert_eq!(person.call(Method::DELETE, "/api/v1/me").await.unwrap().status(), StatusCode::ACCEPTED);
    let secrets = vec![email, PASSWORD.to_owned(), token, cookie, visitor, "secretberry".to_owned()];
    (account, secrets)
}

async fn fetch_export(person: &Person<'_>) {
    let begun: Value = person.call(Method::POST, "/api/v1/me/export").await.unwrap().json().await.unwrap();
    let job = format!("/api/v1/jobs/{}", begun["job_id"].as_str().unwrap());
    let ready = within(Duration::from_mins(2), "an export", async || {
        let job: Value = person.get(&job).await?.json().await?;
        Ok(job["result_url"].as_str().map(str::to_owned))
    });
    let url = ready.await.unwrap();
    assert_eq!(person.get(&url).await.unwrap().status(), 200);
}

/// A brand that an administrator makes, changes, and gives a user and takes one from.
async fn administrate() {
    let admin = Person::signed_in(&STACK, "admin").await.unwrap();
    let made = json!({"name": format!("Audit {}", random().simple())});
    let made = admin.ask(Method::POST, "/api/v1/admin/brands", &made).await.unwrap();
    let made: Value = made.error_for_status().unwrap().json().await.unwrap();
    let path = format!("/api/v1/admin/brands/{}", made["brand_id"].as_str().unwrap());
    admin.ask(Method::PATCH, &path, &json!({"trusted": true})).await.unwrap().error_for_status().unwrap();
    let user = &STACK.user("consumer").unwrap().account_id;
    let appointed = json!({"account_id": user, "role": "viewer"});
    let appointed = admin.ask(Method::POST, &format!("{path}/users"), &appointed).await.unwrap();
    appointed.error_for_status().unwrap();
    let dismissed = admin.call(Method::DELETE, &format!("{path}/users/{user}")).await.unwrap();
    dismissed.error_for_status().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn security_events_are_told_and_name_nobody() {
    let began = lines().len();
    let (account, secrets) = live().await;
    administrate().await;
    let bad = Person::anonymous(&STACK).unwrap();
    let bad = bad.request(Method::GET, "/api/v1/me").bearer_auth("eyJhbGciOiJub25lIn0.e30.");
    assert_eq!(bad.send().await.unwrap().status(), 401);
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let inside = client.get(format!("{}/api/v1/me", STACK.function("identity").unwrap().url));
    assert_eq!(inside.header("x-account-id", &account).send().await.unwrap().status(), 401);
    STACK.ops(&["kafka", "apply"]).unwrap();

    let own = format!("account:{}", pseudonym(&account));
    let life = [
        "account_registered",
        "consent_changed",
        "export_requested",
        "export_fetched",
        "erasure_requested",
        "erasure_completed",
    ];
    let all = within(Duration::from_mins(2), "all events of a life", async || {
        let told = events_of(&own);
        Ok(life.iter().all(|event| told.contains(*event)).then_some(()))
    });
    all.await.unwrap();
    let admin = format!("account:{}", pseudonym(&STACK.user("admin").unwrap().account_id));
    let told = events_of(&admin);
    for event in ["brand_made", "brand_changed", "brand_user_appointed", "brand_user_dismissed"] {
        assert!(told.contains(event), "{event} of {admin}: {told:?}");
    }
    for (actor, event) in [
        ("anybody", "token_refused"),
        ("anybody", "right_refused"),
        ("function", "internal_call_refused"),
        ("operator", "operator_command"),
    ] {
        assert!(events_of(actor).contains(event), "{event} of {actor}");
    }
    let lines = lines();
    assert!(lines.len() > began, "the log has grown");
    for line in lines.iter().map(Value::to_string) {
        for secret in secrets.iter().chain([&account]) {
            assert!(!line.contains(secret.as_str()), "{secret} in {line}");
        }
        assert!(!line.contains("eyJ") && !line.contains('@'), "{line}");
    }
}
