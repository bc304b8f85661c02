//! What somebody did, as far as it is kept.

use chrono::{DateTime, TimeDelta, Utc};
use shared_contracts::{identity::WindowLength, metrics::Metric};
use uuid::Uuid;

use super::{pseudonym::Pseudonym, windows::Window};

/// How far the clock of a producing service may be ahead of ours.
const AHEAD: TimeDelta = TimeDelta::minutes(5);

/// A fact: all that is ever kept of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    /// The event's id, by which it counts once.
    pub event_id: Uuid,
    /// Whose.
    pub subject: Pseudonym,
    /// 14 digits.
    pub gtin: String,
    /// What.
    pub metric: Metric,
    /// When, by the clock of the service that announced it.
    pub at: DateTime<Utc>,
}

/// Why a fact has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untimely {
    /// It is dated more than five minutes ahead.
    Ahead,
    /// Its window is closed.
    Late,
}

/// Whether a fact of this time may still count, where its product's brand has windows of this length.
/// Of a product that is not known (yet), the longer ones decide.
pub fn timely(at: DateTime<Utc>, length: Option<WindowLength>, now: DateTime<Utc>) -> Result<(), Untimely> {
    if at > now + AHEAD {
        return Err(Untimely::Ahead);
    }
    let window = Window::around(at, length.unwrap_or(WindowLength::Week));
    if window.closes_at() <= now { Err(Untimely::Late) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn facts_more_than_five_minutes_ahead_are_refused() {
        let now = time("2026-11-22T10:00:00Z");
        let day = Some(WindowLength::Day);
        assert_eq!(timely(time("2026-11-22T10:05:00Z"), day, now), Ok(()));
        assert_eq!(timely(time("2026-11-22T10:05:00.000001Z"), day, now), Err(Untimely::Ahead));
    }

    #[test]
    fn facts_of_a_closed_window_are_dropped() {
        let at = time("2026-11-19T23:59:59Z");
        let (before, close) = (time("2026-11-21T23:59:59Z"), time("2026-11-22T00:00:00Z"));
        assert_eq!(timely(at, Some(WindowLength::Day), before), Ok(()));
        assert_eq!(timely(at, Some(WindowLength::Day), close), Err(Untimely::Late));
        // The ISO week of that day ends on the 23rd.
        assert_eq!(timely(at, Some(WindowLength::Week), close), Ok(()));
        assert_eq!(timely(at, None, close), Ok(()));
        assert_eq!(timely(at, None, time("2026-11-25T00:00:00Z")), Err(Untimely::Late));
    }
}
