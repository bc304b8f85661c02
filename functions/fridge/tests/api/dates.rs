//! Dates, by the clock of whoever asks.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::testing::Answer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{ANNA, Fridge, fridge, path};

async fn patch(fridge: &Fridge, item: &Value, body: Value) -> Answer {
    let json = [("content-type", "application/json")];
    let body = Bytes::from(body.to_string());
    fridge.api.account(ANNA).send(Method::PATCH, &path(item, ""), &json, body).await
}

fn at(fridge: &Fridge, moment: &str) {
    let moment: DateTime<Utc> = moment.parse().unwrap();
    fridge.clock.advance(moment - fridge.clock.now());
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_day_ends_at_the_persons_own_midnight(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    fridge.world.lives_in(ANNA, "Pacific/Kiritimati");
    let item = fridge.add(ANNA, &json!({"use_by": "2026-11-30"})).await;
    at(&fridge, "2026-11-30T09:59:59Z");
    assert_eq!(fridge.item(ANNA, &item).await["state"], "today");
    at(&fridge, "2026-11-30T10:00:00Z");
    assert_eq!(fridge.item(ANNA, &item).await["state"], "past_use_by");
    // She moves to the other side of the date line, where it is still the day before.
    fridge.world.lives_in(ANNA, "Pacific/Pago_Pago");
    assert_eq!(fridge.item(ANNA, &item).await["state"], "soon");
    fridge.world.identity_goes_away();
    assert_eq!(fridge.item(ANNA, &item).await["state"], "soon", "the last time zone that is known");
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn the_minute_of_the_code_counts(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    fridge.world.lives_in(ANNA, "Europe/Berlin");
    let item = fridge.add(ANNA, &json!({"expires_at": "2026-11-22T14:30:00"})).await;
    assert_eq!((&item["use_by"], &item["expires_at"]), (&json!("2026-11-22"), &json!("2026-11-22T14:30:00")));
    at(&fridge, "2026-11-22T13:29:59Z");
    assert_eq!(fridge.item(ANNA, &item).await["state"], "today");
    at(&fridge, "2026-11-22T13:30:00Z");
    assert_eq!(fridge.item(ANNA, &item).await["state"], "past_use_by");
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_date_is_given_and_corrected_with_its_kind(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({"storage": {"shelf_life_days": 10}})).await;
    assert_eq!((&item["state"], &item["suggested_expires_on"]), (&json!("no_date"), &json!("2026-12-02")));
    let typical =
        patch(&fridge, &item, json!({"expires_on": "2026-12-02", "kind": "estimated"})).await.json();
    assert_eq!(
        (&typical["expires_on"], &typical["expires_kind"]),
        (&json!("2026-12-02"), &json!("estimated"))
    );
    assert!(typical.get("suggested_expires_on").is_none());
    let later = patch(&fridge, &item, json!({"expires_on": "2026-12-05"})).await.json();
    assert_eq!(later["expires_kind"], "estimated");
    let none = patch(&fridge, &item, json!({"kind": "none"})).await.json();
    assert_eq!(none["state"], "no_date");
    for nothing in [json!({}), json!({"kind": "use_by"}), json!({"expires_on": "2026-02-30"})] {
        let answer = patch(&fridge, &item, nothing.clone()).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{nothing}");
    }
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn the_cold_stops_a_date_and_opening_shortens_it(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({"use_by": "2026-11-24"})).await;
    assert_eq!(item["state"], "soon");
    let frozen = fridge.tap(ANNA, &item, "freeze", &json!({})).await.json();
    assert_eq!((&frozen["state"], &frozen["frozen_at"]), (&json!("fresh"), &json!("2026-11-22T10:00:00Z")));
    assert_eq!(fridge.tap(ANNA, &item, "freeze", &json!({})).await.status, StatusCode::CONFLICT);
    at(&fridge, "2027-01-22T10:00:00Z");
    assert_eq!(fridge.item(ANNA, &item).await["state"], "fresh");
    let thawed = fridge.tap(ANNA, &item, "thaw", &json!({})).await.json();
    assert_eq!((&thawed["expires_on"], &thawed["state"]), (&json!("2027-01-24"), &json!("soon")));
    assert!(thawed.get("frozen_at").is_none());
    assert_eq!(fridge.tap(ANNA, &item, "thaw", &json!({})).await.status, StatusCode::CONFLICT);
    let opened = fridge.tap(ANNA, &item, "open", &json!({})).await.json();
    assert_eq!(opened["expires_on"], "2027-01-24", "four days after opening would be later");
    assert_eq!(fridge.tap(ANNA, &item, "open", &json!({})).await.status, StatusCode::CONFLICT);
}
