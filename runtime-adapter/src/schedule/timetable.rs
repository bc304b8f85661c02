//! When a schedule runs next, as arithmetic on times that are given.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::Expression;

/// A schedule's ticks. Ticks that were missed together are one tick.
pub(crate) struct Timetable {
    expression: Expression,
    timezone: Tz,
    start: DateTime<Utc>,
    after: DateTime<Utc>,
}

impl Timetable {
    /// The ticks after the last run, or after now if there was none.
    pub(crate) fn new(
        expression: Expression,
        timezone: Tz,
        last_run: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> Self {
        let after = last_run.unwrap_or(now);
        Self { expression, timezone, start: after, after }
    }

    /// The first tick that has not run; it may be over. `None` if none is left.
    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.expression.next_after(self.after, self.start, self.timezone)
    }

    /// A run begins, which stands for every tick until now.
    pub(crate) fn begin(&mut self, tick: DateTime<Utc>, now: DateTime<Utc>) {
        self.after = now.max(tick);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn every_minute(last_run: Option<&str>, now: &str) -> Timetable {
        let expression = "rate(1 minute)".parse().unwrap();
        Timetable::new(expression, Tz::UTC, last_run.map(at), at(now))
    }

    #[test]
    fn a_new_schedule_first_runs_after_its_rate() {
        let timetable = every_minute(None, "2026-11-22T10:00:30Z");
        assert_eq!(timetable.next(), Some(at("2026-11-22T10:01:30Z")));
    }

    #[test]
    fn ticks_missed_while_the_process_was_down_run_once() {
        let mut timetable = every_minute(Some("2026-11-22T09:00:00Z"), "2026-11-22T10:00:30Z");
        let missed = timetable.next().unwrap();
        assert_eq!(missed, at("2026-11-22T09:01:00Z"));
        timetable.begin(missed, at("2026-11-22T10:00:30Z"));
        assert_eq!(timetable.next(), Some(at("2026-11-22T10:01:00Z")));
    }

    #[test]
    fn ticks_missed_during_a_long_run_run_once_after_it() {
        let mut timetable = every_minute(None, "2026-11-22T10:00:00Z");
        timetable.begin(at("2026-11-22T10:01:00Z"), at("2026-11-22T10:01:00Z"));
        let missed = timetable.next().unwrap();
        assert_eq!(missed, at("2026-11-22T10:02:00Z"));
        timetable.begin(missed, at("2026-11-22T10:05:10Z"));
        assert_eq!(timetable.next(), Some(at("2026-11-22T10:06:00Z")));
    }

    #[test]
    fn a_clock_that_goes_back_repeats_no_tick() {
        let mut timetable = every_minute(None, "2026-11-22T10:00:00Z");
        timetable.begin(at("2026-11-22T10:01:00Z"), at("2026-11-22T09:30:00Z"));
        assert_eq!(timetable.next(), Some(at("2026-11-22T10:02:00Z")));
    }

    #[test]
    fn a_moment_comes_once() {
        let expression = "at(2026-11-22T12:00:00)".parse().unwrap();
        let berlin = Tz::Europe__Berlin;
        let mut timetable = Timetable::new(expression, berlin, None, at("2026-11-22T10:00:00Z"));
        let moment = timetable.next().unwrap();
        assert_eq!(moment, at("2026-11-22T11:00:00Z"));
        timetable.begin(moment, moment);
        assert_eq!(timetable.next(), None);
    }
}
