//! Logs: nothing of a person in them.

use std::{
    io,
    sync::{Arc, Mutex},
};

use tracing_subscriber::{EnvFilter, fmt::MakeWriter, layer::SubscriberExt};

use crate::support::{World, keycloak::token};

/// Collects log lines.
#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'w> MakeWriter<'w> for Lines {
    type Writer = Self;

    fn make_writer(&'w self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn logs_hold_no_token_cookie_visitor_address_or_query() {
    let lines = Lines::default();
    let layer = tracing_subscriber::fmt::layer().json().with_writer(lines.clone());
    let filter = EnvFilter::new("off,api_gateway=trace,service_chassis=trace");
    let subscriber = tracing_subscriber::registry().with(filter).with(layer);
    let _recording = tracing::subscriber::set_default(subscriber);

    let world = World::new().await;
    world.passport.answer(201, &[("x-visitor-used", "true")], "{}");
    let set = world.post("/api/v1/scans?secret-query=1").body("secret-body").send().await;
    let cookie = set.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let (good, bad) = (token(), format!("{}x", token()));
    for authorization in [&good, &bad, "secret-garbage"] {
        let ask = world.get("/api/v1/scans?secret-query=1").header("cookie", &cookie).from("203.0.113.9");
        ask.bearer(authorization).send().await;
    }
    let logged = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert!(logged.contains("an access token was refused"), "the test sees the log: {logged}");
    let visitor = cookie.split('.').nth(2).unwrap();
    for secret in
        [good.as_str(), good.split('.').nth(1).unwrap(), &cookie, visitor, "secret-", "203.0.113.9", "ada@pt.example"]
    {
        assert!(!logged.contains(secret), "{secret} in {logged}");
    }
}
