//! What expires, and who is told when.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{ANNA, BEN, Fridge, fridge};

fn at(fridge: &Fridge, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    fridge.clock.advance(moment - fridge.clock.now());
}

fn names(items: &[Value], member: &str) -> Vec<String> {
    items.iter().map(|item| item[member].as_str().unwrap_or_default().to_owned()).collect()
}

async fn subscribe(fridge: &Fridge) {
    let keys = json!({
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    });
    let body = json!({"endpoint": "https://fcm.googleapis.com/fcm/send/anna", "keys": keys});
    let answer = fridge.api.account(ANNA).post("/api/v1/fridge/push-subscriptions", &body).await;
    assert_eq!(answer.status, http::StatusCode::CREATED, "{}", answer.json());
}

async fn queued(fridge: &Fridge) -> i64 {
    sqlx::query_scalar("select count(*) from fridge.pushes").fetch_one(&fridge.database).await.unwrap()
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn what_expires_within_days_is_listed(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    for date in ["2026-11-20", "2026-11-25", "2026-11-26"] {
        fridge.add(ANNA, &json!({"use_by": date})).await;
    }
    let cold = fridge.add(ANNA, &json!({"use_by": "2026-11-23"})).await;
    fridge.tap(ANNA, &cold, "freeze", &json!({})).await;
    fridge.add(ANNA, &json!({})).await;
    let within = async |query: &str| {
        let page = fridge.api.account(ANNA).get(&format!("/api/v1/fridge/expiring{query}")).await.json();
        names(page["items"].as_array().unwrap(), "expires_on")
    };
    assert_eq!(within("").await, ["2026-11-20", "2026-11-25"]);
    assert_eq!(within("?within_days=4").await, ["2026-11-20", "2026-11-25", "2026-11-26"]);
    assert_eq!(within("?within_days=0").await, ["2026-11-20"]);
    let wrong = fridge.api.account(ANNA).get("/api/v1/fridge/expiring?within_days=-1").await;
    assert_eq!(wrong.status, http::StatusCode::BAD_REQUEST);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn each_state_of_a_date_is_told_once_in_one_digest_a_day(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    subscribe(&fridge).await;
    fridge.add(ANNA, &json!({"use_by": "2026-11-24"})).await;
    fridge.add(ANNA, &json!({"use_by": "2026-11-23"})).await;
    fridge.add(ANNA, &json!({"use_by": "2026-12-24"})).await;
    fridge.hour().await;
    fridge.hour().await;
    assert_eq!(names(&fridge.notices(ANNA).await, "state"), ["soon", "soon"]);
    assert_eq!(queued(&fridge).await, 1, "two items, one digest");
    fridge.add(ANNA, &json!({"use_by": "2026-11-22"})).await;
    fridge.hour().await;
    assert_eq!(fridge.notices(ANNA).await.len(), 2, "one digest a day");
    at(&fridge, "2026-11-23T09:00:00Z");
    fridge.hour().await;
    let states = names(&fridge.notices(ANNA).await, "state");
    assert_eq!(states.len(), 4);
    assert!(states.contains(&"today".to_owned()) && states.contains(&"past_use_by".to_owned()));
    assert_eq!(queued(&fridge).await, 2);
    assert_eq!(fridge.notices(BEN).await, Vec::<Value>::new());
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn nobody_is_told_in_their_quiet_hours(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    fridge.world.lives_in(ANNA, "Asia/Tokyo");
    fridge.world.lives_in(BEN, "America/Los_Angeles");
    at(&fridge, "2026-11-22T13:00:00Z");
    for person in [ANNA, BEN] {
        fridge.add(person, &json!({"use_by": "2026-11-23"})).await;
    }
    fridge.hour().await;
    let told = async || (fridge.notices(ANNA).await.len(), fridge.notices(BEN).await.len());
    assert_eq!(told().await, (0, 0), "22:00 in Tokyo, 5:00 in Los Angeles");
    at(&fridge, "2026-11-22T16:00:00Z");
    fridge.hour().await;
    assert_eq!(told().await, (0, 1), "8:00 in Los Angeles");
    at(&fridge, "2026-11-22T23:00:00Z");
    fridge.hour().await;
    assert_eq!(told().await, (1, 1), "8:00 in Tokyo");
}
