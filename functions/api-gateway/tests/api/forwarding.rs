//! What goes on to a service and what comes back.

use serde_json::Value;

use crate::support::{
    World,
    keycloak::{ACCOUNT, token},
};

const FORGED: &str = "99999999-9999-4999-8999-999999999999";

/// Headers with which a caller could want to be somebody else.
const IDENTITY: [&str; 16] = [
    "x-account-id",
    "X-Account-Id",
    "X-ACCOUNT-ID",
    "x-visitor-id",
    "x-brand-id",
    "x-brand-role",
    "x-roles",
    "x-internal-token",
    "x-user-id",
    "x-forwarded-user",
    "x-forwarded-host",
    "x-original-url",
    "x-rewrite-url",
    "forwarded",
    "via",
    "x-visitor-used",
];

#[tokio::test]
async fn a_service_is_called_with_a_token_for_this_very_call() {
    let world = World::new().await;
    let answer = world.get("/api/v1/products?q=milk").send().await;
    let received = answer.received();
    assert_eq!(received["caller"]["function"], "api-gateway");
    assert_eq!(received["caller"]["request_id"].as_str(), answer.header("x-request-id"));
    assert_eq!(received["headers"]["x-request-id"].as_str(), answer.header("x-request-id"));
}

#[tokio::test]
async fn forged_identity_gains_nothing() {
    let world = World::new().await;
    for name in IDENTITY {
        let received =
            world.get("/api/v1/scans").header(name, FORGED).header(name, FORGED).send().await.received();
        assert_eq!(received["caller"]["account"], Value::Null, "{name}");
        assert_eq!(received["caller"]["visitor"], Value::Null, "{name}");
        assert!(!received["headers"].to_string().contains(FORGED), "{name}: {}", received["headers"]);
    }
    let signed_in =
        world.get("/api/v1/scans").header("x-account-id", FORGED).bearer(&token()).send().await.received();
    assert_eq!(signed_in["caller"]["account"], ACCOUNT);
    assert_eq!(signed_in["headers"]["x-account-id"], ACCOUNT);
}

#[tokio::test]
async fn what_a_caller_lists_under_connection_is_not_taken_from_us() {
    let world = World::new().await;
    let received = world
        .get("/api/v1/scans")
        .bearer(&token())
        .header("connection", "close, x-account-id, X-Internal-Token, x-request-id, traceparent")
        .header("connection", "X-Account-Id, accept-language")
        .header("x-account-id", FORGED)
        .header("x-request-id", FORGED)
        .header("accept-language", "fr")
        .header("accept", "application/json")
        .send()
        .await
        .received();
    assert_eq!(received["caller"]["account"], ACCOUNT, "{received}");
    assert!(
        received["headers"]["x-request-id"] != FORGED && received["headers"].get("traceparent").is_some()
    );
    assert_eq!(received["headers"].get("accept-language"), None, "it was for one hop");
    assert_eq!(received["headers"].get("connection"), None);
    assert_eq!(received["headers"]["accept"], "application/json");
}

#[tokio::test]
async fn credentials_of_the_caller_stay_here() {
    let world = World::new().await;
    let token = token();
    let received = world
        .get("/api/v1/scans")
        .bearer(&token)
        .header("cookie", "a=b; session=secret")
        .send()
        .await
        .received();
    let headers = received["headers"].to_string();
    assert!(!headers.contains(&token) && !headers.contains("secret"), "{headers}");
    assert!(
        received["headers"].get("cookie").is_none() && received["headers"].get("authorization").is_none()
    );
}

