//! Recalls of brands and authorities meet what people have.

use fridge::{
    domain::{
        recall::{Lots, Recall},
        words::telling,
    },
    store,
};
use serde_json::{Value, json};
use shared_contracts::{
    events::{Envelope, ProductRecalled},
    fridge::RecallSource,
    passport::RecallStatus,
};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, FJELL, Fridge, OAT_DRINK, fridge, now};

fn recall(event: u128, lots: Option<&[&str]>, status: RecallStatus) -> Envelope<ProductRecalled> {
    let fact = ProductRecalled {
        recall_id: Uuid::from_u128(0x4eca),
        gtin: OAT_DRINK.to_owned(),
        brand_id: Some(FJELL),
        lots: lots.map(|lots| lots.iter().map(ToString::to_string).collect()),
        use_by: None,
        status,
        reason: "Glass".to_owned(),
    };
    Envelope::new(Uuid::from_u128(event), now(), None, fact)
}

async fn statuses(fridge: &Fridge, items: &[&Value]) -> Vec<Value> {
    let mut statuses = Vec::new();
    for item in items {
        statuses.push(fridge.item(ANNA, item).await["recall_status"].clone());
    }
    statuses
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_recall_of_a_lot_marks_that_lot_and_tells_each_person_once(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    let hit = fridge.add(ANNA, &json!({"lot": "L-7", "use_by": "2027-12-24"})).await;
    let other = fridge.add(ANNA, &json!({"lot": "L-8"})).await;
    let without = fridge.add(ANNA, &json!({})).await;
    let another = fridge.add(ANNA, &json!({"gtin": "09521234000013", "lot": "L-7"})).await;
    fridge.add(BEN, &json!({"lot": "L-8"})).await;
    let event = recall(1, Some(&["L-7"]), RecallStatus::Active);
    for _ in 0..2 {
        fridge.hear(&event).await;
    }
    let all = [&hit, &other, &without, &another];
    assert_eq!(statuses(&fridge, &all).await, ["affected", "not_affected", "cannot_tell", "none"]);
    let told = fridge.notices(ANNA).await;
    assert_eq!(told.len(), 1);
    assert_eq!((&told[0]["kind"], &told[0]["reason"]), (&json!("recall"), &json!("Glass")));
    assert_eq!(fridge.notices(BEN).await, Vec::<Value>::new());
    let first = &fridge.items(ANNA).await[0];
    assert_eq!(first["item_id"], hit["item_id"], "above everything else");
    assert_eq!(first["recalls"][0]["matched_by"], "lot");
    fridge.hear(&recall(2, Some(&["L-7"]), RecallStatus::Lifted)).await;
    assert_eq!(statuses(&fridge, &all).await, ["none"; 4]);
    assert_eq!(fridge.notices(ANNA).await.len(), 1);
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn what_comes_in_after_a_recall_is_marked_at_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    fridge.hear(&recall(1, Some(&["L-7"]), RecallStatus::Active)).await;
    let hit = fridge.add(ANNA, &json!({"lot": "L-7"})).await;
    assert_eq!(hit["recall_status"], "affected");
    let before_the_event =
        fridge.add(ANNA, &json!({"gtin": "09521234000013", "recall_status": "affected"})).await;
    assert_eq!(before_the_event["recall_status"], "affected", "what Passport says counts meanwhile");
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn everybody_of_a_household_hears_of_a_recall_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let invitation =
        fridge.api.account(ANNA).post("/api/v1/fridge/household", &json!({"role": "viewer"})).await;
    let code = json!({"code": invitation.json()["code"]});
    fridge.api.account(BEN).post("/api/v1/fridge/household/members", &code).await;
    for lot in ["L-7", "L-7", "L-9"] {
        fridge.add(ANNA, &json!({"lot": lot})).await;
    }
    fridge.hear(&recall(1, None, RecallStatus::Active)).await;
    assert_eq!((fridge.notices(ANNA).await.len(), fridge.notices(BEN).await.len()), (1, 1));
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn an_authoritys_alert_meets_food_without_a_code_by_its_name(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    let by_hand = async |name: &str| {
        fridge.api.account(ANNA).post("/api/v1/fridge/items/manual", &json!({"name": name})).await.json()
    };
    let cake = by_hand("Tesco finest chocolate cake, half of it").await;
    let other = by_hand("Chocolate cake").await;
    let alert = Recall {
        recall_id: Uuid::from_u128(0xfa),
        source: RecallSource::Fsa,
        gtins: Vec::new(),
        lots: Lots::All,
        use_by: None,
        names: vec![
            telling("Tesco’s finest chocolate cake").unwrap_or_default(),
            telling("Tesco finest chocolate cake").unwrap(),
        ],
        reason: "Undeclared walnuts".to_owned(),
        url: Some("https://www.food.gov.uk/news-alerts/alert/FSA-AA-01-2018".to_owned()),
        active: true,
    };
    let mut tx = fridge.database.begin().await.unwrap();
    let marked = store::marking::take(&mut tx, &alert, &fridge.app.ids, now()).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!((marked.items, marked.people), (1, 1));
    assert_eq!(statuses(&fridge, &[&cake, &other]).await, ["cannot_tell", "none"]);
    let seen = fridge.item(ANNA, &cake).await;
    assert_eq!(seen["recalls"][0]["matched_by"], "text");
    let later = by_hand("chocolate CAKE (Tesco Finest)").await;
    assert_eq!(later["recall_status"], "cannot_tell");
}
