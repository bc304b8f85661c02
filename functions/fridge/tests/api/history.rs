//! The snapshot is what the history says, always.

use fridge::{
    domain::item::fold,
    store::{self, events, items::Kept},
};
use serde_json::json;
use service_chassis::testing::as_role;
use sqlx::{
    Executor,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Fridge, fridge};

/// A random number that is the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Random taps through the router, refused ones too.
async fn live(fridge: &Fridge, taps: usize) {
    let mut dice = Dice(7);
    let mut shelf = vec![fridge.add(ANNA, &json!({"use_by": "2027-06-01"})).await];
    for _ in 0..taps {
        fridge.clock.advance(chrono::TimeDelta::minutes(37));
        let place = usize::try_from(dice.below(u64::try_from(shelf.len()).unwrap())).unwrap();
        let item = shelf[place].clone();
        let grams = dice.below(400) + 1;
        let (what, body) = match dice.below(9) {
            0 => {
                shelf.push(fridge.add(ANNA, &json!({"lot": "L-7"})).await);
                continue;
            }
            1 => ("open", json!({})),
            2 => ("freeze", json!({})),
            3 => ("thaw", json!({})),
            4 => ("discard", json!({"quantity": grams, "reason": "other"})),
            5 | 6 => ("undo", json!({"event_id": fridge.item(ANNA, &item).await["last_event_id"]})),
            _ => ("consume", json!({"quantity": grams, "confirm": true})),
        };
        fridge.tap(ANNA, &item, what, &body).await;
    }
}

async fn snapshot(fridge: &Fridge) -> Vec<Kept> {
    let mut conn = fridge.database.acquire().await.unwrap();
    store::items::of_fridge(&mut conn, ANNA).await.unwrap()
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn every_item_is_the_fold_of_its_history_and_the_snapshot_can_be_dropped_and_rebuilt(
    pool_options: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    live(&fridge, 250).await;
    let before = snapshot(&fridge).await;
    assert!(before.len() > 10);
    let mut conn = fridge.database.acquire().await.unwrap();
    for kept in &before {
        let history = events::of_item(&mut conn, kept.item.item_id).await.unwrap();
        assert_eq!(fold(&history).unwrap(), kept.item);
    }
    let owner = pool_options.connect_with(connect.clone()).await.unwrap();
    owner.execute("truncate fridge.items").await.unwrap();
    assert_eq!(snapshot(&fridge).await, []);
    assert_eq!(store::rebuild::rebuild(&mut conn).await.unwrap(), before.len());
    assert_eq!(snapshot(&fridge).await, before);
    drop(conn);
    let (first, there) = (&before[0], fridge.items(ANNA).await);
    assert!(!there.is_empty());
    let again = as_role(&connect, "fridge_svc");
    let added_by: Option<Uuid> = sqlx::query_scalar("select added_by from fridge.items where item_id = $1")
        .bind(first.item.item_id)
        .fetch_one(&again)
        .await
        .unwrap();
    assert_eq!(added_by, Some(ANNA));
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn an_export_has_everything_of_a_person_and_of_nobody_else(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    let item = fridge.add(ANNA, &json!({})).await;
    fridge.add(BEN, &json!({})).await;
    fridge.tap(ANNA, &item, "consume", &json!({})).await;
    let path = format!("/internal/v1/accounts/{ANNA}/export");
    let part = fridge.identity.get(&path).await.json();
    assert_eq!(part["service"], "fridge");
    assert_eq!(part["data"]["items"].as_array().unwrap().len(), 1);
    let history = part["data"]["history"].as_array().unwrap();
    assert_eq!(history.len(), 2);
    assert_eq!(history[1]["item_id"], item["item_id"]);
    assert_eq!(part["data"]["settings"][0]["time_zone"], "UTC");
    for nobody in [&fridge.api, &fridge.api.account(ANNA)] {
        assert_eq!(nobody.get(&path).await.status, http::StatusCode::UNAUTHORIZED);
    }
}
