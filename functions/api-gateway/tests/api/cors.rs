//! Other origins: who may read our answers.

use http::Method;

use crate::support::{PUBLIC_URL, World, ask::Ask};

const APP: &str = "https://app.example";

fn preflight(world: &World, path: &str, origin: &str) -> Ask {
    let ask = world.ask(Method::OPTIONS, path).header("origin", origin);
    ask.header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization")
}

#[tokio::test]
async fn a_preflight_of_an_allowed_origin_is_answered_before_anybody_is_asked_for_credentials() {
    let world = World::new().await;
    for origin in [APP, PUBLIC_URL] {
        let answer =
            preflight(&world, "/api/v1/scans", origin).header("authorization", "Bearer garbage").send().await;
        assert_eq!(answer.status.as_u16(), 204);
        assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert_eq!(answer.header("access-control-allow-methods"), Some("GET, POST"));
        assert!(answer.header("access-control-allow-headers").unwrap().contains("authorization"));
        assert_eq!(answer.header("vary"), Some("Origin"));
        assert!(answer.body.is_empty());
    }
    let closed = preflight(&world, "/api/v1/test/admin", APP).send().await;
    assert_eq!(closed.status.as_u16(), 204);
    assert_eq!(world.passport.calls(), 0);
}

#[tokio::test]
async fn other_origins_are_told_nothing() {
    let world = World::new().await;
    for origin in [
        "https://evil.example",
        "null",
        "https://APP.example",
        "http://app.example",
        "https://app.example:8443",
        "https://app.example.evil.example",
        "https://evil.app.example",
        "https://app.example/",
        "*",
    ] {
        for ask in
            [preflight(&world, "/api/v1/scans", origin), world.get("/api/v1/scans").header("origin", origin)]
        {
            let answer = ask.send().await;
            for name in ["origin", "credentials", "methods", "headers"] {
                assert_eq!(answer.header(&format!("access-control-allow-{name}")), None, "{origin}");
            }
            assert_eq!(answer.header("vary"), Some("Origin"), "{origin}");
        }
    }
}

#[tokio::test]
async fn errors_can_be_read_by_allowed_origins_too() {
    let world = World::new().await;
    world.passport.answer(500, &[("content-type", "application/problem+json"), ("vary", "Accept")], "{}");
    for (ask, status) in [
        (world.get("/nothing"), 404),
        (world.get("/api/v1/%zz"), 400),
        (world.get("/api/v1/test/account"), 401),
        (world.ask(Method::DELETE, "/api/v1/scans"), 405),
        (world.get("/api/v1/scans"), 500),
        (preflight(&world, "/nothing", APP), 404),
    ] {
        let ask = if ask.has("origin") { ask } else { ask.header("origin", APP) };
        let answer = ask.send().await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(APP), "{status}");
        assert!(answer.header("access-control-expose-headers").unwrap().contains("x-request-id"), "{status}");
        assert!(answer.header("vary").unwrap().ends_with("Origin"), "{status}");
    }
}

#[tokio::test]
async fn without_an_origin_there_is_nothing_but_vary() {
    let answer = World::new().await.get("/api/v1/scans").send().await;
    assert_eq!(answer.header("access-control-allow-origin"), None);
    assert_eq!(answer.header("vary"), Some("Origin"));
}

#[tokio::test]
async fn the_resolver_speaks_for_itself_and_is_not_doubled() {
    let world = World::new().await;
    let of_passport = [
        ("access-control-allow-origin", "*"),
        ("access-control-allow-methods", "GET, HEAD, OPTIONS"),
        ("access-control-allow-headers", "accept"),
        ("vary", "Accept, Accept-Language"),
        ("allow", "GET, HEAD, OPTIONS"),
    ];
    world.passport.answer(204, &of_passport, "");
    for ask in [
        preflight(&world, "/01/09506000134352", APP),
        preflight(&world, "/01/09506000134352/10/L1", "https://anybody.example"),
        world.get("/01/09506000134352").header("origin", APP),
    ] {
        let answer = ask.send().await;
        assert_eq!(answer.status.as_u16(), 204);
        for (name, value) in of_passport {
            assert_eq!(answer.header(name), Some(value));
        }
        assert_eq!(answer.header("access-control-allow-credentials"), None);
    }
    assert_eq!(world.passport.calls(), 3);
}

#[tokio::test]
async fn an_error_that_never_reached_the_resolver_can_be_read_by_anybody() {
    let world = World::new().await;
    let answer =
        world.get("/01/09506000134352/10/%00").header("origin", "https://anybody.example").send().await;
    answer.assert_problem(400, "malformed-request");
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
}
