//! `/api/v1/fridge/items`: coming in, and the list.

use http::StatusCode;
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, FJELL, OAT_DRINK, fridge, path};

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_scanned_item_has_the_date_and_lot_of_its_code(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item =
        fridge.add(ANNA, &json!({"use_by": "2026-11-30", "best_before": "2026-11-28", "lot": "L-7"})).await;
    for (member, value) in [
        ("gtin", json!(OAT_DRINK)),
        ("name", json!("Oat drink")),
        ("lot", json!("L-7")),
        ("use_by", json!("2026-11-30")),
        ("best_before", json!("2026-11-28")),
        ("expires_on", json!("2026-11-30")),
        ("expires_kind", json!("use_by")),
        ("state", json!("fresh")),
        ("recall_status", json!("none")),
        ("quantity", json!({"value": 1000, "unit": "g"})),
    ] {
        assert_eq!(item[member], value, "{member}");
    }
    assert_eq!(fridge.items(ANNA).await, std::slice::from_ref(&item));
    assert_eq!(fridge.item(ANNA, &item).await, item);
    let announced = fridge.announced().await;
    assert_eq!(announced.len(), 1);
    let (topic, event) = &announced[0];
    assert_eq!(topic, "fridge.item-added.v1");
    let data = json!({"item_id": item["item_id"], "account_id": ANNA, "gtin": OAT_DRINK, "brand_id": FJELL,
                      "happened_at": "2026-11-22T10:00:00Z"});
    assert_eq!((&event["data"], &event["id"]), (&data, &item["last_event_id"]));
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn what_is_not_the_callers_own_scan_is_refused_and_nothing_is_kept(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    let (bens, mine) = (fridge.scan(BEN, &json!({})), fridge.scan(ANNA, &json!({})));
    for (body, status) in [
        (json!({"scan_id": bens}), StatusCode::NOT_FOUND),
        (json!({"scan_id": Uuid::from_u128(7)}), StatusCode::NOT_FOUND),
        (json!({"scan_id": mine, "name": "Caviar"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"scan_id": mine, "use_by": "2030-01-01"}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"scan_id": mine, "snapshot": {"gtin": OAT_DRINK}}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"scan_id": mine, "quantity": 0}), StatusCode::UNPROCESSABLE_ENTITY),
        (json!({"scan_id": "mine"}), StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let answer = fridge.api.account(ANNA).post("/api/v1/fridge/items", &body).await;
        assert_eq!(answer.status, status, "{body}");
    }
    assert_eq!(fridge.items(ANNA).await, Vec::<Value>::new());
    assert_eq!(fridge.announced().await, []);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn the_same_scan_is_a_second_item_only_under_another_key(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let (path, body) = ("/api/v1/fridge/items", json!({"scan_id": fridge.scan(ANNA, &json!({}))}));
    let plain = fridge.api.account(ANNA).post(path, &body).await;
    let again = fridge.api.account(ANNA).post(path, &body).await;
    assert_eq!((again.status, again.json()), (StatusCode::CREATED, plain.json()));
    let first = fridge.with_key(ANNA, path, "tap-1", &body).await;
    assert_eq!(fridge.with_key(ANNA, path, "tap-1", &body).await.json(), first.json());
    let second = fridge.with_key(ANNA, path, "tap-2", &body).await;
    assert_eq!(second.status, StatusCode::CREATED);
    let other =
        fridge.with_key(ANNA, path, "tap-1", &json!({"scan_id": body["scan_id"], "quantity": 1})).await;
    assert_eq!(other.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(fridge.items(ANNA).await.len(), 3);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn food_without_a_code_comes_in_by_hand(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let api = fridge.api.account(ANNA);
    let soup = json!({"name": "Soup", "quantity": {"value": 0.5, "unit": "L"}, "expires_on": "2026-11-24"});
    let item = api.post("/api/v1/fridge/items/manual", &soup).await.json();
    assert_eq!(item["quantity"], json!({"value": 0.5, "unit": "l"}));
    assert_eq!((&item["expires_kind"], &item["state"]), (&json!("use_by"), &json!("soon")));
    let nameless = api.post("/api/v1/fridge/items/manual", &json!({"name": " "})).await;
    assert_eq!(nameless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(nameless.json()["errors"][0]["pointer"], "/name");
    let (_, event) = &fridge.announced().await[0];
    assert!(event["data"].get("gtin").is_none() && event["data"].get("name").is_none());
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_fridge_is_its_owners_alone(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({})).await;
    let absent = fridge.api.account(BEN).get(&format!("/api/v1/fridge/items/{BEN}")).await;
    for what in ["", "history"] {
        let foreign = fridge.api.account(BEN).get(&path(&item, what)).await;
        assert_eq!(
            (foreign.status, foreign.json()["detail"].clone()),
            (absent.status, absent.json()["detail"].clone())
        );
        assert_eq!(fridge.api.visitor(ANNA).get(&path(&item, what)).await.status, StatusCode::UNAUTHORIZED);
    }
    for what in ["consume", "discard", "open", "freeze", "thaw", "undo"] {
        let body = match what {
            "discard" => json!({"reason": "other"}),
            "undo" => json!({"event_id": item["last_event_id"]}),
            _ => json!({}),
        };
        assert_eq!(fridge.tap(BEN, &item, what, &body).await.status, StatusCode::NOT_FOUND, "{what}");
    }
    assert_eq!(fridge.items(BEN).await, Vec::<Value>::new());
    assert_eq!(fridge.item(ANNA, &item).await, item);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn the_list_is_opened_first_then_by_date_then_by_age_and_comes_in_pages(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    let mut wanted = Vec::new();
    for date in [json!({}), json!({"use_by": "2026-12-24"}), json!({"best_before": "2026-12-01"}), json!({})]
    {
        wanted.push(fridge.add(ANNA, &date).await["item_id"].clone());
        fridge.clock.advance(chrono::TimeDelta::seconds(1));
    }
    fridge.tap(ANNA, &json!({"item_id": wanted[3]}), "open", &json!({})).await;
    let wanted = [&wanted[3], &wanted[2], &wanted[1], &wanted[0]].map(Clone::clone);
    let mut seen = Vec::new();
    let mut path = "/api/v1/fridge/items?limit=1".to_owned();
    loop {
        let page = fridge.api.account(ANNA).get(&path).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|item| item["item_id"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/fridge/items?limit=1&cursor={cursor}");
    }
    assert_eq!(seen, wanted);
    for wrong in ["limit=0", "cursor=%21"] {
        let answer = fridge.api.account(ANNA).get(&format!("/api/v1/fridge/items?{wrong}")).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{wrong}");
    }
}
