//! Functions: are they up, and can they work?

use std::{collections::BTreeMap, time::Duration};

use reqwest::Client;
use serde::Deserialize;
use service_chassis::{client, runtime::manifest::Manifest};

use super::page::{Finding, Page};
use crate::output::told;

/// How long a function may take to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// The answer of `/health` and `/ready`.
#[derive(Default, Deserialize)]
struct Answer {
    #[serde(default)]
    status: String,
    reason: Option<String>,
    version: Option<String>,
}

/// Asks each function of the manifest for its health and readiness.
pub(super) async fn look(
    manifest: &Manifest,
    addresses: &BTreeMap<String, String>,
    page: &mut Page,
) -> Result<(), reqwest::Error> {
    let client = client::http(PATIENCE)?;
    for function in &manifest.functions {
        let finding = match addresses.get(&function.name) {
            Some(address) => look_at(&client, address.trim_end_matches('/')).await,
            None => Err("no address is known: --admin-url NAME=URL, or --endpoints FILE".to_owned()),
        };
        page.add("functions", &function.name, finding);
    }
    Ok(())
}

/// How old what the gateway believes is: Keycloak's keys, and the list of void tokens.
const OLDEST_KEYS_SECONDS: f64 = 900.0;
const OLDEST_REVOCATIONS_SECONDS: f64 = 60.0;

/// What the gateway says of the age of what it believes.
pub(super) async fn gateway(
    addresses: &BTreeMap<String, String>,
    page: &mut Page,
) -> Result<(), reqwest::Error> {
    let Some(address) = addresses.get("api-gateway") else { return Ok(()) };
    let client = client::http(PATIENCE)?;
    let answer = client.get(format!("{}/metrics", address.trim_end_matches('/'))).send().await;
    let text = match answer {
        Ok(answer) => answer.text().await.unwrap_or_default(),
        // That it is not up is told already.
        Err(_) => return Ok(()),
    };
    let ages = [
        ("Keycloak's keys", "jwks_age_seconds", OLDEST_KEYS_SECONDS),
        ("void tokens", "revocations_age_seconds", OLDEST_REVOCATIONS_SECONDS),
    ];
    for (name, metric, oldest) in ages {
        page.add("gateway", name, age(&text, metric, oldest));
    }
    Ok(())
}

/// The gauge is 0 after each success and grows with each failure.
fn age(metrics: &str, name: &str, oldest: f64) -> Finding {
    let value = metrics.lines().find_map(|line| line.strip_prefix(name)?.trim().parse::<f64>().ok());
    match value {
        Some(seconds) if seconds > oldest => Err(format!("not renewed for {seconds:.0} s")),
        Some(_) => Ok("renewed".to_owned()),
        None => Ok("not needed yet".to_owned()),
    }
}

async fn look_at(client: &Client, address: &str) -> Finding {
    let health =
        ask(client, format!("{address}/health")).await.map_err(|reason| format!("not up: {reason}"))?;
    let ready =
        ask(client, format!("{address}/ready")).await.map_err(|reason| format!("up, not ready: {reason}"))?;
    let version = health.version.map(|version| format!(", version {version}")).unwrap_or_default();
    Ok(format!("{}, {}{version}", health.status, ready.status))
}

async fn ask(client: &Client, url: String) -> Result<Answer, String> {
    let answer = client.get(url).send().await.map_err(|error| told(&error.without_url()))?;
    let status = answer.status();
    let body = answer.bytes().await.map_err(|error| told(&error.without_url()))?;
    let body: Answer = serde_json::from_slice(&body).unwrap_or_default();
    if status.is_success() { Ok(body) } else { Err(body.reason.unwrap_or_else(|| status.to_string())) }
}