#[tokio::test]
async fn a_service_receives_what_was_asked() {
    let world = World::new().await;
    let received = world
        .post("/api/v1/scans")
        .header("accept", "application/json")
        .header("accept-language", "fr-CA")
        .header("idempotency-key", "k1")
        .header("user-agent", "test")
        .header("sec-fetch-mode", "navigate")
        .header("sec-purpose", "prefetch")
        .header("if-none-match", "\"1\"")
        .body(r#"{"code":"9506000134352"}"#)
        .send()
        .await
        .received();
    assert_eq!(received["method"], "POST");
    assert_eq!(received["body"], r#"{"code":"9506000134352"}"#);
    for (name, value) in [
        ("content-type", "application/json"),
        ("accept", "application/json"),
        ("accept-language", "fr-CA"),
        ("idempotency-key", "k1"),
        ("user-agent", "test"),
        ("sec-fetch-mode", "navigate"),
        ("sec-purpose", "prefetch"),
        ("if-none-match", "\"1\""),
    ] {
        assert_eq!(received["headers"][name], value, "{name}");
    }
}

#[tokio::test]
async fn a_trace_goes_on_and_a_broken_one_begins_anew() {
    let world = World::new().await;
    let given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let received = world.get("/api/v1/scans").header("traceparent", given).send().await.received();
    let passed = received["headers"]["traceparent"].as_str().unwrap();
    assert!(passed.starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-") && passed != given, "{passed}");
    let broken = world.get("/api/v1/scans").header("traceparent", "00-evil").send().await.received();
    assert_eq!(broken["headers"]["traceparent"].as_str().unwrap().len(), given.len());
}

#[tokio::test]
async fn an_answer_comes_back_whole_and_without_our_inside() {
    let world = World::new().await;
    let inside = [
        ("server", "passport/1.0"),
        ("x-powered-by", "rust"),
        ("set-cookie", "pt_vid=forged"),
        ("x-account-id", ACCOUNT),
        ("x-visitor-id", ACCOUNT),
        ("x-internal-token", "secret"),
        ("x-request-id", "another"),
        ("x-visitor-used", "false"),
        ("via", "1.1 passport"),
        ("keep-alive", "timeout=5"),
        ("access-control-allow-origin", "*"),
        ("clear-site-data", "*"),
    ];
    let outside = [
        ("content-type", "application/ld+json"),
        ("etag", "\"7\""),
        ("cache-control", "public, max-age=60"),
        ("location", "/p/1?scan=2"),
        ("link", "</x>; rel=\"y\""),
        ("retry-after", "7"),
        ("content-language", "fr"),
        ("last-modified", "Sun, 22 Nov 2026 10:00:00 GMT"),
    ];
    world.passport.answer(203, &[&inside[..], &outside[..]].concat(), "{\"a\":1}");
    let answer = world.get("/api/v1/products?q=x").send().await;
    assert_eq!(answer.status.as_u16(), 203);
    assert_eq!(answer.body, b"{\"a\":1}");
    for (name, value) in outside {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    for (name, value) in inside {
        assert_ne!(answer.header(name), Some(value), "{name}");
    }
    assert_eq!(answer.header("set-cookie"), None);
}

#[tokio::test]
async fn lines_of_one_header_come_back_as_one() {
    let world = World::new().await;
    world.passport.answer(
        200,
        &[("vary", "Accept"), ("vary", "Accept-Language"), ("link", "<a>"), ("link", "<b>")],
        "",
    );
    let answer = world.get("/01/09506000134352").send().await;
    assert_eq!(answer.header("vary"), Some("Accept, Accept-Language"));
    assert_eq!(answer.header("link"), Some("<a>, <b>"));
}

#[tokio::test]
async fn a_problem_of_a_service_comes_back_as_it_is() {
    let world = World::new().await;
    let body = r#"{"type":"urn:packytrace:problem:invalid-code","title":"t","status":422,"detail":"d","request_id":"r"}"#;
    world.passport.answer(422, &[("content-type", "application/problem+json")], body);
    let answer = world.post("/api/v1/scans").body("{}").send().await;
    assert_eq!(answer.status.as_u16(), 422);
    assert_eq!(answer.body, body.as_bytes());
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
}
