//! How much one address, account or visitor may ask, and how large.

use std::num::NonZeroU32;

use axum::body::Body;
use chrono::TimeDelta;
use futures::stream;
use serde_json::json;

use crate::support::{
    World,
    ask::Ask,
    keycloak::{token, token_with},
};

const TARGET: &str = "/api/v1/products?q=x";

fn five() -> NonZeroU32 {
    NonZeroU32::new(5).unwrap()
}

/// Sends requests until one is not let through, twenty at most.
async fn passed(mut ask: impl FnMut() -> Ask) -> usize {
    for count in 0..20 {
        let answer = ask().send().await;
        if answer.status.as_u16() == 429 {
            answer.assert_problem(429, "too-many-requests");
            assert_eq!(answer.header("retry-after"), Some("1"));
            return count;
        }
        assert_eq!(answer.status.as_u16(), 200);
    }
    20
}

#[tokio::test]
async fn an_address_has_its_rate_and_no_other_pays_for_it() {
    let world = World::with(|setup| setup.config.rate_limit_per_address = five()).await;
    assert_eq!(passed(|| world.get(TARGET).from("192.0.2.1")).await, 5);
    assert_eq!(passed(|| world.get(TARGET).from("192.0.2.2")).await, 5);
    world.advance(TimeDelta::seconds(1));
    assert_eq!(passed(|| world.get(TARGET).from("192.0.2.1")).await, 5);
}

#[tokio::test]
async fn a_forged_forwarded_for_changes_nothing() {
    let world = World::with(|setup| setup.config.rate_limit_per_address = five()).await;
    let mut lie = 0;
    let forging = || {
        lie += 1;
        world
            .get(TARGET)
            .header("x-forwarded-for", &format!("10.0.0.{lie}"))
            .header("x-forwarded-for", &format!("10.0.1.{lie}, 192.0.2.1"))
    };
    assert_eq!(passed(forging).await, 5);
}

#[tokio::test]
async fn without_a_trusted_proxy_the_header_is_not_read() {
    let world = World::with(|setup| {
        setup.config.rate_limit_per_address = five();
        setup.config.trusted_proxy = false;
    });
    let (world, mut lie) = (world.await, 0);
    let forging = || {
        lie += 1;
        world.get(TARGET).from(&format!("10.0.0.{lie}"))
    };
    assert_eq!(passed(forging).await, 5);
}

#[tokio::test]
async fn bad_tokens_count_too_and_are_limited_before_they_cost_anything() {
    let world = World::with(|setup| setup.config.rate_limit_per_address = five()).await;
    for _ in 0..5 {
        assert_eq!(world.get(TARGET).bearer("garbage").status().await, 401);
    }
    assert_eq!(world.get(TARGET).bearer("garbage").status().await, 429);
}

#[tokio::test]
async fn an_account_has_its_rate_from_all_addresses_together() {
    let world = World::with(|setup| setup.config.rate_limit_per_account = five()).await;
    let (token, mut address) = (token(), 0);
    let everywhere = || {
        address += 1;
        world.get(TARGET).bearer(&token).from(&format!("192.0.2.{address}"))
    };
    assert_eq!(passed(everywhere).await, 5);
    let other = token_with(&json!({"sub": "11111111-1111-4111-8111-111111111111"}));
    assert_eq!(passed(|| world.get(TARGET).bearer(&other)).await, 5);
}

#[tokio::test]
async fn a_visitor_has_a_rate_of_its_own() {
    let world = World::with(|setup| setup.config.rate_limit_per_visitor = five()).await;
    world.passport.answer(200, &[("x-visitor-used", "true")], "{}");
    let answer = world.post("/api/v1/scans").body("{}").send().await;
    let cookie = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(passed(|| world.get(TARGET).header("cookie", &cookie)).await, 5);
    assert_eq!(passed(|| world.get(TARGET)).await, 20, "nobody in particular is limited by address only");
}

#[tokio::test]
async fn registrations_and_scans_have_rates_of_their_own() {
    let world = World::with(|setup| {
        setup.config.rate_limit_registrations = five();
        setup.config.rate_limit_scans = NonZeroU32::new(2).unwrap();
    })
    .await;
    world.identity.answer("/api/v1/accounts", 201, json!({}));
    let register = || world.post("/api/v1/accounts").body("{}").from("192.0.2.1");
    for _ in 0..5 {
        assert_eq!(register().status().await, 201);
    }
    let refused = register().send().await;
    refused.assert_problem(429, "too-many-requests");
    assert_eq!(refused.header("retry-after"), Some("12"));
    let scan = || world.post("/api/v1/scans").body("{}").from("192.0.2.1");
    assert_eq!((scan().status().await, scan().status().await, scan().status().await), (200, 200, 429));
    assert_eq!(passed(|| world.get(TARGET).from("192.0.2.1")).await, 20);
    assert_eq!(world.post("/api/v1/accounts").body("{}").from("192.0.2.2").status().await, 201);
}

#[tokio::test]
async fn a_browser_can_read_why_it_was_refused() {
    let world = World::with(|setup| setup.config.rate_limit_per_address = NonZeroU32::MIN).await;
    let ask = || world.get(TARGET).header("origin", "https://app.example");
    assert_eq!(ask().status().await, 200);
    let refused = ask().send().await;
    refused.assert_problem(429, "too-many-requests");
    assert_eq!(refused.header("access-control-allow-origin"), Some("https://app.example"));
}

#[tokio::test]
async fn a_body_of_one_mebibyte_passes_and_not_a_byte_more() {
    let world = World::new().await;
    let limit = 1024 * 1024;
    let whole = world.post("/api/v1/scans").body("x".repeat(limit)).send().await.received();
    assert_eq!(whole["body"].as_str().unwrap().len(), limit);
    world
        .post("/api/v1/scans")
        .body("x".repeat(limit + 1))
        .send()
        .await
        .assert_problem(413, "payload-too-large");
    assert_eq!(world.passport.calls(), 1);
}

#[tokio::test]
async fn a_route_has_its_own_limit() {
    let world = World::new().await;
    let put = |length: usize| {
        world.ask(http::Method::PUT, "/api/v1/test/account").bearer(&token()).body("x".repeat(length))
    };
    assert_eq!(put(64).status().await, 200);
    put(65).send().await.assert_problem(413, "payload-too-large");
}

#[tokio::test]
async fn a_body_without_an_end_is_counted_as_it_comes() {
    let world = World::new().await;
    let endless = Body::from_stream(stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b'x'; 64 * 1024])));
    world.post("/api/v1/scans").body(endless).send().await.assert_problem(413, "payload-too-large");
    let broken = Body::from_stream(stream::once(async { Err::<Vec<u8>, _>(std::io::Error::other("gone")) }));
    world.post("/api/v1/scans").body(broken).send().await.assert_problem(400, "malformed-request");
    assert_eq!(world.passport.calls(), 0);
}
