//! Rights: which routes are open to whom.

use serde_json::json;

use crate::support::{
    World,
    keycloak::{ACCOUNT, token, token_with},
};

#[tokio::test]
async fn a_route_for_accounts_is_shut_to_visitors() {
    let world = World::new().await;
    let answer = world.get("/api/v1/test/account").send().await;
    answer.assert_problem(401, "unauthenticated");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    let received = world.get("/api/v1/test/account").bearer(&token()).send().await.received();
    assert_eq!(received["headers"]["x-account-id"], ACCOUNT);
}

#[tokio::test]
async fn a_route_for_administrators_asks_for_the_realm_role() {
    let world = World::new().await;
    world.get("/api/v1/test/admin").send().await.assert_problem(401, "unauthenticated");
    world.get("/api/v1/test/admin").bearer(&token()).send().await.assert_problem(403, "forbidden");
    let client_role =
        token_with(&json!({"resource_access": {"packytrace-web": {"roles": ["platform-admin"]}}}));
    world.get("/api/v1/test/admin").bearer(&client_role).send().await.assert_problem(403, "forbidden");
    let admin = token_with(&json!({"realm_access": {"roles": ["platform-admin"]}}));
    assert_eq!(world.get("/api/v1/test/admin").bearer(&admin).status().await, 200);
}

#[tokio::test]
async fn a_route_for_brands_is_shut_while_nobody_has_a_brand() {
    let world = World::new().await;
    world.get("/api/v1/test/brand").send().await.assert_problem(401, "unauthenticated");
    let admin = token_with(&json!({"realm_access": {"roles": ["platform-admin"]}}));
    let forged = world.get("/api/v1/test/brand?brand_id=1").bearer(&admin).header("x-brand-id", ACCOUNT);
    forged.send().await.assert_problem(403, "forbidden");
    assert_eq!(world.passport.calls(), 0);
}

#[tokio::test]
async fn what_is_answered_to_an_account_is_stored_by_nobody() {
    let world = World::new().await;
    world.passport.answer(200, &[("cache-control", "public, max-age=600"), ("etag", "\"1\"")], "{}");
    let signed_in = world.get("/api/v1/products/9506000134352").bearer(&token()).send().await;
    assert_eq!(signed_in.header("cache-control"), Some("no-store"));
    let anybody = world.get("/api/v1/products/9506000134352").send().await;
    assert_eq!(anybody.header("cache-control"), Some("public, max-age=600"));
    assert_eq!(anybody.header("etag"), Some("\"1\""));
}
