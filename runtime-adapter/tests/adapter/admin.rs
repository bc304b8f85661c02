//! The private port.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::routing::get;

use crate::support::{function, get as fetch, host, start};

const LIMITS: &str = "timeout: 1s, memory: 128, concurrency: 4";

#[tokio::test]
async fn health_needs_only_the_process() {
    let running = start(Router::new()).await;
    let answer = fetch(running.admin_address(), "/health").await;
    assert_eq!((answer.status, answer.json()["status"].as_str()), (200, Some("up")));
}

#[tokio::test]
async fn readiness_is_what_the_probe_says_and_why_not() {
    let well = Arc::new(AtomicBool::new(false));
    let asked = Arc::clone(&well);
    let function = function(Router::new(), LIMITS).ready(move || {
        let well = asked.load(Ordering::Relaxed);
        async move { if well { Ok(()) } else { Err("no database".into()) } }
    });
    let running = runtime_adapter::start(function, host()).await.unwrap();
    let answer = fetch(running.admin_address(), "/ready").await;
    assert_eq!((answer.status, answer.json()["reason"].as_str()), (503, Some("no database")));
    well.store(true, Ordering::Relaxed);
    assert_eq!(fetch(running.admin_address(), "/ready").await.status, 200);
}

#[expect(clippy::unreachable, reason = "the test's point is a panic")]
#[tokio::test]
async fn a_probe_that_panics_is_not_ready() {
    let function = function(Router::new(), LIMITS).ready(async || unreachable!("on purpose"));
    let running = runtime_adapter::start(function, host()).await.unwrap();
    assert_eq!(fetch(running.admin_address(), "/ready").await.status, 503);
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_never_by_path() {
    let running = start(Router::new().route("/admin-test/{serial}", get(async || "well"))).await;
    fetch(running.http_address().unwrap(), "/admin-test/serial-4711?lot=ABC").await;
    fetch(running.http_address().unwrap(), "/unknown/serial-4711").await;
    let metrics = fetch(running.admin_address(), "/metrics").await;
    let text = metrics.text();
    let counted = "http_requests_total{method=\"GET\",route=\"/admin-test/{serial}\",status=\"200\"} 1";
    assert!(text.contains(counted), "{text}");
    assert!(text.contains("route=\"(no route)\",status=\"404\""), "{text}");
    assert!(text.contains("http_request_duration_seconds_bucket"), "{text}");
    assert!(!text.contains("4711"), "{text}");
}
