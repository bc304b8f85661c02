//! The calendar feed and its token.

use http::{Method, StatusCode};
use serde_json::json;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};

use crate::support::{ANNA, Fridge, fridge};

async fn token(fridge: &Fridge) -> String {
    let answer = fridge.send(ANNA, Method::POST, "/api/v1/fridge/feed-token").await;
    assert_eq!(answer.status, StatusCode::CREATED);
    let (token, url) = (answer.json()["token"].clone(), answer.json()["url"].clone());
    let token = token.as_str().unwrap().to_owned();
    assert_eq!(url, format!("https://packytrace.example{}", path(&token)));
    token
}

fn path(token: &str) -> String {
    format!("/api/v1/fridge/expiring.ics?token={token}")
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn the_feed_has_a_day_for_each_date_and_needs_nothing_but_its_token(
    _: PgPoolOptions,
    connect: PgConnectOptions,
) {
    let fridge = fridge(&connect).await;
    fridge.add(ANNA, &json!({"use_by": "2026-11-30"})).await;
    fridge.add(ANNA, &json!({})).await;
    let answer = fridge.api.get(&path(&token(&fridge).await)).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("content-type"), Some("text/calendar; charset=utf-8"));
    let text = String::from_utf8(answer.body.to_vec()).unwrap();
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    assert!(text.contains("DTSTART;VALUE=DATE:20261130\r\n"), "{text}");
    assert!(text.contains("SUMMARY:Use by: Oat drink\r\n"), "{text}");
}

#[sqlx::test(migrator = "fridge::MIGRATOR")]
async fn a_token_is_kept_as_its_hash_and_can_be_revoked(_: PgPoolOptions, connect: PgConnectOptions) {
    let fridge = fridge(&connect).await;
    let (first, second) = (token(&fridge).await, token(&fridge).await);
    let status = async |token: &str| fridge.api.get(&path(token)).await.status;
    assert_eq!((status(&first).await, status(&second).await), (StatusCode::UNAUTHORIZED, StatusCode::OK));
    let kept: String = sqlx::query_scalar("select t::text from fridge.feed_tokens t")
        .fetch_one(&fridge.database)
        .await
        .unwrap();
    assert!(!kept.contains(&second));
    let revoked = fridge.send(ANNA, Method::DELETE, "/api/v1/fridge/feed-token").await;
    assert_eq!((revoked.status, status(&second).await), (StatusCode::NO_CONTENT, StatusCode::UNAUTHORIZED));
    assert_eq!(
        fridge.api.account(ANNA).get("/api/v1/fridge/expiring.ics").await.status,
        StatusCode::BAD_REQUEST
    );
}
