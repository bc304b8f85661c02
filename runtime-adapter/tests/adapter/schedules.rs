//! The schedule trigger with a clock that a test holds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use futures::FutureExt;
use futures::future::BoxFuture;
use runtime_adapter::schedule::LastRuns;
use runtime_adapter::{BoxError, Function, Host, RunError, ScheduledEvent};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use crate::support::{LONG, at, description, host};

const EVERY_MINUTE: &str = "    schedules: [{ name: sweep, expression: \"rate(1 minute)\", timeout: 5s }]\n";
const LIMITS: &str = "timeout: 1s, memory: 128, concurrency: 4";

fn scheduled() -> Function {
    Function::new("fixture").described_by(description(LIMITS, EVERY_MINUTE)).http(Router::new())
}

/// A host whose clock runs a hundred times as fast, from a given moment.
fn hurried(from: &str) -> Host {
    let (from, begun) = (at(from), Instant::now());
    let now = move || from + TimeDelta::from_std(begun.elapsed() * 100).unwrap();
    Host { now: Arc::new(now), ..host() }
}

/// A handler that tells every event.
fn telling() -> (mpsc::UnboundedReceiver<ScheduledEvent>, Function) {
    let (sender, events) = mpsc::unbounded_channel();
    let function = scheduled().schedule(move |event| {
        sender.send(event).unwrap();
        async { Ok(()) }
    });
    (events, function)
}

async fn next(events: &mut mpsc::UnboundedReceiver<ScheduledEvent>) -> ScheduledEvent {
    timeout(LONG, events.recv()).await.unwrap().unwrap()
}

#[tokio::test]
async fn a_rate_ticks_with_schedulers_event() {
    let (mut events, function) = telling();
    let running = runtime_adapter::start(function, hurried("2026-11-22T10:00:00Z")).await.unwrap();
    let first = next(&mut events).await;
    assert_eq!(first.detail.schedule, "sweep");
    assert_eq!(first.source, "aws.scheduler");
    assert_eq!(first.detail_type, "Scheduled Event");
    assert!(first.resources.unwrap()[0].ends_with("schedule/fixture/sweep"));
    let second = next(&mut events).await;
    assert_ne!(first.id, second.id);
    assert!(second.time.unwrap() - first.time.unwrap() >= TimeDelta::minutes(1));
    running.drain().await;
    assert!(events.recv().await.is_none());
}

#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Option<DateTime<Utc>>>>);

impl LastRuns for Kept {
    fn load<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Result<Option<DateTime<Utc>>, BoxError>> {
        let last = *self.0.lock().unwrap();
        async move { Ok(last) }.boxed()
    }

    fn save<'a>(&'a self, _: &'a str, tick: DateTime<Utc>) -> BoxFuture<'a, Result<(), BoxError>> {
        *self.0.lock().unwrap() = Some(tick);
        async { Ok(()) }.boxed()
    }
}

#[tokio::test]
async fn what_was_missed_during_a_downtime_runs_once_and_is_remembered() {
    let kept = Kept::default();
    *kept.0.lock().unwrap() = Some(at("2026-11-22T07:00:00Z"));
    let (mut events, function) = telling();
    let function = function.last_runs(kept.clone());
    let running = runtime_adapter::start(function, hurried("2026-11-22T10:00:10Z")).await.unwrap();
    assert_eq!(next(&mut events).await.time, Some(at("2026-11-22T07:01:00Z")));
    let second = next(&mut events).await.time.unwrap();
    assert!(second >= at("2026-11-22T10:01:00Z"), "{second}");
    running.drain().await;
    assert_eq!(*kept.0.lock().unwrap(), Some(second));
}

#[tokio::test]
async fn runs_do_not_overlap_and_a_failure_does_not_end_them() {
    let (sender, mut told) = mpsc::unbounded_channel();
    let function = scheduled().schedule(move |_event| {
        let sender = sender.clone();
        async move {
            sender.send("begins").unwrap();
            // longer than a minute of the hurried clock
            #[expect(clippy::disallowed_methods, reason = "a run that takes time is the point")]
            tokio::time::sleep(Duration::from_millis(1500)).await;
            sender.send("ends").unwrap();
            Err("on purpose".into())
        }
    });
    let running = runtime_adapter::start(function, hurried("2026-11-22T10:00:00Z")).await.unwrap();
    for _ in 0..3 {
        assert_eq!(timeout(LONG, told.recv()).await.unwrap(), Some("begins"));
        assert_eq!(timeout(LONG, told.recv()).await.unwrap(), Some("ends"));
    }
    running.drain().await;
}

#[tokio::test]
async fn a_schedule_without_a_handler_is_refused_at_start() {
    let refused = runtime_adapter::start(scheduled(), host()).await.err().unwrap();
    assert!(matches!(refused, RunError::Mismatch { .. }), "{refused}");
}
