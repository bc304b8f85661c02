//! The front door: paths, methods and header names that never reach a service.

use http::Method;

use crate::support::World;

#[tokio::test]
async fn paths_that_could_be_read_in_two_ways_are_refused() {
    let world = World::new().await;
    for path in [
        "//api/v1/scans",
        "/api//v1/scans",
        "/api/v1/scans//",
        "/./api/v1/scans",
        "/api/v1/./scans",
        "/api/v1/../v1/scans",
        "/api/v1/scans/..",
        "/api/v1/%2e%2e/scans",
        "/api/v1/%2E/scans",
        "/api%2fv1/scans",
        "/api/v1%2Fscans",
        "/api/v1/%2573cans",
        "/api/v1/scans;x=1",
        "/api/v1/scans%3b",
        "/api/v1\\scans",
        "/api/v1%5cscans",
        "/api/v1/scans%00",
        "/api/v1/scans%0d%0aX-Account-Id:x",
        "/api/v1/caf\u{e9}",
        "/api/v1/%zz",
        "/api/v1/scans%",
        "/01/%2f/10/x",
        "/01/09506000134352/10/..",
        "/01/09506000134352/10/%2e%2e",
        "/01/09506000134352/10/a%5cb",
        "/01/09506000134352//10/a",
        "/01/09506000134352;x/10/a",
        "/01/09506000134352/1%30;/a",
    ] {
        world.get(path).send().await.assert_problem(400, "malformed-request");
    }
    assert_eq!(world.passport.calls(), 0);
}

#[tokio::test]
async fn a_path_that_was_rewritten_on_its_way_is_refused() {
    let world = World::new().await;
    for raw in ["/x/../api/v1/scans", "/api/v1/\"scans", "/api/v1/{scans}", "/api/v1/%2e/scans"] {
        let answer = world.get("/api/v1/scans").raw_path(raw).send().await;
        answer.assert_problem(400, "malformed-request");
    }
    assert_eq!(world.get("/api/v1/scans").raw_path("/api/v1/scans").status().await, 200);
    let internal = world.get("/v1/verdicts").raw_path("/v1/../internal/v1/verdicts").send().await;
    internal.assert_problem(404, "not-found");
}

#[tokio::test]
async fn internal_paths_do_not_exist_in_any_spelling() {
    let world = World::new().await;
    let unknown = world.get("/api/v1/nothing").send().await.json();
    for path in [
        "/internal/v1/verdicts",
        "/internal",
        "/internal/",
        "/Internal/v1/verdicts",
        "/INTERNAL/v1",
        "/%69nternal/v1",
        "/%2569nternal/v1",
        "/internal%2fv1",
        "//internal/v1",
        "/./internal/v1",
        "/api/../internal/v1",
        "/internal;x/v1",
        "/api/v1/..%2f..%2finternal/v1",
        "/\\internal/v1",
        "/%5cinternal/v1",
        "/internal/v1?x=1",
    ] {
        let answer = world.get(path).send().await;
        answer.assert_problem(404, "not-found");
        assert_eq!(answer.json()["detail"], unknown["detail"], "{path}");
    }
    assert_eq!(world.passport.calls(), 0);
}

#[tokio::test]
async fn a_resolver_path_and_every_query_pass_byte_for_byte() {
    let world = World::new().await;
    for target in [
        "/01/09506000134352",
        "/01/09506000134352/",
        "/01/09506000134352/10/A%2FB",
        "/01/09506000134352/10/A%2fB%25C;D/21/%252f?17=271130&linkType=gs1%3Apip",
        "/01/09506000134352/22/2A/10/L1/21/S1?x=a%2Fb;c&&y==//../%5c&z=%",
        "/01/9506000134352/99/unknown",
        "/api/v1/products?q=100%25+juice%2Fmilk",
        "/api/v1/products?",
    ] {
        assert_eq!(world.get(target).send().await.received()["target"], target);
    }
}

#[tokio::test]
async fn only_routes_of_the_contract_exist() {
    let world = World::new().await;
    for path in [
        "/",
        "/api/v1",
        "/api/v1/scans/",
        "/api/v1/SCANS",
        "/api/v1/%73cans",
        "/api/v2/scans",
        "/01",
        "/01/",
        "/health",
        "/ready",
        "/metrics",
        "/auth",
        "/events",
    ] {
        world.get(path).send().await.assert_problem(404, "not-found");
    }
    assert_eq!(world.passport.calls(), 0);
}

#[tokio::test]
async fn another_method_is_told_which_there_are() {
    let world = World::new().await;
    for (method, path, allow) in [
        (Method::DELETE, "/api/v1/scans", "GET, POST"),
        (Method::OPTIONS, "/api/v1/scans", "GET, POST"),
        (Method::TRACE, "/api/v1/products", "GET"),
        (Method::CONNECT, "/api/v1/products", "GET"),
        (Method::POST, "/healthz", "GET"),
        (Method::POST, "/01/09506000134352", "GET, HEAD, OPTIONS"),
        (Method::from_bytes(b"get").unwrap(), "/healthz", "GET"),
    ] {
        let answer = world.ask(method.clone(), path).send().await;
        answer.assert_problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), Some(allow), "{method} {path}");
    }
    let head = world.ask(Method::HEAD, "/api/v1/scans").send().await;
    assert_eq!((head.status.as_u16(), head.header("allow")), (405, Some("GET, POST")));
}

#[tokio::test]
async fn a_method_cannot_be_overridden() {
    let world = World::new().await;
    for name in ["x-http-method-override", "x-http-method", "x-method-override"] {
        let received = world.get("/api/v1/scans").header(name, "DELETE").send().await.received();
        assert_eq!(received["method"], "GET");
        assert_eq!(received["headers"].get(name), None);
    }
}

#[tokio::test]
async fn a_header_name_with_an_underscore_is_refused() {
    let world = World::new().await;
    for name in ["x_account_id", "X_Internal_Token", "x-visitor_id", "content_length", "_"] {
        world.get("/api/v1/scans").header(name, "x").send().await.assert_problem(400, "malformed-request");
    }
    assert_eq!(world.passport.calls(), 0);
}

#[tokio::test]
async fn a_target_of_more_than_eight_kilobytes_is_too_long() {
    let world = World::new().await;
    let target = |length: usize| {
        let head = "/api/v1/products?q=";
        format!("{head}{}", "x".repeat(length - head.len()))
    };
    assert_eq!(world.get(&target(8_192)).status().await, 200);
    world.get(&target(8_193)).send().await.assert_problem(414, "uri-too-long");
}

#[tokio::test]
async fn every_answer_has_an_id_of_ours_and_guards_itself() {
    let world = World::new().await;
    for target in ["/healthz", "/api/v1/scans", "/nothing", "/internal/x", "//"] {
        let answer = world.get(target).header("x-request-id", "forged").send().await;
        let id: uuid::Uuid = answer.header("x-request-id").unwrap().parse().unwrap();
        assert_eq!(id.get_version_num(), 7, "{target}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{target}");
        assert_eq!(answer.header("referrer-policy"), Some("strict-origin-when-cross-origin"), "{target}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{target}");
    }
}
