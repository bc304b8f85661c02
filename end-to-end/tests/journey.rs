//! A person scans a real code: through Caddy, gateway and passport, to Kafka.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{sync::LazyLock, time::Duration};

use end_to_end::{facts::Facts, person::Person, stack::Stack};
use serde_json::Value;

const TOPIC: &str = "passport.product-scanned.v1";
/// A product of the demo catalogue.
const DEMO: &str = "09521234543213";

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_scans_and_sees_only_the_own_scan() {
    let (anna, ben) = (Person::anonymous(&STACK).unwrap(), Person::anonymous(&STACK).unwrap());
    let answer = anna.scan(&format!("https://id.example.org/01/{DEMO}/10/LOT-7?17=271130")).await.unwrap();
    assert_eq!(answer.status(), 201);
    let set_cookie = answer.headers()["set-cookie"].to_str().unwrap().to_owned();
    let name = if STACK.base_url.starts_with("https:") { "__Host-pt_vid" } else { "pt_vid" };
    assert!(set_cookie.starts_with(&format!("{name}=v1.")), "{set_cookie}");
    assert!(set_cookie.contains("HttpOnly"), "{set_cookie}");
    let scan: Value = answer.json().await.unwrap();
    assert_eq!(scan["identifier"]["gtin"], DEMO);
    assert_eq!(scan["identifier"]["lot"], "LOT-7");
    assert_eq!(scan["identifier"]["use_by"], "2027-11-30");
    assert_eq!(scan["passport"]["gtin"], DEMO);
    let id = scan["scan_id"].as_str().unwrap();
    assert_eq!(anna.scans().await.unwrap(), [id]);
    assert!(ben.scans().await.unwrap().is_empty());
    assert_eq!(ben.get(&format!("/api/v1/scans/{id}")).await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scan_reaches_kafka_as_a_valid_event() {
    let facts = Facts::from_now(&STACK, TOPIC).unwrap();
    let person = Person::anonymous(&STACK).unwrap();
    let scan: Value = person.scan("9521234543213").await.unwrap().json().await.unwrap();
    let ours = |event: &Value| event["data"]["scan_id"] == scan["scan_id"];
    let events = facts.until(Duration::from_secs(20), |events| events.iter().any(ours)).unwrap();
    let event = events.iter().find(|event| ours(event)).expect("the event arrives");
    for (schema, instance) in [("envelope.v1", event), (TOPIC, &event["data"])] {
        let schema = serde_json::from_str(shared_contracts::schemas::schema(schema).unwrap()).unwrap();
        jsonschema::validate(&schema, instance).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_in_person_finds_the_scan_on_every_device() {
    let phone = Person::signed_in(&STACK, "consumer").await.unwrap();
    let scan: Value = phone.scan(DEMO).await.unwrap().json().await.unwrap();
    let id = scan["scan_id"].as_str().unwrap().to_owned();
    let laptop = Person::signed_in(&STACK, "consumer").await.unwrap();
    assert!(laptop.scans().await.unwrap().contains(&id));
    let stranger = Person::anonymous(&STACK).unwrap();
    assert!(!stranger.scans().await.unwrap().contains(&id));
    let admin = Person::signed_in(&STACK, "admin").await.unwrap();
    assert_eq!(admin.get(&format!("/api/v1/scans/{id}")).await.unwrap().status(), 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_camera_app_is_led_to_the_passport_page_and_leaves_one_scan() {
    let person = Person::anonymous(&STACK).unwrap();
    let answer = person.open(&format!("/01/{DEMO}/10/L1?17=271130")).await.unwrap();
    assert_eq!(answer.status(), 307);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let scans = person.scans().await.unwrap();
    assert_eq!(location, STACK.url(&format!("/p/{DEMO}?scan={}&10=L1&17=271130", scans[0])));
    let page = person.get(location.strip_prefix(&STACK.base_url).unwrap()).await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    assert_eq!(person.scans().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_and_unknown_codes_are_told_apart() {
    let person = Person::anonymous(&STACK).unwrap();
    let wrong = person.scan("9521234543214").await.unwrap();
    assert_eq!(wrong.status(), 422);
    let problem: Value = wrong.json().await.unwrap();
    assert_eq!(problem["errors"][0]["code"], "invalid_check_digit");
    let unknown = person.scan("09529999999993").await.unwrap();
    assert_eq!(unknown.status(), 201);
    let unknown: Value = unknown.json().await.unwrap();
    assert!(unknown["passport"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_element_string_with_fnc1_is_read() {
    let person = Person::anonymous(&STACK).unwrap();
    let answer = person.scan(&format!("01{DEMO}10ABC\u{1d}17271130")).await.unwrap();
    assert_eq!(answer.status(), 201);
    let scan: Value = answer.json().await.unwrap();
    assert_eq!(scan["identifier"]["lot"], "ABC");
    assert_eq!(scan["identifier"]["use_by"], "2027-11-30");
}
