//! Verdicts, from consent to withdrawal: through Caddy, gateway, passport, personalization, identity.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{path::Path, sync::LazyLock, time::Duration};

use end_to_end::{patience::within, person::Person, stack::Stack};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::time::Instant;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// A pudding of oats and hazelnuts, in the demo catalogue.
const PUDDING: &str = "9521234543213";
const PROFILE: &str = "/api/v1/me/profile";
const CONSENT: &str = "/api/v1/me/consents/health_profile";
const PASSWORD: &str = "reads labels at night";
/// Within which a scan answers whatever has become of verdicts.
const SOON: Duration = Duration::from_millis(500);

/// Somebody with a new account, signed in.
async fn newcomer() -> Person<'static> {
    let mut person = Person::anonymous(&STACK).unwrap();
    let email = format!("v-{}@example.net", service_chassis::ids::Ids::system().random().simple());
    let answer = person
        .ask(Method::POST, "/api/v1/accounts", &json!({"email": email, "password": PASSWORD}))
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    person.sign_in(&email, PASSWORD).await.unwrap();
    person
}

async fn consents(person: &Person<'_>, granted: bool) {
    let choice = json!({"granted": granted, "policy_version": "2026-11"});
    assert_eq!(person.ask(Method::PUT, CONSENT, &choice).await.unwrap().status(), StatusCode::OK);
}

async fn put(person: &Person<'_>, profile: Value) -> StatusCode {
    person.ask(Method::PUT, PROFILE, &profile).await.unwrap().status()
}

fn allergic_to_hazelnuts() -> Value {
    json!({"allergens": [{"code": "hazelnut", "sensitivity": "strict"}]})
}

/// Somebody who has consented and is allergic to hazelnuts.
async fn with_profile() -> Person<'static> {
    let person = newcomer().await;
    consents(&person, true).await;
    assert_eq!(put(&person, allergic_to_hazelnuts()).await, StatusCode::OK);
    person
}

async fn scan(person: &Person<'_>) -> Value {
    let answer = person.scan(PUDDING).await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    answer.json().await.unwrap()
}

async fn get(person: &Person<'_>, path: &str) -> Value {
    person.get(path).await.unwrap().json().await.unwrap()
}

/// A scan answers soon, and says that there is no verdict at the moment.
async fn is_unavailable_soon(person: &Person<'_>) {
    let began = Instant::now();
    let verdict = scan(person).await["verdict"].clone();
    assert!(began.elapsed() < SOON, "{:?}", began.elapsed());
    assert_eq!(verdict, json!({"status": "unavailable"}));
}

