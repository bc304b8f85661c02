//! Waiting for what the product promises to happen soon, and no longer.

use std::time::Duration;

use anyhow::{Result, bail};
use tokio::time::{Instant, MissedTickBehavior, interval};

/// How often the product is asked.
const TICK: Duration = Duration::from_millis(200);

/// What `ask` finds at last, within the time that the product has for it.
///
/// # Errors
/// When it has not happened in time, or asking fails.
pub async fn within<T>(
    limit: Duration,
    what: &str,
    mut ask: impl AsyncFnMut() -> Result<Option<T>>,
) -> Result<T> {
    let began = Instant::now();
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while began.elapsed() < limit {
        ticks.tick().await;
        if let Some(found) = ask().await? {
            return Ok(found);
        }
    }
    bail!("{what}: not within {limit:?}")
}

/// What `ask` answers, once it does, within that time: who was made to fail may still be on its way back.
///
/// # Errors
/// The last one, when all failed.
pub async fn at_last<T>(limit: Duration, what: &str, mut ask: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    let mut last = None;
    let found = within(limit, what, async || match ask().await {
        Ok(found) => Ok(Some(found)),
        Err(error) => {
            last = Some(error);
            Ok(None)
        }
    });
    match (found.await, last) {
        (Err(late), Some(last)) => Err(last.context(late)),
        (found, _) => found,
    }
}
