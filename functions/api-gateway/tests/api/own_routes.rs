//! What the gateway answers itself.

use serde_json::json;

use crate::support::{World, keycloak::token};

#[tokio::test]
async fn the_front_door_says_that_it_stands() {
    let world = World::new().await;
    let answer = world.get("/healthz").send().await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.json(), json!({"status": "ok"}));
    assert_eq!(world.passport.calls(), 0);
    assert_eq!(
        world.get("/healthz").bearer("garbage").status().await,
        401,
        "a bad token is refused everywhere"
    );
    assert_eq!(world.get("/healthz").bearer(&token()).status().await, 200);
}

#[tokio::test]
async fn the_contract_is_served_whole_and_may_be_kept() {
    let world = World::new().await;
    let answer = world.get("/api/v1/openapi.json").send().await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
    assert_eq!(answer.json(), shared_contracts::openapi::merged().unwrap());

    let tag = answer.header("etag").unwrap();
    for known in [tag.to_owned(), format!("W/{tag}"), format!("\"other\", {tag}"), "*".to_owned()] {
        let again = world.get("/api/v1/openapi.json").header("if-none-match", &known).send().await;
        assert_eq!(again.status.as_u16(), 304, "{known}");
        assert_eq!(again.header("etag"), Some(tag));
        assert!(again.body.is_empty());
    }
    let other = world.get("/api/v1/openapi.json").header("if-none-match", "\"other\"");
    assert_eq!(other.status().await, 200);
}