/// Verdicts are back, after at most a pause of the circuit breaker.
async fn is_available_again(person: &Person<'_>) {
    let back = within(Duration::from_secs(15), "verdicts are back", async || {
        Ok((scan(person).await["verdict"]["status"] == "available").then_some(()))
    });
    back.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_with_a_profile_sees_the_verdict_with_its_reasons() {
    let person = with_profile().await;
    let scan = scan(&person).await;
    let verdict = &scan["verdict"];
    assert_eq!((&verdict["status"], &verdict["headline"]), (&json!("available"), &json!("avoid")));
    let reason = &verdict["reasons"][0];
    assert_eq!((&reason["rule"], &reason["class"]), (&json!("allergen.hazelnut"), &json!("safety")));
    assert!(scan["passport"].pointer(reason["fact"]["pointer"].as_str().unwrap()).is_some(), "{reason}");
    assert_eq!(verdict["profile_version"], 1);
    assert_eq!(verdict["passport_revision"], scan["passport"]["revision"]);
    let rules = format!("/api/v1/verdict-rules/{}", verdict["rule_set"]["version"].as_str().unwrap());
    assert_eq!(get(&Person::anonymous(&STACK).unwrap(), &rules).await["hash"], verdict["rule_set"]["hash"]);

    let by_scan = get(&person, &format!("/api/v1/scans/{}", scan["scan_id"].as_str().unwrap())).await;
    assert_eq!(&by_scan["verdict"], verdict);
    let alone = get(&person, &format!("/api/v1/me/verdicts/{PUDDING}?lot=L1&use_by=2020-01-01")).await;
    assert_eq!(alone["headline"], "past_use_by");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_member_of_a_household_has_a_verdict() {
    let person = with_profile().await;
    let member = json!({"name": "Liv", "allergens": [{"code": "peanuts", "sensitivity": "normal"}]});
    let added = person.ask(Method::POST, "/api/v1/me/household/profiles", &member).await.unwrap();
    assert_eq!(added.status(), StatusCode::CREATED);
    let added: Value = added.json().await.unwrap();
    let verdict = scan(&person).await["verdict"].clone();
    assert_eq!(verdict["members"][0]["profile_id"], added["profile_id"]);
    assert_ne!(verdict["members"][0]["headline"], "avoid");
    let stranger = newcomer().await;
    let path = format!("/api/v1/me/household/profiles/{}", added["profile_id"].as_str().unwrap());
    assert_eq!(stranger.get(&path).await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_consent_there_is_no_profile_and_a_withdrawal_erases_it() {
    let person = newcomer().await;
    assert_eq!(put(&person, allergic_to_hazelnuts()).await, StatusCode::FORBIDDEN);
    assert_eq!(scan(&person).await["verdict"], json!({"status": "not_requested"}));
    consents(&person, true).await;
    assert_eq!(put(&person, allergic_to_hazelnuts()).await, StatusCode::OK);
    assert_eq!(scan(&person).await["verdict"]["headline"], "avoid");
    consents(&person, false).await;
    assert_eq!(scan(&person).await["verdict"], json!({"status": "not_requested"}), "at once");
    let erased = within(Duration::from_secs(15), "the profile is erased", async || {
        Ok((person.get(PROFILE).await?.status() == StatusCode::NOT_FOUND).then_some(()))
    });
    erased.await.unwrap();
    consents(&person, true).await;
    assert_eq!(person.get(PROFILE).await.unwrap().status(), StatusCode::NOT_FOUND, "and stays so");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_is_not_judged() {
    let visitor = Person::anonymous(&STACK).unwrap();
    assert_eq!(scan(&visitor).await["verdict"], json!({"status": "not_requested"}));
    let path = format!("/api/v1/me/verdicts/{PUDDING}");
    assert_eq!(visitor.get(&path).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn verdicts_that_cannot_be_had_cost_no_scan() {
    let (person, fresh) = (with_profile().await, newcomer().await);
    consents(&fresh, true).await;
    is_available_again(&person).await;

    STACK.service(&["stop", "identity"]).unwrap();
    is_unavailable_soon(&person).await;
    let stored = put(&fresh, allergic_to_hazelnuts()).await;
    STACK.service(&["start", "identity"]).unwrap();
    assert_eq!(stored, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(fresh.get(PROFILE).await.unwrap().status(), StatusCode::NOT_FOUND, "nothing was stored");
    is_available_again(&person).await;

    STACK.service(&["signal", "STOP", "personalization"]).unwrap();
    is_unavailable_soon(&person).await;
    STACK.service(&["signal", "CONT", "personalization"]).unwrap();
    is_available_again(&person).await;

    STACK.service(&["stop", "personalization"]).unwrap();
    is_unavailable_soon(&person).await;
    STACK.service(&["start", "personalization"]).unwrap();
    is_available_again(&person).await;
}

/// Files below a folder that hold a text.
fn files_with(text: &str, folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(files_with(text, &path));
        } else if std::fs::read(&path).is_ok_and(|bytes| holds(&bytes, text)) {
            found.push(path.display().to_string());
        }
    }
    found
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_profile_says_is_in_no_log_no_event_and_no_metric() {
    let canary = format!("canary{}", service_chassis::ids::Ids::system().random().simple());
    let person = newcomer().await;
    consents(&person, true).await;
    let profile = json!({"name": canary, "avoid_ingredients": [canary]});
    assert_eq!(put(&person, profile.clone()).await, StatusCode::OK);
    let invalid = json!({"name": canary, "avoid_ingredients": [""], "diets": [canary]});
    assert_eq!(put(&person, invalid).await, StatusCode::UNPROCESSABLE_ENTITY);
    let verdict = scan(&person).await["verdict"].clone();
    assert!(verdict.to_string().contains(&canary), "the positive control: its own verdict names it");
    consents(&person, false).await;
    let erased = within(Duration::from_secs(15), "the profile is erased", async || {
        Ok((person.get(PROFILE).await?.status() == StatusCode::NOT_FOUND).then_some(()))
    });
    erased.await.unwrap();
    let mut stranger = Person::anonymous(&STACK).unwrap();
    let address = format!("{canary}@example.org");
    assert!(stranger.sign_in(&address, "no password").await.is_err(), "nobody has this address");

    for folder in ["log", "kafka", "postgres"] {
        let found = files_with(&canary, &STACK.state().join(folder));
        assert!(found.is_empty(), "{found:?}");
    }
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    for (name, function) in &STACK.functions {
        let metrics = client.get(format!("{}/metrics", function.admin_url)).send().await.unwrap();
        assert!(!metrics.text().await.unwrap().contains(&canary), "metrics of {name}");
    }
}
