//! Logs: nothing of a person in them.

use std::{cell::RefCell, io};

use tracing_subscriber::{EnvFilter, layer::SubscriberExt};

use crate::support::{World, keycloak::token};

thread_local! {
    /// What this test logged: all of a test's world runs on the test's own thread.
    static LOGGED: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Writes to the log of the test that logs.
struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOGGED.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Records for the whole process: with a subscriber of one thread, what other threads met first
/// would never be recorded.
fn record() {
    let layer = tracing_subscriber::fmt::layer().json().with_writer(|| Lines);
    let filter = EnvFilter::new("off,audit=trace,api_gateway=trace,service_chassis=trace");
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(filter).with(layer)).unwrap();
}

#[tokio::test]
async fn logs_hold_no_token_cookie_visitor_address_or_query() {
    record();
    let world = World::new().await;
    world.passport.answer(201, &[("x-visitor-used", "true")], "{}");
    let set = world.post("/api/v1/scans?secret-query=1").body("secret-body").send().await;
    let cookie = set.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let (good, bad) = (token(), format!("{}x", token()));
    let mut last = String::new();
    for authorization in [&good, &bad, "secret-garbage"] {
        let ask = world.get("/api/v1/scans?secret-query=1").header("cookie", &cookie).from("203.0.113.9");
        last = ask.bearer(authorization).send().await.header("x-request-id").unwrap().to_owned();
    }
    let logged = String::from_utf8(LOGGED.take()).unwrap();
    let refusal = logged.lines().rfind(|line| line.contains("token_refused")).unwrap();
    assert!(refusal.contains(&last), "it names the request: {refusal}");
    let visitor = cookie.split('.').nth(2).unwrap();
    for secret in [
        good.as_str(),
        good.split('.').nth(1).unwrap(),
        &cookie,
        visitor,
        "secret-",
        "203.0.113.9",
        "ada@pt.example",
    ] {
        assert!(!logged.contains(secret), "{secret} in {logged}");
    }
}
