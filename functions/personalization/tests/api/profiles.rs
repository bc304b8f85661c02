//! `/api/v1/me/profile` and `/api/v1/me/household/profiles`.

use bytes::Bytes;
use http::{Method, StatusCode};
use serde_json::{Value, json};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{ANNA, BEN, delete, everything_kept, personalization, personalization_with, put};

const OWN: &str = "/api/v1/me/profile";
const HOUSEHOLD: &str = "/api/v1/me/household/profiles";
const SINCE: &str = "2026-11-01T00:00:00Z";

fn profile() -> Value {
    json!({
        "name": "Anna-Zorbulate",
        "allergens": [{"code": "hazelnut", "sensitivity": "strict"}],
        "diets": ["vegan"],
        "conditions": ["coeliac"],
        "nutrient_limits": [{"nutrient": "salt", "max": 1.5, "unit": "g", "basis": "100g"}],
        "avoid_ingredients": ["palm oil"],
    })
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_profile_is_stored_as_a_whole_and_counts_its_versions(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, SINCE);
    let api = here.api.account(ANNA);
    assert_eq!(api.get(OWN).await.status, StatusCode::NOT_FOUND);
    let first = put(&api, OWN, &profile()).await;
    assert_eq!(first.status, StatusCode::OK);
    assert_eq!(first.header("cache-control"), Some("no-store"));
    let mut expected = profile();
    for member in ["profile_id", "version", "updated_at"] {
        expected[member] = first.json()[member].clone();
    }
    assert_eq!((first.json(), first.json()["version"].as_i64()), (expected, Some(1)));
    let second = put(&api, OWN, &json!({"diets": ["halal"]})).await.json();
    assert_eq!((second["version"].as_i64(), &second["profile_id"]), (Some(2), &first.json()["profile_id"]));
    assert_eq!(second["allergens"], json!([]));
    assert_eq!(api.get(OWN).await.json(), second);
    assert_eq!(delete(&api, OWN).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(OWN).await.status, StatusCode::NOT_FOUND);
    assert_eq!(delete(&api, OWN).await.status, StatusCode::NOT_FOUND);
    assert!(!everything_kept(&here.database).await.contains(&ANNA.to_string()), "no version is left");
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn nothing_of_a_profile_can_be_read_in_the_database(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, SINCE);
    put(&here.api.account(ANNA), OWN, &profile()).await;
    let headers = [("content-type", "application/json"), ("idempotency-key", "tap-1")];
    let body = Bytes::from(profile().to_string());
    here.api.account(ANNA).send(Method::POST, HOUSEHOLD, &headers, body).await;
    let kept = everything_kept(&here.database).await;
    assert!(kept.contains(&ANNA.to_string()), "the positive control");
    for datum in ["Zorbulate", "hazelnut", "vegan", "coeliac", "palm oil", "salt"] {
        let hex: String = datum.bytes().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
        assert!(!kept.contains(datum) && !kept.contains(&hex), "{datum}");
    }
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_row_that_is_moved_to_another_account_does_not_open(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, SINCE);
    put(&here.api.account(ANNA), OWN, &profile()).await;
    sqlx::query("update personalization.profiles set account_id = $1")
        .bind(BEN)
        .execute(&here.database)
        .await
        .unwrap();
    let answer = here.api.account(BEN).get(OWN).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(answer.json()["detail"], "Something went wrong on our side.");
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_new_key_takes_over_in_the_background(_: PgPoolOptions, connect: PgConnectOptions) {
    let before = personalization(&connect).await;
    before.says.yes(ANNA, SINCE);
    put(&before.api.account(ANNA), OWN, &profile()).await;
    let here = personalization_with(&connect, "two").await;
    let mut event = service_chassis::runtime::ScheduledEvent::default();
    event.detail.schedule = "rewrap-keys".to_owned();
    personalization::events::on_schedule(here.app.clone(), event).await.unwrap();
    let keys: Vec<String> = sqlx::query_scalar("select key_id from personalization.profile_versions")
        .fetch_all(&here.database)
        .await
        .unwrap();
    assert_eq!(keys, ["two"]);
    assert_eq!(here.api.account(ANNA).get(OWN).await.json()["name"], "Anna-Zorbulate");
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_profile_that_breaks_its_schema_or_a_rule_is_told_where(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, SINCE);
    let api = here.api.account(ANNA);
    for (body, pointer) in [
        (json!({"brand_id": "x"}), "/brand_id"),
        (json!({"allergens": [{"code": "unicorn", "sensitivity": "strict"}]}), "/allergens/0/code"),
        (json!({"diets": ["fruitarian"]}), "/diets/0"),
        (json!({"conditions": "coeliac"}), "/conditions"),
        (json!({"allergens": [{"code": "milk"}, {"code": "milk"}]}), "/allergens/1"),
        (json!({"avoid_ingredients": [""]}), "/avoid_ingredients/0"),
        (
            json!({"nutrient_limits": [{"nutrient": "salt", "max": 1, "unit": "kcal", "basis": "100g"}]}),
            "/nutrient_limits/0/unit",
        ),
    ] {
        let answer = put(&api, OWN, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        assert_eq!(answer.json()["errors"][0]["pointer"], pointer, "{}", answer.json());
    }
    assert_eq!(api.get(OWN).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_household_has_several_profiles(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, SINCE);
    let api = here.api.account(ANNA);
    put(&api, OWN, &profile()).await;
    let mut ids = Vec::new();
    for name in ["Ole", "Liv", "Per"] {
        let made = api.post(HOUSEHOLD, &json!({ "name": name })).await;
        assert_eq!(made.status, StatusCode::CREATED);
        ids.insert(0, made.json()["profile_id"].clone());
    }
    let page = api.get(&format!("{HOUSEHOLD}?limit=2")).await.json();
    let cursor = page["next_cursor"].as_str().unwrap();
    let rest = api.get(&format!("{HOUSEHOLD}?limit=2&cursor={cursor}")).await.json();
    let listed: Vec<_> = [&page, &rest]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| item["profile_id"].clone())
        .collect();
    assert_eq!(listed, ids, "newest first, without the own one");
    let path = format!("{HOUSEHOLD}/{}", ids[0].as_str().unwrap());
    assert_eq!(put(&api, &path, &json!({"name": "Per", "diets": ["vegan"]})).await.json()["version"], 2);
    assert_eq!(api.get(&path).await.json()["diets"], json!(["vegan"]));
    assert_eq!(delete(&api, &path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(api.get(&path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(api.get(OWN).await.status, StatusCode::OK, "the own one stays");
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn a_household_has_twenty_members_at_most(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, SINCE);
    let api = here.api.account(ANNA);
    for _ in 0..20 {
        assert_eq!(api.post(HOUSEHOLD, &json!({})).await.status, StatusCode::CREATED);
    }
    assert_eq!(api.post(HOUSEHOLD, &json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn the_same_key_gets_the_same_profile(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, SINCE);
    let api = here.api.account(ANNA);
    let headers = [("content-type", "application/json"), ("idempotency-key", "tap-1")];
    let send = |body: Value| api.send(Method::POST, HOUSEHOLD, &headers, Bytes::from(body.to_string()));
    let (first, again) = (send(profile()).await, send(profile()).await);
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_eq!(first.json(), again.json());
    assert_eq!(send(json!({})).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(api.get(HOUSEHOLD).await.json()["items"].as_array().unwrap().len(), 1);
}

#[sqlx::test(migrator = "personalization::MIGRATOR")]
async fn another_accounts_profile_is_none(_: PgPoolOptions, connect: PgConnectOptions) {
    let here = personalization(&connect).await;
    here.says.yes(ANNA, SINCE);
    here.says.yes(BEN, SINCE);
    put(&here.api.account(ANNA), OWN, &profile()).await;
    let member = here.api.account(ANNA).post(HOUSEHOLD, &profile()).await.json();
    let path = format!("{HOUSEHOLD}/{}", member["profile_id"].as_str().unwrap());
    let ben = here.api.account(BEN);
    let absent = ben.get(&format!("{HOUSEHOLD}/{BEN}")).await;
    for answer in [
        ben.get(OWN).await,
        ben.get(&path).await,
        put(&ben, &path, &profile()).await,
        delete(&ben, &path).await,
    ] {
        assert_eq!((answer.status, answer.json()), (StatusCode::NOT_FOUND, absent.json()));
    }
    assert_eq!(ben.get(HOUSEHOLD).await.json()["items"], json!([]));
    assert_eq!(here.api.get(OWN).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(here.api.visitor(ANNA).get(OWN).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(here.api.account(ANNA).get(&path).await.json(), member);
}
