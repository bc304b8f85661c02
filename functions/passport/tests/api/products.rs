//! `/api/v1/products`.

use bytes::Bytes;
use http::{Method, StatusCode};
use passport::store::products::Taken;
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{OAT_DRINK, oat_drink, passport, stock};

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_gtin_in_any_length_gives_its_one_passport(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    for gtin in [OAT_DRINK, "9521234543213"] {
        let answer = passport.api.get(&format!("/api/v1/products/{gtin}")).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["gtin"], OAT_DRINK);
        assert_eq!(answer.json()["revision"], 1);
        assert_eq!(answer.header("cache-control"), Some("public, max-age=30"));
    }
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn an_unchanged_passport_is_not_sent_again(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    let path = format!("/api/v1/products/{OAT_DRINK}");
    let tag = passport.api.get(&path).await.header("etag").unwrap().to_owned();
    let again = passport.api.send(Method::GET, &path, &[("if-none-match", &tag)], Bytes::new()).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED);
    assert!(again.body.is_empty());
    let other = passport.api.send(Method::GET, &path, &[("if-none-match", "\"0.0\"")], Bytes::new()).await;
    assert_eq!(other.status, StatusCode::OK);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_gtin_that_is_none_is_400_and_an_unknown_one_404(_: PgPoolOptions, connect: PgConnectOptions) {
    let api = passport(&connect).api;
    let wrong = api.get("/api/v1/products/9521234543214").await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    assert_eq!(wrong.json()["errors"][0]["code"], "invalid_check_digit");
    assert_eq!(api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_second_import_changes_nothing_and_a_new_fact_makes_a_revision(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = passport(&connect);
    assert_eq!(stock(&passport.database, oat_drink()).await, Taken::Changed { revision: 1 });
    assert_eq!(stock(&passport.database, oat_drink()).await, Taken::Unchanged);
    let mut changed = oat_drink();
    changed["origin"] = json!("Norway");
    assert_eq!(stock(&passport.database, changed).await, Taken::Changed { revision: 2 });
    let answer = passport.api.get(&format!("/api/v1/products/{OAT_DRINK}")).await.json();
    assert_eq!((answer["revision"].as_i64(), answer["origin"].as_str()), (Some(2), Some("Norway")));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn products_are_found_by_name_brand_and_first_digits(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    stock(&passport.database, oat_drink()).await;
    stock(&passport.database, json!({"gtin": "09521234500018", "names": {"en": "Rye bread"}})).await;
    for found in ["oat", "haferdrink", "FJELL", "fjell%20oat", "952123454", "plant"] {
        let page = passport.api.get(&format!("/api/v1/products?q={found}")).await.json();
        assert_eq!(page["items"][0]["gtin"], OAT_DRINK, "{found}: {page}");
        assert_eq!(page["items"].as_array().unwrap().len(), 1, "{found}");
    }
    let none = passport.api.get("/api/v1/products?q=oat%20rye").await.json();
    assert_eq!(none["items"], json!([]));
    assert_eq!(passport.api.get("/api/v1/products?q=%20").await.status, StatusCode::BAD_REQUEST);
    assert_eq!(passport.api.get("/api/v1/products").await.status, StatusCode::BAD_REQUEST);
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_search_goes_through_all_pages_once(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    let gtins = ["09521234500018", "09521234500025", "09521234500032", "09521234500049", "09521234500056"];
    for gtin in gtins {
        stock(&passport.database, json!({"gtin": gtin, "names": {"en": "Rye bread"}})).await;
    }
    let mut seen = Vec::new();
    let mut path = "/api/v1/products?q=rye&limit=2".to_owned();
    loop {
        let page = passport.api.get(&path).await.json();
        seen.extend(page["items"].as_array().unwrap().iter().map(|found| found["gtin"].clone()));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/api/v1/products?q=rye&limit=2&cursor={cursor}");
    }
    assert_eq!(seen, gtins);
}
