//! What all tests here need: captured output, settings of the servers, connections.

use std::{
    io::{self, Write},
    path::PathBuf,
    sync::{Arc, Mutex},
};

use operator::{output::Output, secrets::Parameters};
use serde_json::Value;
use service_chassis::clock::Clock;
use sqlx::{ConnectOptions, PgConnection, PgPool};

/// What the tool wrote for programs.
#[derive(Clone, Default)]
pub(crate) struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Captured {
    /// An output whose lines end here; what people are told goes nowhere.
    pub(crate) fn output(&self) -> Output {
        Output::new(self.clone(), io::sink())
    }

    /// The lines since the last time, in their order.
    pub(crate) fn lines(&self) -> Vec<String> {
        let bytes = std::mem::take(&mut *self.0.lock().unwrap());
        String::from_utf8(bytes).unwrap().lines().map(str::to_owned).collect()
    }

    /// The lines since the last time, as JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.lines().iter().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A file that is gone when the test is.
pub(crate) struct File(pub(crate) PathBuf);

impl File {
    pub(crate) fn new(content: &[u8]) -> Self {
        let name = format!("packytrace-{}", operator::secrets::shapes::key_id().unwrap());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        std::fs::remove_file(&self.0).unwrap();
    }
}

/// The moment at which all tests happen.
pub(crate) fn clock() -> Clock {
    Clock::fixed("2026-11-22T10:00:00Z".parse().unwrap())
}

/// The database that `#[sqlx::test]` made, as passport's restricted role.
pub(crate) async fn as_passport(pool: &PgPool) -> PgConnection {
    let options = (*pool.connect_options()).clone();
    options.options([("role", "passport_svc"), ("search_path", "")]).connect().await.unwrap()
}

/// A setting of the machine that the tests run on.
#[expect(clippy::disallowed_methods, reason = "tests are told here which servers they may use")]
pub(crate) fn setting(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Says that a test did not run, and why.
pub(crate) fn not_run(why: &str) {
    // Not println!, whose output the test harness keeps when a test passes.
    let mut out = io::stdout();
    writeln!(out, "NOT RUN: {why}").unwrap();
}

/// An environment of its own in the SSM endpoint of `AWS_ENDPOINT_URL_SSM`.
pub(crate) async fn parameters(environment: &str) -> Option<Parameters> {
    let endpoint = setting("AWS_ENDPOINT_URL_SSM")?;
    let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .endpoint_url(endpoint)
        .region(aws_config::Region::new("eu-central-1"))
        .credentials_provider(aws_sdk_ssm::config::Credentials::new("test", "test", None, None, "tests"))
        .load()
        .await;
    Some(Parameters::new(aws_sdk_ssm::Client::new(&config), environment))
}

/// A name that no other run has; letters only, as the names of roles are.
pub(crate) fn unique(prefix: &str) -> String {
    let letter =
        |digit: char| if digit.is_ascii_digit() { char::from(digit as u8 + b'g' - b'0') } else { digit };
    let id = operator::secrets::shapes::key_id().unwrap();
    format!("{prefix}-{}", id.chars().map(letter).collect::<String>())
}
