//! What the gateway asks Identity for itself: brands, links, void tokens.

use api_gateway::clients::digest_of;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::support::{
    World,
    ask::Answer,
    keycloak::{ACCOUNT, token, token_with},
};

const BRAND: &str = "0193e2f0-0000-7a11-8b22-9c33ad44be55";
const BRAND_ROUTE: &str = "/api/v1/test/brand";

/// The cookie pair of an answer, as a browser would send it back.
fn cookie(answer: &Answer) -> Option<String> {
    answer.header("set-cookie").map(|line| line.split(';').next().unwrap().to_owned())
}

/// A cookie that this world set.
async fn visitor(world: &World) -> String {
    world.passport.answer(201, &[("x-visitor-used", "true")], "{}");
    let set = cookie(&world.post("/api/v1/scans").body("{}").send().await).unwrap();
    world.passport.answer_what_it_received();
    set
}

fn id(cookie: &str) -> &str {
    cookie.split('.').nth(2).unwrap()
}

#[tokio::test]
async fn a_brand_comes_from_identity_and_never_from_the_caller() {
    let world = World::new().await;
    world.identity.answer("/brand-scope", 200, json!({"brand_id": BRAND, "role": "editor"}));
    let forged = world.get(&format!("{BRAND_ROUTE}?brand_id=x")).header("x-brand-id", ACCOUNT);
    let received = forged.bearer(&token()).send().await.received();
    assert_eq!(received["headers"]["x-brand-id"], BRAND);
    let token = received["headers"]["x-internal-token"].as_str().unwrap();
    let claims = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!((&claims["brand"], &claims["brand_role"]), (&json!(BRAND), &json!("editor")));
}

#[tokio::test]
async fn a_brand_is_believed_for_seconds_and_its_absence_not_at_all() {
    let world = World::new().await;
    world.get(BRAND_ROUTE).bearer(&token()).send().await.assert_problem(403, "forbidden");
    world.identity.answer("/brand-scope", 200, json!({"brand_id": BRAND, "role": "viewer"}));
    for _ in 0..3 {
        assert_eq!(world.get(BRAND_ROUTE).bearer(&token()).status().await, 200);
    }
    assert_eq!(world.identity.asked("/brand-scope"), 2);
    world.identity.answer("/brand-scope", 404, Value::Null);
    world.advance(TimeDelta::seconds(10));
    world.get(BRAND_ROUTE).bearer(&token()).send().await.assert_problem(403, "forbidden");
}

#[tokio::test]
async fn without_identity_brands_wait_and_everybody_else_goes_on() {
    let world = World::with(|setup| setup.identity_url = Some("http://127.0.0.1:9".to_owned())).await;
    let set = visitor(&world).await;
    world.get(BRAND_ROUTE).bearer(&token()).send().await.assert_problem(503, "unavailable");
    let scan = world.post("/api/v1/scans").bearer(&token()).header("cookie", &set).body("{}");
    assert_eq!(scan.status().await, 200);
}

#[tokio::test]
async fn a_browser_is_linked_to_the_account_that_signs_in_on_it_once() {
    let world = World::new().await;
    let set = visitor(&world).await;
    for _ in 0..3 {
        let ask = world.get("/api/v1/scans").header("cookie", &set).bearer(&token());
        assert_eq!(ask.send().await.received()["caller"]["visitor"], id(&set));
    }
    assert_eq!(world.identity.asked(&format!("/visitors/{}/link", id(&set))), 1);
    world.get("/api/v1/scans").header("cookie", &set).send().await;
    world.get("/api/v1/scans").bearer(&token()).send().await;
    assert_eq!(world.identity.asked("/link"), 1, "nobody in particular is linked to nothing");
}

#[tokio::test]
async fn a_link_that_failed_is_tried_again_by_the_next_request() {
    let world = World::new().await;
    let set = visitor(&world).await;
    world.identity.answer("/link", 500, Value::Null);
    let ask = || world.get("/api/v1/scans").header("cookie", &set).bearer(&token());
    assert_eq!(ask().status().await, 200);
    world.identity.answer("/link", 200, json!({"status": "linked"}));
    assert_eq!(ask().status().await, 200);
    assert_eq!(world.identity.asked("/link"), 2);
}

#[tokio::test]
async fn a_browser_of_another_account_becomes_somebody_new() {
    let world = World::new().await;
    let set = visitor(&world).await;
    world.identity.answer("/link", 200, json!({"status": "belongs_to_another"}));
    let answer = world.get("/api/v1/scans").header("cookie", &set).bearer(&token()).send().await;
    let new = cookie(&answer).unwrap();
    assert_ne!(id(&new), id(&set));
    assert_eq!(answer.received()["caller"]["visitor"], id(&new));
}

#[tokio::test]
async fn signing_out_makes_a_browser_somebody_new_and_nobody_stays_nobody() {
    let world = World::new().await;
    let set = visitor(&world).await;
    let answer = world.post("/api/v1/visitor/sign-out").header("cookie", &set).send().await;
    assert_eq!(answer.status, 204);
    assert_ne!(id(&cookie(&answer).unwrap()), id(&set));
    assert_eq!(cookie(&world.post("/api/v1/visitor/sign-out").send().await), None);
}

#[tokio::test]
async fn the_token_of_an_erased_account_is_refused_within_seconds() {
    let world = World::new().await;
    assert_eq!(world.get("/api/v1/scans").bearer(&token()).status().await, 200);
    let gone = [BRAND, ACCOUNT].map(|id| digest_of(id.parse().unwrap()));
    world.identity.answer("/revocations", 200, json!({"accounts": gone}));
    world.advance(TimeDelta::seconds(10));
    world.get("/api/v1/scans").bearer(&token()).send().await.assert_problem(401, "unauthenticated");
    let other = token_with(&json!({"sub": "11111111-1111-4111-8111-111111111111"}));
    assert_eq!(world.get("/api/v1/scans").bearer(&other).status().await, 200);
    world.identity.answer("/revocations", 500, Value::Null);
    world.advance(TimeDelta::seconds(60));
    world.get("/api/v1/scans").bearer(&token()).send().await.assert_problem(401, "unauthenticated");
}

#[tokio::test]
async fn a_visitor_id_that_is_gone_is_taken_away() {
    let world = World::new().await;
    let set = visitor(&world).await;
    world.passport.answer(202, &[("x-visitor-gone", "true")], "{}");
    let answer = world.get("/api/v1/scans").header("cookie", &set).send().await;
    let line = answer.header("set-cookie").unwrap();
    assert!(line.starts_with("pt_vid=; ") && line.contains("Max-Age=0"), "{line}");
    assert_eq!(answer.header("x-visitor-gone"), None);
    assert_eq!(cookie(&world.get("/api/v1/scans").send().await), None, "nobody loses nothing");
}

#[tokio::test]
async fn a_job_that_identity_lacks_is_asked_of_passport() {
    let world = World::new().await;
    let path = "/api/v1/jobs/0193e2f0-0000-7a11-8b22-9c33ad44be55";
    let received = world.get(path).bearer(&token()).send().await.received();
    assert_eq!(received["target"], path);
    assert_eq!(received["caller"]["account"], ACCOUNT);
    world.identity.answer("9c33ad44be55", 200, json!({"state": "done"}));
    assert_eq!(world.get(path).bearer(&token()).send().await.json()["state"], "done");
}
