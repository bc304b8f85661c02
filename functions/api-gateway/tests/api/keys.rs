//! Keycloak's keys: read once, kept, and missed as little as can be.

use chrono::TimeDelta;
use futures::future::join_all;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde_json::json;

use crate::support::{
    World,
    keycloak::{NEXT, Published, SIGNING, claims, header as token_header, keys, token, token_with},
    start,
};

const TARGET: &str = "/api/v1/products?q=x";

/// A token of a key that nobody publishes.
fn of_unknown_key(kid: &str) -> String {
    let mut header = token_header();
    header["kid"] = json!(kid);
    SIGNING.sign(&header, &claims())
}

/// A token of the key that Keycloak will use next, valid at `later` from the start.
fn of_next_key(later: TimeDelta) -> String {
    let (mut header, mut claims) = (token_header(), claims());
    header["kid"] = json!(NEXT.id);
    let now = (start() + later).timestamp();
    claims["iat"] = json!(now);
    claims["exp"] = json!(now + 300);
    NEXT.sign(&header, &claims)
}

/// An ordinary token that is valid at `later` from the start.
fn token_at(later: TimeDelta) -> String {
    let now = (start() + later).timestamp();
    token_with(&json!({"iat": now, "exp": now + 300}))
}

#[tokio::test]
async fn the_keys_are_read_once_for_many_tokens() {
    let world = World::new().await;
    let token = token();
    let answers = join_all((0..50).map(|_| world.get(TARGET).bearer(&token).status())).await;
    assert!(answers.iter().all(|status| *status == 200));
    assert_eq!(world.keycloak.fetches(), 1);
}

#[tokio::test]
async fn visitors_need_no_keys() {
    let world = World::new().await;
    assert_eq!(world.get(TARGET).status().await, 200);
    assert_eq!(world.keycloak.fetches(), 0);
}

#[tokio::test]
async fn a_new_key_is_believed_at_its_first_use() {
    let world = World::new().await;
    assert_eq!(world.get(TARGET).bearer(&token()).status().await, 200);
    world.keycloak.publish(keys(&[NEXT.jwk("sig", "RS256"), SIGNING.jwk("sig", "RS256")]));
    world.advance(TimeDelta::seconds(10));
    assert_eq!(world.get(TARGET).bearer(&of_next_key(TimeDelta::seconds(10))).status().await, 200);
    assert_eq!(world.keycloak.fetches(), 2);
}

#[tokio::test]
async fn unknown_keys_make_one_read_in_ten_seconds_however_many_ask() {
    let world = World::new().await;
    assert_eq!(world.get(TARGET).bearer(&token()).status().await, 200);
    world.advance(TimeDelta::seconds(10));
    let asks = (0..50).map(|n| world.get(TARGET).bearer(&of_unknown_key(&format!("unknown-{n}"))).status());
    assert!(join_all(asks).await.iter().all(|status| *status == 401));
    assert_eq!(world.keycloak.fetches(), 2);
    world.advance(TimeDelta::seconds(9));
    assert_eq!(world.get(TARGET).bearer(&of_unknown_key("x")).status().await, 401);
    assert_eq!(world.keycloak.fetches(), 2);
    world.advance(TimeDelta::seconds(1));
    assert_eq!(world.get(TARGET).bearer(&of_unknown_key("x")).status().await, 401);
    assert_eq!(world.keycloak.fetches(), 3);
}

#[tokio::test]
async fn keys_of_five_minutes_are_read_again_beside_the_request() {
    let world = World::new().await;
    assert_eq!(world.get(TARGET).bearer(&token()).status().await, 200);
    world.advance(TimeDelta::seconds(299));
    assert_eq!(world.get(TARGET).bearer(&token()).status().await, 200);
    assert_eq!(world.keycloak.fetches(), 1);
    world.advance(TimeDelta::seconds(1));
    assert_eq!(world.get(TARGET).bearer(&token_at(TimeDelta::minutes(5))).status().await, 200);
    world.keycloak.fetched(2).await;
}

