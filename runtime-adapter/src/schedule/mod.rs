//! Schedules by `EventBridge` Scheduler's rules.

mod expression;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;

use crate::function::BoxError;

pub use expression::{Expression, ExpressionError};

/// Where the time of each schedule's last run is kept.
pub trait LastRuns: Send + Sync + 'static {
    /// When the schedule ran last; `None` if never.
    fn load<'a>(
        &'a self,
        schedule: &'a str,
    ) -> BoxFuture<'a, Result<Option<DateTime<Utc>>, BoxError>>;

    /// Remembers the tick that has just run.
    fn save<'a>(
        &'a self,
        schedule: &'a str,
        tick: DateTime<Utc>,
    ) -> BoxFuture<'a, Result<(), BoxError>>;
}
