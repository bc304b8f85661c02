//! What was eaten and what was thrown away.

use http::StatusCode;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{ANNA, BEN, fridge};

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn waste_is_summed_by_the_persons_own_months_without_what_was_undone(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    fridge.world.lives_in(ANNA, "Pacific/Kiritimati");
    let price = json!({"scan_id": fridge.scan(ANNA, &json!({})), "price": {"amount": 2, "currency": "EUR"}});
    let item = fridge.api.account(ANNA).post("/api/v1/fridge/items", &price).await.json();
    fridge.tap(ANNA, &item, "consume", &json!({"quantity": 500})).await;
    let waste = json!({"quantity": 250, "reason": "past_best_before"});
    fridge.tap(ANNA, &item, "discard", &waste).await;
    let wrong = fridge.tap(ANNA, &item, "discard", &waste).await.json();
    fridge.tap(ANNA, &item, "undo", &json!({"event_id": wrong["last_event_id"]})).await;
    // In Kiritimati it is December.
    fridge.clock.advance(
        "2026-11-30T10:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap() - fridge.clock.now(),
    );
    fridge.tap(ANNA, &item, "discard", &json!({"quantity": 250, "reason": "spoiled"})).await;
    let summary = fridge.api.account(ANNA).get("/api/v1/fridge/waste-summary").await.json();
    assert_eq!((&summary["from"], &summary["to"]), (&json!("2026-07-01"), &json!("2026-12-01")));
    let months = summary["months"].as_array().unwrap();
    assert_eq!(months.len(), 2);
    assert_eq!(months[0]["month"], "2026-11");
    assert_eq!(months[0]["consumed"], json!({"items": 0.5, "mass_g": 500}));
    assert_eq!(months[0]["waste_rate"], 0.3333);
    assert_eq!(months[0]["merely_past_best_before"]["mass_g"], 250);
    assert_eq!(months[1]["by_reason"], json!({"spoiled": {"items": 0.25, "mass_g": 250}}));
    assert_eq!(summary["total"]["money"], json!({"EUR": 1}));
    assert_eq!(summary["total"]["co2e_kg"], 1.05);
    assert_eq!(summary["categories"][0]["category"], "plant-based drinks");
    assert!(summary["co2e_factor"]["source"].as_str().unwrap().contains("FAO"));
    assert_eq!(summary["trend"], 0.6667);
    let nobody = fridge.api.account(BEN).get("/api/v1/fridge/waste-summary").await.json();
    assert_eq!(nobody["total"]["waste_rate"], json!(null));
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn the_summary_can_be_downloaded_as_a_table(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({})).await;
    fridge.tap(ANNA, &item, "discard", &json!({"reason": "disliked"})).await;
    let path = "/api/v1/fridge/waste-summary.csv?from=2026-11-01&to=2026-11-30";
    let answer = fridge.api.account(ANNA).get(path).await;
    assert_eq!(answer.header("content-type"), Some("text/csv; charset=utf-8"));
    let table = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(
        table,
        "month,category,what,items,mass_g\n\
         2026-11,plant-based drinks,consumed,0,\n\
         2026-11,plant-based drinks,discarded:disliked,1,1000\n"
    );
    for wrong in ["from=2026-12-01&to=2026-11-01", "from=1990-01-01", "from=yesterday"] {
        let answer = fridge.api.account(ANNA).get(&format!("/api/v1/fridge/waste-summary?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
