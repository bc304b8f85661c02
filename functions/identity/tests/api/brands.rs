//! Brands, their prefixes and their users.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::caller::{BrandScope, OnBehalf};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use uuid::Uuid;

use crate::support::{ANNA, BEN, Identity, plain, send};

const PATH: &str = "/api/v1/admin/brands";
const TOPIC: &str = "identity.brand-changed.v1";

async fn make(identity: &Identity, name: &str, prefixes: Value) -> Value {
    let body = json!({"name": name, "gs1_company_prefixes": prefixes});
    let answer = identity.api.account(BEN).post(PATH, &body).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json());
    answer.json()
}

fn id(brand: &Value) -> &str {
    brand["brand_id"].as_str().unwrap()
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_brand_is_made_untrusted_and_announced(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let brand = make(&identity, "Fjell & Eng", json!(["9521234"])).await;
    let wanted = json!({
        "brand_id": id(&brand), "name": "Fjell & Eng", "gs1_company_prefixes": ["9521234"], "trusted": false,
        "measured": false, "window": "P1D", "window_from": "2026-11-23",
    });
    assert_eq!(brand, wanted);
    assert_eq!(identity.facts(TOPIC).await, [wanted]);
    assert_eq!(identity.api.account(BEN).get(PATH).await.json()["items"][0], brand);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn no_number_is_under_the_prefixes_of_two_brands(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    make(&identity, "One", json!(["9521234"])).await;
    for prefix in ["9521234", "95212345", "952123"] {
        let body = json!({"name": "Two", "gs1_company_prefixes": [prefix]});
        assert_eq!(
            identity.api.account(BEN).post(PATH, &body).await.status,
            StatusCode::CONFLICT,
            "{prefix}"
        );
    }
    make(&identity, "Two", json!(["9521235", "952124"])).await;
    for bad in [json!(["952"]), json!(["95212x"]), json!(["9599999", "95999991"])] {
        let body = json!({"name": "Three", "gs1_company_prefixes": bad});
        let answer = identity.api.account(BEN).post(PATH, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_change_is_announced_once_and_a_new_length_begins_on_monday(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let identity = Identity::with_accounts(&connect).await;
    let brand = make(&identity, "One", json!([])).await;
    let path = format!("{PATH}/{}", id(&brand));
    let admin = identity.api.account(BEN);
    identity.app.clock.advance(chrono::TimeDelta::days(1));
    let change = json!({"trusted": true, "measured": true, "window": "P7D"});
    for _ in 0..2 {
        let changed = send(&admin, Method::PATCH, &path, &change).await.json();
        assert_eq!((&changed["window"], &changed["window_from"]), (&json!("P7D"), &json!("2026-11-30")));
        assert_eq!((&changed["trusted"], &changed["name"]), (&json!(true), &json!("One")));
    }
    assert_eq!(identity.facts(TOPIC).await.len(), 2);
    let prefixes = json!({"gs1_company_prefixes": ["9521234"]});
    let changed = send(&admin, Method::PATCH, &path, &prefixes).await.json();
    assert_eq!(changed["gs1_company_prefixes"], json!(["9521234"]));
    let nowhere = format!("{PATH}/{ANNA}");
    assert_eq!(send(&admin, Method::PATCH, &nowhere, &change).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn an_account_is_a_user_of_one_brand(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let (one, two) = (make(&identity, "One", json!([])).await, make(&identity, "Two", json!([])).await);
    let scope = format!("/internal/v1/accounts/{ANNA}/brand-scope");
    assert_eq!(identity.api.get(&scope).await.status, StatusCode::NOT_FOUND);
    let users = |brand: &Value| format!("{PATH}/{}/users", id(brand));
    let admin = identity.api.account(BEN);
    for role in ["viewer", "editor"] {
        let body = json!({"account_id": ANNA, "role": role});
        assert_eq!(admin.post(&users(&one), &body).await.status, StatusCode::CREATED);
        let wanted = json!({"brand_id": id(&one), "role": role});
        assert_eq!(identity.api.get(&scope).await.json(), wanted);
    }
    let anna = json!({"account_id": ANNA, "role": "owner"});
    assert_eq!(admin.post(&users(&two), &anna).await.status, StatusCode::CONFLICT);
    assert_eq!(admin.get(&users(&one)).await.json()["items"].as_array().unwrap().len(), 1);
    let nobody = json!({"account_id": Uuid::from_u128(9), "role": "owner"});
    assert_eq!(admin.post(&users(&one), &nobody).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let nowhere = format!("{PATH}/{BEN}/users");
    assert_eq!(admin.post(&nowhere, &anna).await.status, StatusCode::NOT_FOUND);
    let path = format!("{}/{ANNA}", users(&one));
    assert_eq!(plain(&admin, Method::DELETE, &path).await.status, StatusCode::NO_CONTENT);
    assert_eq!(plain(&admin, Method::DELETE, &path).await.status, StatusCode::NOT_FOUND);
    assert_eq!(identity.api.get(&scope).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "identity::MIGRATOR")]
async fn a_brand_user_sees_the_brand_of_the_token(_: PgPoolOptions, connect: PgConnectOptions) {
    let identity = Identity::with_accounts(&connect).await;
    let brand = make(&identity, "One", json!(["9521234"])).await;
    assert_eq!(identity.api.account(ANNA).get("/api/v1/brand").await.status, StatusCode::NOT_FOUND);
    let scope = BrandScope { brand: id(&brand).parse().unwrap(), role: "editor".to_owned() };
    let on_behalf = OnBehalf { account: Some(ANNA), visitor: None, brand: Some(scope) };
    let answer = identity.api.on_behalf(on_behalf).get("/api/v1/brand").await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!((&answer.json()["name"], &answer.json()["role"]), (&json!("One"), &json!("editor")));
}
