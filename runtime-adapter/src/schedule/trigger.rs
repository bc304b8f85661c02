//! The schedule trigger: one task for each schedule, so that its runs never overlap.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use tokio::time::{Instant, timeout};

use super::{LastRuns, Timetable};
use crate::function::{ScheduleDetail, ScheduleFn, ScheduledEvent};
use crate::host::Now;
use crate::identifiers;
use crate::manifest::Schedule;
use crate::stop::Stop;

/// How often the clock is looked at: it may jump, and a process may be frozen.
const LOOK: Duration = Duration::from_secs(1);

/// One schedule of a function.
pub(crate) struct Trigger {
    pub(crate) function: &'static str,
    pub(crate) schedule: Schedule,
    pub(crate) handler: ScheduleFn,
    pub(crate) last_runs: Option<Arc<dyn LastRuns>>,
    pub(crate) now: Now,
}

impl Trigger {
    /// Runs the handler at every tick until `stop`; a run that has begun is finished.
    pub(crate) async fn run(self, mut stop: Stop) {
        let last_run = self.last_run().await;
        let Schedule { expression, timezone, .. } = self.schedule.clone();
        let mut timetable = Timetable::new(expression, timezone, last_run, (self.now)());
        while let Some(tick) = timetable.next() {
            tokio::select! {
                biased;
                () = stop.wished() => return,
                () = self.wait_for(tick + self.delay()) => {}
            }
            timetable.begin(tick, (self.now)());
            self.handle(tick).await;
            self.remember(tick).await;
        }
    }

    #[expect(clippy::disallowed_methods, reason = "a schedule is about time")]
    async fn wait_for(&self, moment: DateTime<Utc>) {
        while let Ok(left) = (moment - (self.now)()).to_std()
            && !left.is_zero()
        {
            tokio::time::sleep(left.min(LOOK)).await;
        }
    }

    /// A random part of the flexible window.
    fn delay(&self) -> Duration {
        self.schedule.flexible_window.unwrap_or_default().mul_f64(identifiers::fraction())
    }

    async fn handle(&self, tick: DateTime<Utc>) {
        let schedule = &self.schedule.name;
        let begun = Instant::now();
        let handler = AssertUnwindSafe(async { (self.handler)(self.event(tick)).await });
        let outcome = match timeout(self.schedule.timeout, handler.catch_unwind()).await {
            Ok(Ok(Ok(()))) => "succeeded",
            Ok(Ok(Err(error))) => {
                tracing::error!(schedule, %error, "schedule failed");
                "failed"
            }
            Ok(Err(_panic)) => {
                tracing::error!(schedule, "schedule panicked");
                "panicked"
            }
            Err(_elapsed) => {
                tracing::error!(schedule, timeout = ?self.schedule.timeout, "schedule timed out");
                "timed_out"
            }
        };
        let took = begun.elapsed();
        tracing::info!(schedule, outcome, %tick, duration_ms = took.as_secs_f64() * 1000.0, "schedule");
        metrics::counter!(
            "schedule_runs_total", "schedule" => schedule.clone(), "outcome" => outcome
        )
        .increment(1);
        metrics::histogram!("schedule_duration_seconds", "schedule" => schedule.clone())
            .record(took.as_secs_f64());
    }

    fn event(&self, tick: DateTime<Utc>) -> ScheduledEvent {
        let Self { function, schedule, .. } = self;
        let arn = format!("arn:aws:scheduler:local:000000000000:schedule/{function}/{}", schedule.name);
        let mut event = ScheduledEvent::default();
        event.version = Some("0".to_owned());
        event.id = Some(identifiers::request_id().to_string());
        "Scheduled Event".clone_into(&mut event.detail_type);
        "aws.scheduler".clone_into(&mut event.source);
        event.account = Some("000000000000".to_owned());
        event.region = Some("local".to_owned());
        event.time = Some(tick);
        event.resources = Some(vec![arn]);
        event.detail = ScheduleDetail { schedule: schedule.name.clone() };
        event
    }

    async fn last_run(&self) -> Option<DateTime<Utc>> {
        let last_runs = self.last_runs.as_ref()?;
        last_runs.load(&self.schedule.name).await.unwrap_or_else(|error| {
            tracing::error!(schedule = self.schedule.name, %error, "last run unknown");
            None
        })
    }

    async fn remember(&self, tick: DateTime<Utc>) {
        if let Some(last_runs) = &self.last_runs
            && let Err(error) = last_runs.save(&self.schedule.name, tick).await
        {
            tracing::error!(schedule = self.schedule.name, %error, "last run not kept");
        }
    }
}
