//! Schedules by `EventBridge` Scheduler's rules.

mod expression;
mod timetable;
pub(crate) mod trigger;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::function::BoxError;

pub use expression::{Expression, ExpressionError};
pub(crate) use timetable::Timetable;

/// Where the time of each schedule's last run is kept.
pub trait LastRuns: Send + Sync + 'static {
    /// When the schedule ran last; `None` if never.
    fn load<'a>(&'a self, schedule: &'a str) -> BoxFuture<'a, Result<Option<DateTime<Utc>>, BoxError>>;

    /// Remembers the tick that has just run.
    fn save<'a>(&'a self, schedule: &'a str, tick: DateTime<Utc>) -> BoxFuture<'a, Result<(), BoxError>>;
}
