//! Erasure, with its confirmation, and the part of an export.

use http::StatusCode;
use serde_json::{Value, json};
use service_chassis::store::outbox;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{ANNA, BEN, Personalization, event, everything_kept, personalization, put};

const OWN: &str = "/api/v1/me/profile";
const HOUSEHOLD: &str = "/api/v1/me/household/profiles";

async fn with_two_people(connect: &PgConnectOptions) -> Personalization {
    let here = personalization(connect).await;
    for person in [ANNA, BEN] {
        here.says.yes(person, "2026-11-01T00:00:00Z");
        let api = here.api.account(person);
        put(&api, OWN, &json!({"name": "first", "diets": ["vegan"]})).await;
        put(&api, OWN, &json!({"name": "second", "diets": ["halal"]})).await;
        api.post(HOUSEHOLD, &json!({"name": format!("member of {person}")})).await;
    }
    here
}

fn account_erased(id: u128) -> service_chassis::runtime::KafkaEvent {
    let data = json!({"account_id": ANNA, "visitor_ids": [], "erased_at": "2026-11-22T10:00:00Z"});
    event(id, "AccountErased", "identity.account-erased.v1", &data)
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn an_erased_account_leaves_nothing_and_the_other_stays(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = with_two_people(&connect).await;
    for _ in 0..2 {
        assert!(here.consumer.handle(account_erased(1)).await.unwrap().batch_item_failures.is_empty());
    }
    let mut conn = here.database.acquire().await.unwrap();
    let waiting = outbox::oldest(&mut conn, here.app.schema, 10).await.unwrap();
    assert_eq!(waiting.len(), 1, "confirmed once");
    assert_eq!(waiting[0].topic, "personalization.erasure-completed.v1");
    let confirmed: Value = serde_json::from_str(&waiting[0].payload).unwrap();
    assert_eq!(confirmed["data"], json!({"account_id": ANNA, "completed_at": "2026-11-22T10:00:00Z"}));
    let sent: Vec<i64> = waiting.iter().map(|event| event.position).collect();
    outbox::remove(&mut conn, here.app.schema, &sent).await.unwrap();
    let kept = everything_kept(&here.database).await;
    assert!(!kept.contains(&ANNA.to_string()) && kept.contains(&BEN.to_string()));
    assert_eq!(here.api.account(ANNA).get(OWN).await.status, StatusCode::NOT_FOUND);
    assert_eq!(here.api.account(BEN).get(OWN).await.status, StatusCode::OK);
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn an_account_that_was_never_here_is_confirmed_too(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.consumer.handle(account_erased(1)).await.unwrap();
    assert!(everything_kept(&here.database).await.contains("ErasureCompleted"));
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn an_export_holds_every_version_of_the_person_and_nothing_of_another(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let here = with_two_people(&connect).await;
    let path = format!("/internal/v1/accounts/{ANNA}/export");
    let part = here.identity.account(ANNA).get(&path).await;
    assert_eq!(part.status, StatusCode::OK);
    let part = part.json();
    assert_eq!(part["service"], "personalization");
    let profiles = part["data"]["health_profiles"].as_array().unwrap();
    let told: Vec<_> =
        profiles.iter().map(|one| (one["name"].as_str().unwrap(), one["version"].as_i64())).collect();
    let member = format!("member of {ANNA}");
    assert_eq!(told, [("first", Some(1)), ("second", Some(2)), (member.as_str(), Some(1))]);
    assert_eq!(here.identity.account(BEN).get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        here.api.account(ANNA).get(&path).await.status,
        StatusCode::UNAUTHORIZED,
        "not for the gateway"
    );
}
