//! The dashboard and the alerts name metrics that there are, and the operator's page says what to do.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, fs, sync::LazyLock, time::Duration};

use end_to_end::{
    patience::within,
    person::Person,
    stack::{Stack, workspace},
};
use serde_json::Value;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// Prometheus makes this one itself, of each target.
const OF_PROMETHEUS: &str = "up";
/// Words of an expression that name no metric and stand without brackets behind them.
const WORDS: [&str; 4] = ["by", "and", "or", "unless"];

fn file(name: &str) -> String {
    fs::read_to_string(workspace().join("deploy/monitoring").join(name)).unwrap()
}

/// Alerts with their expressions: `make check` reads the same file as YAML and parses each expression.
fn alerts() -> Vec<(String, String)> {
    let text = file("alerts.yaml");
    let rules = text.split("- alert: ").skip(1);
    rules
        .map(|rule| {
            let (name, rest) = rule.split_once('\n').unwrap();
            let expression = rest.split_once("expr:").unwrap().1;
            let end =
                expression.find("\n        for:").or_else(|| expression.find("\n        labels:")).unwrap();
            (name.to_owned(), expression[..end].trim_start_matches(" >-").replace('\n', " "))
        })
        .collect()
}

fn panels() -> Vec<String> {
    let dashboard: Value = serde_json::from_str(&file("grafana.json")).unwrap();
    let panels = dashboard["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().unwrap());
    targets.map(|target| target["expr"].as_str().unwrap().to_owned()).collect()
}

/// The metrics that an expression names: words that are no function, and are in no brackets of labels.
fn metrics(expression: &str) -> BTreeSet<String> {
    let (mut plain, mut labels, mut quoted) = (String::new(), 0, false);
    for c in expression.chars() {
        match c {
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => labels += 1,
            '}' | ']' if !quoted => labels -= 1,
            c if labels == 0 && !quoted => plain.push(c),
            _ => {}
        }
    }
    // the labels that a sum keeps stand in brackets behind `by`
    let parts = plain.split(" by (").enumerate();
    let plain: String = parts.map(|(n, part)| if n == 0 { part } else { after(part) }).collect();
    let (mut found, mut rest) = (BTreeSet::new(), plain.as_str());
    while let Some(start) = rest.find(|c: char| c.is_ascii_alphabetic()) {
        let word = &rest[start..];
        let end = word.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(word.len());
        let is_function = word[end..].trim_start().starts_with('(');
        if !is_function && !WORDS.contains(&&word[..end]) {
            found.insert(word[..end].to_owned());
        }
        rest = &word[end..];
    }
    found
}

fn after(part: &str) -> &str {
    part.split_once(')').map_or("", |(_, rest)| rest)
}

#[test]
fn metrics_are_found_in_an_expression() {
    let of = |expression| metrics(expression).into_iter().collect::<Vec<_>>();
    assert_eq!(of(r#"sum by (a, b) (rate(x_total{c=~"5.."}[5m])) / y > 0.02"#), ["x_total", "y"]);
    assert_eq!(of("histogram_quantile(0.99, sum by (le) (rate(z_bucket[5m]))) * 60"), ["z_bucket"]);
}

#[tokio::test]
async fn every_metric_of_the_dashboard_and_the_alerts_is_there() {
    let expressions = alerts().into_iter().map(|(_, expression)| expression).chain(panels());
    let wanted: BTreeSet<String> = expressions.flat_map(|expression| metrics(&expression)).collect();
    assert!(wanted.len() > 15, "{wanted:?}");
    // a security event and a token that is looked at
    let stranger = Person::anonymous(&STACK).unwrap();
    let bad = stranger.request(reqwest::Method::GET, "/api/v1/me").bearer_auth("none");
    assert_eq!(bad.send().await.unwrap().status(), 401);
    let known = Person::signed_in(&STACK, "consumer").await.unwrap();
    assert!(known.get("/api/v1/me").await.unwrap().status().is_success());

    let mut missing = wanted.clone();
    // outboxes are measured once a minute, by a schedule whose time is measured as well
    let there = within(Duration::from_secs(100), "every metric", async || {
        let mut told = String::new();
        for function in STACK.functions.keys() {
            told += &STACK.metrics(function).await?;
        }
        let names: BTreeSet<&str> = told
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| line.split(['{', ' ']).next())
            .collect();
        missing = wanted.iter().filter(|name| !names.contains(name.as_str())).cloned().collect();
        missing.remove(OF_PROMETHEUS);
        Ok(missing.is_empty().then_some(()))
    });
    let there = there.await;
    assert!(there.is_ok(), "no function has {missing:?}");
}

#[test]
fn the_operators_page_says_what_to_do_about_each_alert() {
    let page = fs::read_to_string(workspace().join("docs/operations.md")).unwrap();
    let alerts = alerts();
    assert!(alerts.len() > 10);
    for (alert, _) in alerts {
        assert!(page.contains(&format!("| `{alert}` |")), "docs/operations.md has no line about {alert}");
    }
}
