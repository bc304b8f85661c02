use super::*;

fn manifest(function: &str) -> Result<Manifest, ManifestError> {
    Manifest::parse(&format!(
        "version: 1\nfunctions:\n  scanner:\n    http: {{ timeout: 1s, memory: 128, concurrency: 1 }}\n    publishes: [scanner.scanned.v1]\n  reader:\n    http: {{ timeout: 10s, memory: 256, concurrency: 8 }}\n{function}"
    ))
}

fn refusal(function: &str) -> String {
    manifest(function).unwrap_err().to_string()
}

#[test]
fn the_embedded_manifest_is_sound() {
    let manifest = Manifest::embedded().unwrap();
    let passport = manifest.function("passport").unwrap();
    assert_eq!(passport.http.timeout, Duration::from_secs(5));
    assert_eq!(passport.schedules[0].name, "send-outbox");
    assert_eq!(passport.database.as_ref().unwrap().role, "passport_svc");
    let gateway = manifest.function("api-gateway").unwrap();
    assert_eq!(gateway.calls["passport"], [Call::Public]);
}

#[test]
fn functions_keep_the_files_order() {
    let names: Vec<String> =
        manifest("").unwrap().functions.into_iter().map(|function| function.name).collect();
    assert_eq!(names, ["scanner", "reader"]);
}

#[test]
fn a_mapping_has_lambdas_defaults() {
    let yaml = "    kafka: [{ topic: scanner.scanned.v1 }]\n    consumes: [scanner.scanned.v1]\n";
    let manifest = manifest(yaml).unwrap();
    let mapping = &manifest.function("reader").unwrap().kafka[0];
    assert_eq!(mapping.batch_size, 100);
    assert_eq!(mapping.window, Duration::from_millis(500));
    assert_eq!(mapping.retries, 10);
    assert_eq!(mapping.on_error, OnError::Bisect);
    assert_eq!(mapping.dead_letter, DeadLetter::Record);
    assert_eq!(mapping.max_age, None);
}

#[test]
fn a_mapping_can_say_everything() {
    let yaml = "    kafka:\n      - { topic: scanner.scanned.v1, batch_size: 10, window: 2s, timeout: 1m, retries: 3, max_age: 24h, on_error: retry, dead_letter: reference }\n    consumes: [scanner.scanned.v1]\n";
    let manifest = manifest(yaml).unwrap();
    let mapping = &manifest.function("reader").unwrap().kafka[0];
    assert_eq!(mapping.timeout, Duration::from_mins(1));
    assert_eq!(mapping.max_age, Some(Duration::from_hours(24)));
    assert_eq!(mapping.on_error, OnError::Retry);
    assert_eq!(mapping.dead_letter, DeadLetter::Reference);
}

#[test]
fn internal_calls_name_a_route() {
    let yaml = "    calls: { scanner: [public, \"GET /internal/v1/scans/{scan_id}/snapshot\"] }\n";
    let manifest = manifest(yaml).unwrap();
    let route =
        Call::Route { method: http::Method::GET, path: "/internal/v1/scans/{scan_id}/snapshot".to_owned() };
    assert_eq!(manifest.function("reader").unwrap().calls["scanner"], [Call::Public, route]);
}

#[test]
fn what_is_misspelt_is_refused() {
    assert!(refusal("    schedule: []\n").contains("schedule"));
    assert!(refusal("    calls: { scanner: [GET /api/v1/scans] }\n").contains("internal"));
    assert!(refusal("    calls: { reeder: [public] }\n").contains("reeder"));
    assert!(refusal("    publishes: [reader_read]\n").contains("reader_read"));
    let schedule = |text: &str| refusal(&format!("    schedules: [{{ name: tick, {text} }}]\n"));
    assert!(schedule("expression: rate(1 minutes), timeout: 1s").contains("no rate"));
    assert!(schedule("expression: rate(1 minute), timeout: 1").contains("no duration"));
    assert!(schedule("expression: rate(1 minute), timeout: 16m").contains("15 minutes"));
    let zone = "expression: rate(1 minute), timeout: 1s, timezone: Europe/Bonn";
    assert!(schedule(zone).contains("Europe/Bonn"));
}

#[test]
fn the_event_graph_has_no_loose_ends() {
    assert!(refusal("    consumes: [scanner.scanned.v1]\n").contains("not in both"));
    assert!(refusal("    kafka: [{ topic: scanner.scanned.v1 }]\n").contains("not in both"));
    let nobody = "    kafka: [{ topic: scanner.lost.v1 }]\n    consumes: [scanner.lost.v1]\n";
    assert!(refusal(nobody).contains("no function publishes"));
}

#[test]
fn a_function_is_described_once_and_unknown_ones_are_named() {
    let twice = refusal("  reader:\n    http: { timeout: 1s, memory: 128, concurrency: 1 }\n");
    assert!(twice.contains("reader"), "{twice}");
    let unknown = manifest("").unwrap().function("writer").unwrap_err().to_string();
    assert!(unknown.contains("writer"));
}

#[test]
fn lambdas_limits_hold() {
    let limits = |http: &str| {
        Manifest::parse(&format!("version: 1\nfunctions: {{ one: {{ http: {{ {http} }} }} }}"))
            .unwrap_err()
            .to_string()
    };
    assert!(limits("timeout: 1s, memory: 64, concurrency: 1").contains("memory"));
    assert!(limits("timeout: 0s, memory: 128, concurrency: 1").contains("timeout"));
    assert!(limits("timeout: 1s, memory: 128, concurrency: 0").contains("concurrency"));
}
