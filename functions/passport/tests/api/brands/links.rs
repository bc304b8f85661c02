//! `/api/v1/brand/products/{gtin}/links`.

use http::{Method, StatusCode};
use serde_json::{Value, json};
use service_chassis::testing::Answer;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use super::own;
use crate::support::{OAT_DRINK, Passport, passport};

async fn put(passport: &Passport, document: &Value, if_match: Option<&str>) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(if_match.map(|version| ("if-match", version)));
    passport.editor().send(Method::PUT, &own("/links"), &headers, document.to_string().into()).await
}

fn to(page: &str) -> Value {
    json!({"entries": [{
        "default": {"link_type": "gs1:pip", "href": format!("https://brand.example/{page}"), "title": page},
        "links": [],
    }]})
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn links_are_replaced_as_a_whole_and_the_resolver_follows(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    passport.found_fjell(false).await;
    let none = passport.editor().get(&own("/links")).await;
    assert_eq!((none.json(), none.header("etag")), (json!({"entries": []}), Some("\"0\"")));
    let put_one = put(&passport, &to("one"), Some("\"0\"")).await;
    assert_eq!((put_one.status, put_one.header("etag")), (StatusCode::OK, Some("\"1\"")));
    let read = passport.editor().get(&own("/links")).await;
    assert_eq!((read.json(), read.header("etag")), (to("one"), Some("\"1\"")));
    let led = passport.api.get(&format!("/01/{OAT_DRINK}")).await;
    assert_eq!(led.header("location"), Some("https://brand.example/one"));
    assert_eq!(put(&passport, &to("two"), None).await.header("etag"), Some("\"2\""));
    assert_eq!(put(&passport, &to("three"), Some("*")).await.header("etag"), Some("\"3\""));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_version_that_is_not_there_any_more_is_412_and_nothing_changes(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let passport = passport(&connect);
    passport.found_fjell(false).await;
    put(&passport, &to("one"), None).await;
    for stale in ["\"0\"", "\"7\"", "\"x\"", "W/\"1\""] {
        assert_eq!(
            put(&passport, &to("two"), Some(stale)).await.status,
            StatusCode::PRECONDITION_FAILED,
            "{stale}"
        );
    }
    assert_eq!(put(&passport, &to("two"), Some("one")).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(passport.editor().get(&own("/links")).await.json(), to("one"));
}

#[sqlx::test(migrator = "passport::MIGRATOR")]
async fn a_document_that_breaks_rules_is_422_with_each_place(_: PgPoolOptions, connect: PgConnectOptions) {
    let passport = passport(&connect);
    passport.found_fjell(false).await;
    let mut document = to("one");
    document["entries"][0]["default"]["href"] = json!("javascript:alert(1)");
    document["entries"][0]["default"]["title"] = json!("a\u{0}b");
    let answer = put(&passport, &document, None).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
    let errors = answer.json()["errors"].clone();
    let pointers: Vec<&Value> = errors.as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(pointers, ["/entries/0/default/href", "/entries/0/default/title"]);
    assert_eq!(passport.editor().get(&own("/links")).await.header("etag"), Some("\"0\""));
}
