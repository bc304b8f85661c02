//! Where the running instance listens, and the switch of its single services.

use std::{collections::BTreeMap, path::PathBuf, process::Command};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

/// What `endpoints.json` says.
#[derive(Debug, Deserialize)]
pub struct Stack {
    /// Public address of everything.
    pub base_url: String,
    /// Keycloak through the public door.
    pub keycloak_url: String,
    /// Keycloak's realm.
    pub realm: String,
    /// Client with the password grant.
    pub test_client_id: String,
    /// People who can log in.
    pub demo_users: Vec<DemoUser>,
    /// The broker, as its superuser.
    pub kafka: Kafka,
    /// Postgres, as its superuser.
    pub postgres_admin_url: String,
    /// The parameter store.
    pub ssm_endpoint: String,
    /// The functions behind the door.
    pub functions: BTreeMap<String, Function>,
    #[serde(skip)]
    state: PathBuf,
}

/// A person who can log in.
#[derive(Clone, Debug, Deserialize)]
pub struct DemoUser {
    /// E-mail, the user name.
    pub email: String,
    /// Password.
    pub password: String,
    /// `consumer`, `brand` or `admin`.
    pub role: String,
    /// Keycloak's user id.
    pub account_id: String,
    /// The brand of a brand user.
    pub brand_id: Option<String>,
}

/// How to reach the broker.
#[derive(Debug, Deserialize)]
pub struct Kafka {
    /// `host:port`.
    pub bootstrap: String,
    /// SASL mechanism.
    pub mechanism: String,
    /// The superuser.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// One function's private addresses.
#[derive(Debug, Deserialize)]
pub struct Function {
    /// HTTP trigger.
    pub url: String,
    /// Health, readiness, metrics.
    pub admin_url: String,
    /// Its own login to its database.
    pub database_url: Option<String>,
}

impl Stack {
    /// The running instance.
    ///
    /// # Errors
    /// When none runs: the sentence says how to start one.
    pub fn running() -> Result<Self> {
        let state = state_folder();
        let file = state.join("endpoints.json");
        let text = std::fs::read_to_string(&file).with_context(|| {
            format!("{} is not there: `make test` or `make up` starts the stack", file.display())
        })?;
        Ok(Self { state, ..serde_json::from_str(&text)? })
    }

    /// The folder of its state.
    pub fn state(&self) -> &std::path::Path {
        &self.state
    }

    /// A public address.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base_url)
    }

    /// The function of this name.
    pub fn function(&self, name: &str) -> Result<&Function> {
        self.functions.get(name).with_context(|| format!("endpoints.json has no function {name}"))
    }

    /// A demo user with this role.
    pub fn user(&self, role: &str) -> Result<&DemoUser> {
        self.demo_users
            .iter()
            .find(|user| user.role == role)
            .with_context(|| format!("no demo user is a {role}"))
    }

    /// A secret of a function, as the parameter store has it now.
    pub async fn secret(&self, function: &str, name: &str) -> Result<serde_json::Value> {
        let path = format!("/packytrace/local/{function}/{name}:current");
        let wanted = serde_json::json!({ "Name": path, "WithDecryption": true });
        let answer = self.parameter_store("GetParameter", &wanted).await?;
        let value = answer["Parameter"]["Value"].as_str().context("the parameter has a value")?;
        Ok(serde_json::from_str(value)?)
    }

    /// An action of the parameter store, as its administrator: `GetParameter`.
    pub async fn parameter_store(&self, action: &str, body: &serde_json::Value) -> Result<serde_json::Value> {
        let signed = "AWS4-HMAC-SHA256 Credential=local/20260101/eu-central-1/ssm/aws4_request, \
                      SignedHeaders=host, Signature=none";
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client
            .post(&self.ssm_endpoint)
            .header("x-amz-target", format!("AmazonSSM.{action}"))
            .header("content-type", "application/x-amz-json-1.1")
            .header("authorization", signed)
            .body(body.to_string());
        Ok(answer.send().await?.error_for_status()?.json().await?)
    }

    /// Whether the function with this private address says that it is ready.
    pub async fn is_ready(admin_url: &str) -> Result<bool> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let answer = client.get(format!("{admin_url}/ready")).send().await;
        Ok(answer.is_ok_and(|answer| answer.status() == 200))
    }

    /// What a function tells Prometheus.
    pub async fn metrics(&self, function: &str) -> Result<String> {
        let client = reqwest::Client::builder().no_proxy().build()?;
        let url = format!("{}/metrics", self.function(function)?.admin_url);
        Ok(client.get(url).send().await?.error_for_status()?.text().await?)
    }

    /// Runs the operator's tool and gives its lines.
    pub fn ops(&self, arguments: &[&str]) -> Result<String> {
        let command = self.state.join("bin/packytrace-ops");
        let outcome = Command::new(&command).args(arguments).output().context("the operator's tool")?;
        let said = String::from_utf8_lossy(&outcome.stderr);
        ensure!(outcome.status.success(), "packytrace-ops {arguments:?}: {said}");
        Ok(String::from_utf8_lossy(&outcome.stdout).into_owned())
    }

    /// Starts, stops or signals one service: `["stop", "kafka"]`.
    pub fn service(&self, arguments: &[&str]) -> Result<()> {
        let command = self.state.join("bin/service");
        let outcome = Command::new(&command).args(arguments).output().context("the switch of services")?;
        let said = String::from_utf8_lossy(&outcome.stdout) + String::from_utf8_lossy(&outcome.stderr);
        ensure!(outcome.status.success(), "service {arguments:?}: {said}");
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the Makefile which instance is theirs")]
fn state_folder() -> PathBuf {
    std::env::var_os("PACKYTRACE_STATE").map_or_else(|| workspace().join(".local"), PathBuf::from)
}

/// The folder of the whole repository.
pub fn workspace() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}