#[tokio::test]
async fn tokens_work_on_for_a_day_while_keycloak_is_away() {
    let world = World::new().await;
    assert_eq!(world.get(TARGET).bearer(&token()).status().await, 200);
    world.keycloak.fail();
    let almost = TimeDelta::hours(24) - TimeDelta::seconds(1);
    world.advance(almost);
    assert_eq!(world.get(TARGET).bearer(&token_at(almost)).status().await, 200);
    world.keycloak.fetched(2).await;
    world.advance(TimeDelta::seconds(11));
    let answer = world.get(TARGET).bearer(&token_at(almost + TimeDelta::seconds(11))).send().await;
    answer.assert_problem(503, "unavailable");
    assert!(answer.header("retry-after").is_some());
    assert_eq!(world.get(TARGET).status().await, 200, "visitors are still served");
}

#[tokio::test]
async fn a_withdrawn_key_is_not_believed_after_the_next_read() {
    let world = World::new().await;
    assert_eq!(world.get(TARGET).bearer(&token()).status().await, 200);
    world.keycloak.publish(keys(&[NEXT.jwk("sig", "RS256")]));
    world.advance(TimeDelta::seconds(10));
    assert_eq!(world.get(TARGET).bearer(&of_next_key(TimeDelta::seconds(10))).status().await, 200);
    assert_eq!(world.get(TARGET).bearer(&token()).status().await, 401);
}

#[tokio::test]
async fn without_keys_there_is_503_until_keycloak_comes_up() {
    let world = World::new().await;
    world.keycloak.fail();
    world.get(TARGET).bearer(&token()).send().await.assert_problem(503, "unavailable");
    world.get(TARGET).bearer(&token()).send().await.assert_problem(503, "unavailable");
    assert_eq!(world.keycloak.fetches(), 1, "not one read for each request");
    world.keycloak.publish(keys(&[SIGNING.jwk("sig", "RS256")]));
    world.advance(TimeDelta::seconds(1));
    assert_eq!(world.get(TARGET).bearer(&token()).status().await, 200);
}

#[tokio::test]
async fn answers_that_are_no_key_set_are_not_taken_for_one() {
    let good = keys(&[SIGNING.jwk("sig", "RS256")]);
    let elsewhere = HeaderMap::from_iter([(header::LOCATION, HeaderValue::from_static("/certs"))]);
    let padded =
        json!({ "keys": [SIGNING.jwk("sig", "RS256")], "padding": "x".repeat(256 * 1024) }).to_string();
    for bad in [
        Published { status: StatusCode::FOUND, headers: elsewhere, ..good.clone() },
        Published { status: StatusCode::INTERNAL_SERVER_ERROR, ..good.clone() },
        Published { status: StatusCode::ACCEPTED, ..good.clone() },
        Published { body: padded, ..good.clone() },
        Published { body: "<html>".to_owned(), ..good.clone() },
        Published { body: json!({"keys": []}).to_string(), ..good.clone() },
        keys(&[SIGNING.jwk("enc", "RSA-OAEP")]),
        keys(&[SIGNING.jwk("sig", "RS512")]),
    ] {
        let world = World::new().await;
        world.keycloak.publish(bad);
        world.get(TARGET).bearer(&token()).send().await.assert_problem(503, "unavailable");
        assert_eq!(world.keycloak.fetches(), 1, "redirects are not followed");
    }
}

#[tokio::test]
async fn a_keycloak_that_cannot_be_reached_is_503_to_tokens_only() {
    let world = World::with(|setup| setup.jwks_url = Some("http://127.0.0.1:1/certs".to_owned())).await;
    world.get(TARGET).bearer(&token()).send().await.assert_problem(503, "unavailable");
    assert_eq!(world.get(TARGET).status().await, 200);
}
