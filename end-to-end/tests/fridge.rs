//! Food in the fridge: through the public door, Passport, Kafka and back.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, sync::LazyLock, time::Duration};

use end_to_end::{facts::Facts, patience::within, person::Person, stack::Stack};
use futures::{StreamExt, stream};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// A product of the demo brand.
const DEMO: &str = "09521234543213";
const ITEMS: &str = "/api/v1/fridge/items";

async fn json(answer: Response) -> Value {
    answer.json().await.unwrap()
}

/// Scans a code and puts what it is into the fridge.
async fn add(person: &Person<'_>, code: &str) -> Value {
    let scan = json(person.scan(code).await.unwrap()).await;
    let added = person.ask(Method::POST, ITEMS, &json!({"scan_id": scan["scan_id"]})).await.unwrap();
    assert_eq!(added.status(), StatusCode::CREATED);
    json(added).await
}

fn path(item: &Value, what: &str) -> String {
    format!("{ITEMS}/{}/{what}", item["item_id"].as_str().unwrap())
}

async fn item(person: &Person<'_>, item: &Value) -> Value {
    json(person.get(path(item, "").trim_end_matches('/')).await.unwrap()).await
}

/// A lot that no other run has.
fn lot() -> String {
    let id = service_chassis::ids::Ids::system().random().simple().to_string();
    format!("F{}", &id[..10])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_scanned_date_and_lot_are_in_the_fridge_without_typing() {
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    let lot = lot();
    let item = add(&anna, &format!("01{DEMO}10{lot}\u{1d}17271130")).await;
    assert_eq!((&item["use_by"], &item["lot"]), (&json!("2027-11-30"), &json!(lot)));
    assert_eq!(
        (&item["gtin"], &item["expires_kind"], &item["state"]),
        (&json!(DEMO), &json!("use_by"), &json!("fresh"))
    );
    // Day 00 is the last day of the month, of a leap year's February too.
    let leap = add(&anna, &format!("https://id.example.org/01/{DEMO}/10/{lot}?17=280200")).await;
    assert_eq!(leap["expires_on"], "2028-02-29");
    let minute = add(&anna, &format!("01{DEMO}7003{}", "2711301430")).await;
    assert_eq!(minute["expires_at"], "2027-11-30T14:30:00");
    let ben = Person::signed_in(&STACK, "admin").await.unwrap();
    for scan in [&item["scan_id"], &json!("01a202b2-c500-7000-8000-0000000000ff")] {
        let refused = ben.ask(Method::POST, ITEMS, &json!({"scan_id": scan})).await.unwrap();
        assert_eq!(refused.status(), StatusCode::NOT_FOUND);
    }
    let tampered = json!({"scan_id": item["scan_id"], "use_by": "2099-01-01"});
    assert_eq!(anna.ask(Method::POST, ITEMS, &tampered).await.unwrap().status(), 422);
    assert_eq!(ben.get(&path(&item, "history")).await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test(flavor = "multi_thread")]
async fn fifty_people_reach_for_the_last_egg_and_one_gets_it() {
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    let egg = json!({"name": "Egg", "quantity": {"value": 1, "unit": "piece"}});
    let egg = json(anna.ask(Method::POST, &format!("{ITEMS}/manual"), &egg).await.unwrap()).await;
    let taps = stream::iter(0..50).map(|_| async {
        // Another device each: a connection of its own with the same account.
        let device = Person::anonymous(&STACK).unwrap();
        let tap = device.request(Method::POST, &path(&egg, "consume")).bearer_auth(anna.token().unwrap());
        device.send(tap.json(&json!({"quantity": 1}))).await.unwrap().status()
    });
    let statuses: Vec<StatusCode> = taps.buffer_unordered(50).collect().await;
    let count = |wanted: StatusCode| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(StatusCode::OK), count(StatusCode::CONFLICT)), (1, 49), "{statuses:?}");
    let history = json(anna.get(&path(&egg, "history")).await.unwrap()).await;
    assert_eq!(history["items"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recall_of_a_lot_reaches_exactly_that_lot_within_seconds() {
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    let (recalled, other) = (lot(), lot());
    let hit = add(&anna, &format!("01{DEMO}10{recalled}\u{1d}17271130")).await;
    let safe = add(&anna, &format!("01{DEMO}10{other}\u{1d}17271130")).await;
    let unknown = add(&anna, DEMO).await;
    let brand = Person::signed_in(&STACK, "brand").await.unwrap();
    let recall =
        json!({"gtin": DEMO, "lots": [recalled], "reason": "Glass", "instructions": "Bring it back"});
    let opened = brand.ask(Method::POST, "/api/v1/brand/recalls", &recall).await.unwrap();
    assert_eq!(opened.status(), StatusCode::CREATED);
    let recall = json(opened).await;
    // Seconds; more where a broker has just been away and the fridge is on its way back to its group.
    let marked = within(Duration::from_mins(1), "the recall is in the fridge", async || {
        let now = item(&anna, &hit).await;
        Ok((now["recall_status"] == "affected").then_some(now))
    });
    let marked = marked.await.unwrap();
    assert!(marked["recalls"].as_array().unwrap().iter().any(|one| one["recall_id"] == recall["recall_id"]));
    assert_eq!(item(&anna, &safe).await["recall_status"], "not_affected");
    assert_eq!(item(&anna, &unknown).await["recall_status"], "cannot_tell");
    let notices = json(anna.get("/api/v1/fridge/notices?limit=200").await.unwrap()).await;
    let told = notices["items"].as_array().unwrap().iter();
    assert_eq!(told.filter(|notice| notice["recall_id"] == recall["recall_id"]).count(), 1);
    let lift = format!("/api/v1/brand/recalls/{}/lift", recall["recall_id"].as_str().unwrap());
    brand.ask(Method::POST, &lift, &json!({})).await.unwrap();
    within(Duration::from_mins(1), "the recall is lifted", async || {
        Ok((item(&anna, &hit).await["recall_status"] != "affected").then_some(()))
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broker_that_is_away_costs_the_fridge_nothing() {
    let facts = Facts::from_now(&STACK, "fridge.item-consumed.v1").unwrap();
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    STACK.service(&["stop", "kafka"]).unwrap();
    let eaten: Vec<Result<String, String>> = stream::iter(0..100)
        .map(|_| async {
            let body = json!({"name": "Apple"});
            let made =
                anna.ask(Method::POST, &format!("{ITEMS}/manual"), &body).await.map_err(|e| e.to_string())?;
            let apple: Value = made.json().await.map_err(|error| error.to_string())?;
            let eaten = anna
                .ask(Method::POST, &path(&apple, "consume"), &json!({}))
                .await
                .map_err(|e| e.to_string())?;
            if eaten.status() == StatusCode::OK {
                Ok(apple["item_id"].to_string())
            } else {
                Err(eaten.status().to_string())
            }
        })
        .buffer_unordered(8)
        .collect()
        .await;
    STACK.service(&["start", "kafka"]).unwrap();
    let eaten: BTreeSet<String> = eaten.into_iter().collect::<Result<_, _>>().unwrap();
    let ours = |event: &Value| eaten.contains(&event["data"]["item_id"].to_string());
    let ids = |events: &[Value]| -> BTreeSet<String> {
        events.iter().filter(|event| ours(event)).map(|event| event["id"].to_string()).collect()
    };
    let events = facts.until(Duration::from_mins(1), |events| ids(events).len() >= eaten.len()).unwrap();
    assert_eq!(ids(&events).len(), eaten.len(), "each apple has one event by id");
    let schema = shared_contracts::schemas::schema("fridge.item-consumed.v1").unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
    assert!(events.iter().all(|event| validator.is_valid(&event["data"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_opens_with_its_token_alone_until_it_is_revoked() {
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    add(&anna, &format!("01{DEMO}17271130")).await;
    let made = json(anna.call(Method::POST, "/api/v1/fridge/feed-token").await.unwrap()).await;
    let feed = format!("/api/v1/fridge/expiring.ics?token={}", made["token"].as_str().unwrap());
    let calendar = Person::anonymous(&STACK).unwrap();
    let answer = calendar.get(&feed).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/calendar; charset=utf-8");
    let text = answer.text().await.unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.contains("DTSTART;VALUE=DATE:20271130\r\n"));
    anna.call(Method::DELETE, "/api/v1/fridge/feed-token").await.unwrap();
    assert_eq!(calendar.get(&feed).await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_day_is_the_accounts_own() {
    let anna = Person::signed_in(&STACK, "consumer").await.unwrap();
    let zone = async |zone: &str| {
        let changed = anna.ask(Method::PATCH, "/api/v1/me", &json!({"time_zone": zone})).await.unwrap();
        assert_eq!(changed.status(), StatusCode::OK);
    };
    zone("Pacific/Pago_Pago").await;
    let now = service_chassis::clock::Clock::system().now();
    let there = now - chrono::TimeDelta::hours(11);
    let body = json!({"name": "Milk", "expires_on": there.date_naive(), "expires_kind": "use_by"});
    let milk = json(anna.ask(Method::POST, &format!("{ITEMS}/manual"), &body).await.unwrap()).await;
    assert_eq!(milk["state"], "today");
    zone("Pacific/Kiritimati").await;
    assert_eq!(item(&anna, &milk).await["state"], "past_use_by", "25 hours ahead it is another day");
    zone("UTC").await;
}
