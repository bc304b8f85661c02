//! Which internal tokens a function believes.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::HashMap;

use chrono::TimeDelta;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use service_chassis::{
    caller::{Caller, Callers, INTERNAL_TOKEN, OnBehalf, Refusal, TokenSigner},
    clock::Clock,
    ids::Ids,
    testing::Authority,
};
use uuid::Uuid;

const ANNA: Uuid = Uuid::from_u128(0xa11a);
const BEN: Uuid = Uuid::from_u128(0xbe1);
const PATH: &str = "/api/v1/scans/1";

struct Two {
    clock: Clock,
    gateway: TokenSigner,
    passport: TokenSigner,
    callers: Callers,
}

fn two() -> Two {
    let clock = Clock::fixed("2026-11-22T10:00:00Z".parse().unwrap());
    let authority = Authority::new(&clock, &Ids::counted()).unwrap();
    let edges = HashMap::from([(
        "api-gateway".to_owned(),
        vec![("GET".to_owned(), "/api/v1/scans/{id}".to_owned())],
    )]);
    Two {
        gateway: authority.signer("api-gateway"),
        passport: authority.signer("passport"),
        callers: Callers::new("passport", authority.secrets("passport"), clock.clone(), edges),
        clock,
    }
}

fn behalf(account: Option<Uuid>) -> OnBehalf {
    OnBehalf { account, ..OnBehalf::default() }
}

fn headers(all: &[(&str, &str)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in all {
        headers.append(HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap());
    }
    headers
}

async fn token(signer: &TokenSigner, account: Option<Uuid>) -> String {
    signer.sign("passport", "GET", PATH, "request-1", &behalf(account)).await.unwrap()
}

async fn check(two: &Two, all: &[(&str, &str)]) -> Result<Caller, Refusal> {
    two.callers.check(&Method::GET, PATH, &headers(all)).await
}

#[tokio::test]
async fn a_call_that_the_manifest_names_is_believed() {
    let two = two();
    let token = token(&two.gateway, Some(ANNA)).await;
    let anna = ANNA.to_string();
    let caller = check(&two, &[(INTERNAL_TOKEN, &token), ("x-account-id", &anna)]).await.unwrap();
    assert_eq!(caller.function, "api-gateway");
    assert_eq!(caller.on_behalf.account, Some(ANNA));
    assert_eq!(caller.request_id, "request-1");
}

#[tokio::test]
async fn a_token_is_for_one_method_and_one_path() {
    let two = two();
    let token = token(&two.gateway, None).await;
    let headers = headers(&[(INTERNAL_TOKEN, &token)]);
    let other_path = two.callers.check(&Method::GET, "/api/v1/scans/2", &headers).await;
    assert!(matches!(other_path, Err(Refusal::OtherCall)), "{other_path:?}");
    let other_method = two.callers.check(&Method::POST, PATH, &headers).await;
    assert!(matches!(other_method, Err(Refusal::OtherCall)), "{other_method:?}");
    let elsewhere = two.gateway.sign("fridge", "GET", PATH, "request-1", &behalf(None)).await.unwrap();
    assert!(matches!(check(&two, &[(INTERNAL_TOKEN, &elsewhere)]).await, Err(Refusal::OtherCall)));
}

#[tokio::test]
async fn a_token_expires_after_half_a_minute_and_the_skew() {
    let two = two();
    let token = token(&two.gateway, None).await;
    two.clock.advance(TimeDelta::seconds(39));
    assert!(check(&two, &[(INTERNAL_TOKEN, &token)]).await.is_ok());
    two.clock.advance(TimeDelta::seconds(1));
    assert!(matches!(check(&two, &[(INTERNAL_TOKEN, &token)]).await, Err(Refusal::Time)));
}

#[tokio::test]
async fn a_function_without_an_edge_is_refused() {
    let two = two();
    let token = token(&two.passport, None).await;
    assert!(matches!(check(&two, &[(INTERNAL_TOKEN, &token)]).await, Err(Refusal::NoSuchEdge(_))));
    let unnamed =
        two.gateway.sign("passport", "GET", "/internal/v1/x", "request-1", &behalf(None)).await.unwrap();
    let headers = headers(&[(INTERNAL_TOKEN, &unnamed)]);
    let refused = two.callers.check(&Method::GET, "/internal/v1/x", &headers).await;
    assert!(matches!(refused, Err(Refusal::NoSuchEdge(_))), "{refused:?}");
}

#[tokio::test]
async fn identity_headers_say_what_the_token_says() {
    let two = two();
    let (for_anna, for_nobody) = (token(&two.gateway, Some(ANNA)).await, token(&two.gateway, None).await);
    let (anna, ben) = (ANNA.to_string(), BEN.to_string());
    let wrong: [&[(&str, &str)]; 5] = [
        &[(INTERNAL_TOKEN, &for_anna)],
        &[(INTERNAL_TOKEN, &for_anna), ("x-account-id", &ben)],
        &[(INTERNAL_TOKEN, &for_anna), ("x-account-id", &anna), ("x-account-id", &anna)],
        &[(INTERNAL_TOKEN, &for_nobody), ("x-account-id", &anna)],
        &[(INTERNAL_TOKEN, &for_nobody), ("x-brand-id", &ben)],
    ];
    for headers in wrong {
        let answer = check(&two, headers).await;
        assert!(matches!(answer, Err(Refusal::Mismatch(_))), "{headers:?}: {answer:?}");
    }
}

#[tokio::test]
async fn forged_tokens_are_refused() {
    let two = two();
    let sound = token(&two.gateway, None).await;
    let (head, tail) = sound.rsplit_once('.').unwrap();
    let (header, claims) = head.split_once('.').unwrap();
    let stranger = Authority::new(&two.clock, &Ids::counted()).unwrap().signer("api-gateway");
    let foreign_key = token(&stranger, None).await;
    let forged = [
        String::new(),
        "no.jwt".to_owned(),
        format!("{head}."),
        format!("{head}.{}", tail.chars().rev().collect::<String>()),
        // {"alg":"none","typ":"pt-internal+jwt","kid":"api-gateway-1"}
        format!("eyJhbGciOiJub25lIiwidHlwIjoicHQtaW50ZXJuYWwrand0Iiwia2lkIjoiYXBpLWdhdGV3YXktMSJ9.{claims}."),
        // {"alg":"HS256","typ":"pt-internal+jwt","kid":"api-gateway-1"}
        format!(
            "eyJhbGciOiJIUzI1NiIsInR5cCI6InB0LWludGVybmFsK2p3dCIsImtpZCI6ImFwaS1nYXRld2F5LTEifQ.{claims}.{tail}"
        ),
        format!("{header}.{claims}.{tail}.{tail}"),
        foreign_key,
    ];
    for token in &forged {
        let answer = check(&two, &[(INTERNAL_TOKEN, token)]).await;
        assert!(matches!(answer, Err(Refusal::Forged(_) | Refusal::NoToken)), "{token}: {answer:?}");
    }
    assert!(matches!(
        check(&two, &[(INTERNAL_TOKEN, &sound), (INTERNAL_TOKEN, &sound)]).await,
        Err(Refusal::NoToken)
    ));
    assert!(matches!(check(&two, &[]).await, Err(Refusal::NoToken)));
}
