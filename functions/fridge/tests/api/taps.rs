//! Eating, throwing away, opening, freezing, undoing.

use futures::{StreamExt, stream};
use http::StatusCode;
use serde_json::{Value, json};
use service_chassis::testing::Answer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, Fridge, fridge, path};

async fn kinds(fridge: &Fridge, item: &Value) -> Vec<String> {
    let history = fridge.api.account(ANNA).get(&path(item, "history")).await.json();
    let kinds = history["items"].as_array().unwrap().iter();
    kinds.map(|event| event["kind"].as_str().unwrap().to_owned()).collect()
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn parts_are_taken_exactly_and_more_than_there_is_is_409(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({})).await;
    let kilo = fridge.tap(ANNA, &item, "consume", &json!({"quantity": {"value": 0.1, "unit": "kg"}})).await;
    assert_eq!(kilo.json()["quantity"], json!({"value": 900, "unit": "g"}));
    let part = fridge.tap(ANNA, &item, "discard", &json!({"quantity": 899.9, "reason": "spoiled"})).await;
    assert_eq!(part.json()["quantity"]["value"], json!(0.1));
    let more = fridge.tap(ANNA, &item, "consume", &json!({"quantity": 0.2})).await;
    assert_eq!(more.status, StatusCode::CONFLICT);
    let litres = fridge.tap(ANNA, &item, "consume", &json!({"quantity": {"value": 1, "unit": "ml"}})).await;
    assert_eq!(litres.json()["errors"][0]["pointer"], "/quantity");
    let rest = fridge.tap(ANNA, &item, "consume", &json!({})).await.json();
    assert_eq!((&rest["quantity"]["value"], &rest["gone_at"]), (&json!(0), &json!("2026-11-22T10:00:00Z")));
    assert_eq!(fridge.items(ANNA).await, Vec::<Value>::new());
    let gone = fridge.tap(ANNA, &item, "consume", &json!({})).await;
    assert_eq!(gone.status, StatusCode::CONFLICT);
    assert_eq!(kinds(&fridge, &item).await, ["added", "consumed", "discarded", "consumed"]);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn fifty_taps_at_once_on_the_last_unit_and_one_gets_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let body = json!({"name": "Egg", "quantity": 1});
    let item = fridge.api.account(ANNA).post("/api/v1/fridge/items/manual", &body).await.json();
    let taps = stream::iter(0..50).map(|n| {
        let (fridge, item) = (&fridge, &item);
        async move {
            let body = if n % 2 == 0 { json!({"quantity": 1}) } else { json!({}) };
            fridge.tap(ANNA, item, "consume", &body).await.status
        }
    });
    let statuses: Vec<StatusCode> = taps.buffer_unordered(50).collect().await;
    let count = |wanted: StatusCode| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(StatusCode::OK), count(StatusCode::CONFLICT)), (1, 49), "{statuses:?}");
    assert_eq!(kinds(&fridge, &item).await, ["added", "consumed"]);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn an_undo_is_an_event_that_cancels_another(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({})).await;
    let wrong = fridge.tap(ANNA, &item, "discard", &json!({"reason": "other"})).await.json();
    let undo = json!({"event_id": wrong["last_event_id"]});
    let right = fridge.tap(ANNA, &item, "undo", &undo).await;
    assert_eq!(right.json(), item);
    assert_eq!(fridge.tap(ANNA, &item, "undo", &undo).await.status, StatusCode::CONFLICT);
    let nothing = fridge.tap(ANNA, &item, "undo", &json!({"event_id": Uuid::from_u128(9)})).await;
    assert_eq!(nothing.status, StatusCode::NOT_FOUND);
    let history = fridge.api.account(ANNA).get(&path(&item, "history")).await.json();
    assert_eq!(history["items"][1]["reverted"], true);
    assert_eq!(history["items"][2]["reverts"], wrong["last_event_id"]);
    let announced = fridge.announced().await;
    let (topic, event) = &announced[2];
    assert_eq!(topic, "fridge.entry-reverted.v1");
    assert_eq!(event["data"]["reverts_event_id"], announced[1].1["id"]);
    assert!(event["data"].get("account_id").is_none());
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn what_nobody_else_needs_to_know_is_not_announced(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({"use_by": "2026-12-24"})).await;
    let opened = fridge.tap(ANNA, &item, "open", &json!({})).await.json();
    assert_eq!(opened["expires_on"], "2026-11-26");
    fridge.tap(ANNA, &item, "undo", &json!({"event_id": opened["last_event_id"]})).await;
    assert_eq!(fridge.announced().await.len(), 1);
    assert_eq!(fridge.item(ANNA, &item).await["expires_on"], "2026-12-24");
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_tap_that_is_sent_again_happens_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({})).await;
    let eat = |grams: i32| json!({"quantity": grams});
    let tap = async |key: &str, grams: i32| -> Answer {
        fridge.with_key(ANNA, &path(&item, "consume"), key, &eat(grams)).await
    };
    let first = tap("a", 100).await;
    assert_eq!(tap("a", 100).await.json(), first.json());
    assert_eq!(tap("a", 200).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(tap("b", 100).await.json()["quantity"]["value"], 800);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn past_its_use_by_date_eating_asks_for_a_confirmation(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({"use_by": "2026-11-21"})).await;
    assert_eq!(item["state"], "past_use_by");
    let asked = fridge.tap(ANNA, &item, "consume", &json!({"quantity": 1})).await;
    assert_eq!(asked.status, StatusCode::CONFLICT);
    let sure = fridge.tap(ANNA, &item, "consume", &json!({"quantity": 1, "confirm": true})).await;
    assert_eq!(sure.status, StatusCode::OK);
    let quality = fridge.add(ANNA, &json!({"best_before": "2026-11-21"})).await;
    assert_eq!(quality["state"], "past_best_before");
    assert_eq!(fridge.tap(ANNA, &quality, "consume", &json!({})).await.status, StatusCode::OK);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn bodies_that_break_the_contract_are_422(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({})).await;
    for (what, body) in [
        ("discard", json!({})),
        ("discard", json!({"reason": "bored"})),
        ("consume", json!({"quantity": -1})),
        ("consume", json!({"quantity": 0.000_000_1})),
        ("consume", json!({"amount": 1})),
        ("undo", json!({})),
    ] {
        let answer = fridge.tap(ANNA, &item, what, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{what} {body}");
    }
    assert_eq!(kinds(&fridge, &item).await, ["added"]);
}
