//! `/api/v1/brand/products`: a brand states its products.

use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::canonical;
use service_chassis::testing::Answer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::{own, product};
use crate::support::{FJELL, OAT_DRINK, Passport, oat_drink, passport, stock};

async fn put(passport: &Passport, product: &Value) -> Answer {
    let headers = [("content-type", "application/json")];
    passport.editor().send(Method::PUT, &own(""), &headers, product.to_string().into()).await
}

async fn fjell(connect: &PgConnectOptions) -> Passport {
    let passport = passport(connect);
    passport.found_fjell(true).await;
    passport
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_product_is_stated_as_a_whole_and_everybody_sees_who_states_it(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = fjell(&connect).await;
    let answer = put(&passport, &product("Oats")).await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let seen = passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.json();
    assert_eq!((seen["revision"].as_i64(), &seen["names"]), (Some(1), &json!({"en": "Oats"})));
    assert_eq!(seen["brand"], json!({"brand_id": FJELL, "name": "Fjell & Eng"}));
    let fact = json!({"source": "Fjell & Eng", "standing": "brand", "at": "2026-11-22T10:00:00Z"});
    for pointer in ["", "/names", "/labels"] {
        assert_eq!(seen["facts"][pointer], fact, "{pointer}");
    }
    let told = passport.waiting("passport.product-changed.v1").await;
    assert_eq!(told, [json!({"gtin": OAT_DRINK, "brand_id": FJELL, "revision": 1, "withdrawn": false})]);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_change_is_a_revision_and_the_former_ones_stay_readable(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = fjell(&connect).await;
    stock(&passport.database, oat_drink()).await;
    assert_eq!(put(&passport, &product("Oats")).await.status, StatusCode::OK);
    passport.clock.advance(chrono::TimeDelta::hours(1));
    for _ in 0..2 {
        assert_eq!(put(&passport, &product("Oat drink")).await.json()["revision"], 3);
    }
    let revision = async |number: u8| {
        passport.api.get(&format!("/api/v1/products/{OAT_DRINK}/revisions/{number}")).await
    };
    let (first, second, third) =
        (revision(1).await.json(), revision(2).await.json(), revision(3).await.json());
    assert_eq!((&first["names"]["en"], &first["facts"][""]["source"]), (&json!("Oat drink"), &json!("demo")));
    assert_eq!((&first["brand"], &first["signature"]), (&Value::Null, &Value::Null));
    assert_eq!((&second["names"]["en"], &second["brand"]["name"]), (&json!("Oats"), &json!("Fjell & Eng")));
    assert_eq!(third, passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.json());
    assert_eq!(third["facts"]["/names"]["at"], "2026-11-22T11:00:00Z");
    assert_eq!(third["facts"]["/labels"]["at"], "2026-11-22T10:00:00Z");
    assert_eq!(revision(4).await.status, StatusCode::NOT_FOUND);
    assert_eq!(passport.waiting("passport.product-changed.v1").await.len(), 2);
}

/// What a stranger does who has the passport and the published keys.
fn is_signed(passport: &Value, keys: &Value) -> bool {
    let beside = [
        "revision",
        "content_hash",
        "signature",
        "brand",
        "facts",
        "recalls",
        "nutri_score",
        "nova_group",
        "links",
        "withdrawn",
    ];
    let mut content = passport.clone();
    content.as_object_mut().unwrap().retain(|name, _| !beside.contains(&name.as_str()));
    let content = canonical::json(&content);
    assert_eq!(canonical::sha256_hex(content.as_bytes()), passport["content_hash"].as_str().unwrap());
    let [header, "", signature] = passport["signature"].as_str().unwrap().split('.').collect::<Vec<_>>()[..]
    else {
        return false;
    };
    let decoded = |text: &str| BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
    let claims: Value = serde_json::from_slice(&decoded(header)).unwrap();
    assert_eq!(
        (&claims["revision"], &claims["brand_id"]),
        (&passport["revision"], &passport["brand"]["brand_id"])
    );
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == claims["kid"]).unwrap();
    let signed = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(content));
    UnparsedPublicKey::new(&ED25519, decoded(key["x"].as_str().unwrap()))
        .verify(signed.as_bytes(), &decoded(signature))
        .is_ok()
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_stranger_can_check_what_the_brand_has_signed(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    let keys = async || passport.api.get("/.well-known/passport-keys.json").await.json();
    assert_eq!(keys().await["keys"].as_array().unwrap().len(), 1, "the key is known before it signs");
    let mut body = product("Oats");
    body["nutriments"] = json!([{"nutrient": "fat", "value": 1.0, "unit": "g", "basis": "100g"},
        {"nutrient": "salt", "value": 6.6e-5, "unit": "g", "basis": "100g"}]);
    put(&passport, &body).await;
    let mut seen = passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.json();
    let keys = keys().await;
    assert!(is_signed(&seen, &keys));
    seen["signature"] = put(&passport, &product("Other")).await.json()["signature"].take();
    let forged = std::panic::catch_unwind(|| is_signed(&seen, &keys));
    assert!(!forged.unwrap_or(false), "the signature of another revision");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn impossible_values_are_kept_and_told(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    let mut body = product("Oats");
    body["nutriments"] = json!([
        {"nutrient": "fat", "value": -1, "unit": "g", "basis": "100g"},
        {"nutrient": "sugars", "value": 5, "unit": "g", "basis": "100g"},
        {"nutrient": "energy", "value": 1800, "unit": "kcal", "basis": "100g"},
    ]);
    let answer = put(&passport, &body).await.json();
    assert_eq!(answer["nutriments"][0]["value"], -1);
    let pointers: Vec<&str> = answer["warnings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|warning| warning["pointer"].as_str().unwrap())
        .collect();
    assert_eq!(pointers, ["/nutriments/0", "/nutriments/2"]);
    let listed = passport.editor().get("/api/v1/brand/products").await.json();
    assert_eq!(listed["items"][0]["warnings"], answer["warnings"]);
    let seen = passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.json();
    assert!(seen["warnings"].is_null(), "told to the brand alone");
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_body_that_breaks_the_contract_is_422_and_changes_nothing(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = fjell(&connect).await;
    let with = |member: &str, value: Value| {
        let mut product = product("Oats");
        product[member] = value;
        product
    };
    for (body, pointer) in [
        (with("brand_id", json!(FJELL)), ""),
        (with("revision", json!(7)), ""),
        (with("gtin", json!("9521234100010")), "/gtin"),
        (with("gtin", json!("9521234543214")), "/gtin"),
        (with("names", json!({"en": "a\u{0}"})), ""),
        (with("allergens", json!([{"code": "milk", "presence": "some"}])), "/allergens/0/presence"),
    ] {
        let answer = put(&passport, &body).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{body}");
        let told = answer.json()["errors"][0]["pointer"].as_str().unwrap().to_owned();
        assert!(told.starts_with(pointer), "{body}: {told}");
    }
    assert_eq!(passport.editor().get(&own("")).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_withdrawn_product_is_gone_and_offered_again_when_it_is_stated(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = fjell(&connect).await;
    put(&passport, &product("Oats")).await;
    let delete =
        async || passport.editor().send(Method::DELETE, &own(""), &[], bytes::Bytes::new()).await.status;
    assert_eq!((delete().await, delete().await), (StatusCode::NO_CONTENT, StatusCode::NO_CONTENT));
    assert_eq!(passport.api.get(&format!("/01/{OAT_DRINK}")).await.status, StatusCode::GONE);
    let seen = passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.json();
    assert_eq!(seen["withdrawn"], true);
    assert_eq!(put(&passport, &product("Oats")).await.json()["withdrawn"], false);
    assert_eq!(passport.api.get(&format!("/01/{OAT_DRINK}")).await.status, StatusCode::TEMPORARY_REDIRECT);
    let told: Vec<Value> = passport.waiting("passport.product-changed.v1").await;
    let withdrawn: Vec<bool> = told.iter().map(|fact| fact["withdrawn"].as_bool().unwrap()).collect();
    assert_eq!(withdrawn, [false, true, false]);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_scan_says_whose_product_it_is(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    for code in [OAT_DRINK, "9521321200012"] {
        passport.api.visitor(FJELL).post("/api/v1/scans", &json!({"code": code})).await;
    }
    let told = passport.waiting("passport.product-scanned.v1").await;
    assert_eq!(told[0]["brand_id"], json!(FJELL), "also of a product that the catalogue lacks");
    assert_eq!(told[1]["brand_id"], Value::Null);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_nutri_score_is_shown_where_every_input_is_stated(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    let mut body = product("Bread");
    body["category"] = json!("en:wholemeal-breads");
    let inputs = [
        ("energy", 1000.0, "kJ"),
        ("fat", 2.0, "g"),
        ("saturates", 0.4, "g"),
        ("sugars", 3.0, "g"),
        ("salt", 1.1, "g"),
        ("protein", 9.0, "g"),
        ("fibre", 7.0, "g"),
        ("fruits_vegetables_legumes", 0.0, "%"),
    ];
    body["nutriments"] = inputs
        .map(|(nutrient, value, unit)| json!({"nutrient": nutrient, "value": value, "unit": unit, "basis": "100g"}))
        .to_vec()
        .into();
    assert_eq!(put(&passport, &body).await.json()["nutri_score"], "a");
    body["nutriments"][4]["value"] = json!(-1);
    assert_eq!(put(&passport, &body).await.json()["nutri_score"], Value::Null);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn the_list_goes_on_where_the_page_ended(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = fjell(&connect).await;
    for gtin in ["9521234100010", "9521234100027", "9521234100034"] {
        stock(&passport.database, json!({"gtin": gtin})).await;
    }
    let first = passport.editor().get("/api/v1/brand/products?limit=2").await.json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let second =
        passport.editor().get(&format!("/api/v1/brand/products?limit=2&cursor={cursor}")).await.json();
    let gtins: Vec<&Value> = [&first, &second]
        .iter()
        .flat_map(|page| page["items"].as_array().unwrap())
        .map(|item| &item["gtin"])
        .collect();
    assert_eq!(gtins, ["09521234100034", "09521234100027", "09521234100010"]);
    assert_eq!(second["next_cursor"], Value::Null);
}
