//! Windows: whole UTC days or ISO weeks, closed 48 hours after their end, published at 03:00 UTC of
//! that day. Nothing about them depends on what is in them.

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Utc, Weekday};
use shared_contracts::identity::WindowLength;

/// How long late facts are waited for.
const PATIENCE: TimeDelta = TimeDelta::hours(48);
/// From the close to the moment at which the batch is announced.
const UNTIL_PUBLISHED: TimeDelta = TimeDelta::hours(3);
/// Nothing older than this can be among the facts when a brand is first heard of.
const OLDEST: Days = Days::new(11);

/// A window of a brand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its first day, UTC; a Monday for weeks.
    pub start: NaiveDate,
    /// A day or a week.
    pub length: WindowLength,
}

/// A day's first moment.
pub fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}

impl Window {
    /// The window of this length in which a moment lies.
    pub fn around(at: DateTime<Utc>, length: WindowLength) -> Self {
        let day = at.date_naive();
        let back = match length {
            WindowLength::Day => 0,
            WindowLength::Week => u64::from(day.weekday().num_days_from_monday()),
        };
        Self { start: day.checked_sub_days(Days::new(back)).unwrap_or(day), length }
    }

    /// The first day after it.
    pub fn end(&self) -> NaiveDate {
        let days = match self.length {
            WindowLength::Day => 1,
            WindowLength::Week => 7,
        };
        self.start.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
    }

    /// Its first moment.
    pub fn starts_at(&self) -> DateTime<Utc> {
        midnight(self.start)
    }

    /// The first moment after it.
    pub fn ends_at(&self) -> DateTime<Utc> {
        midnight(self.end())
    }

    /// From this moment on nothing changes it.
    pub fn closes_at(&self) -> DateTime<Utc> {
        self.ends_at() + PATIENCE
    }

    /// When its batch is announced.
    pub fn publish_at(&self) -> DateTime<Utc> {
        self.closes_at() + UNTIL_PUBLISHED
    }

    /// The days of the calendar month in whose budget it is: that of its first day.
    pub fn month(&self) -> (NaiveDate, NaiveDate) {
        let first = self.start.with_day(1).unwrap_or(self.start);
        let next = first.checked_add_months(chrono::Months::new(1)).unwrap_or(NaiveDate::MAX);
        (first, next)
    }
}

/// A brand as it was announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrandVersion {
    /// When, by identity's clock.
    pub at: DateTime<Utc>,
    /// When we heard of it.
    pub received_at: DateTime<Utc>,
    /// Whether it is measured, and trusted enough to be.
    pub measured: bool,
    /// Length of its windows.
    pub length: WindowLength,
    /// The first day of that length.
    pub from: NaiveDate,
}

/// The windows of a brand that begin before `until`, oldest first, none overlapping another.
///
/// A day is in a window of the length that the latest announcement says of it; the brand must be
/// measured when the window ends. Windows that ended before we could have a fact of them are none.
pub fn windows(versions: &[BrandVersion], until: DateTime<Utc>) -> Vec<Window> {
    let heard = versions.iter().map(|version| version.received_at).min();
    let planned = versions.iter().map(|version| version.from).min();
    let Some((heard, planned)) = heard.zip(planned) else { return Vec::new() };
    let oldest = heard.date_naive().checked_sub_days(OLDEST).unwrap_or(planned);
    let mut day = planned.max(oldest);
    let mut found = Vec::new();
    while midnight(day) < until {
        let window = length_on(versions, day).map(|length| Window { start: day, length });
        let begins = window.filter(|window| window.length == WindowLength::Day || is_monday(day));
        if let Some(window) = begins.filter(|window| measured_until(versions, window.ends_at())) {
            found.push(window);
        }
        day = begins
            .map_or_else(|| day.checked_add_days(Days::new(1)), |window| Some(window.end()))
            .unwrap_or(NaiveDate::MAX);
    }
    found
}

fn is_monday(day: NaiveDate) -> bool {
    day.weekday() == Weekday::Mon
}

/// The length that is in force on a day.
pub fn length_on(versions: &[BrandVersion], day: NaiveDate) -> Option<WindowLength> {
    let in_force = versions.iter().filter(|version| version.from <= day).max_by_key(|version| version.at);
    in_force.map(|version| version.length)
}

fn measured_until(versions: &[BrandVersion], end: DateTime<Utc>) -> bool {
    let last = versions.iter().filter(|version| version.at < end).max_by_key(|version| version.at);
    last.is_some_and(|version| version.measured)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn version(at: &str, measured: bool, length: WindowLength, from: &str) -> BrandVersion {
        let at = midnight(day(at)) + TimeDelta::hours(10);
        BrandVersion { at, received_at: at, measured, length, from: day(from) }
    }

    fn starts(versions: &[BrandVersion], until: &str) -> Vec<String> {
        let windows = windows(versions, midnight(day(until)));
        windows.iter().map(|w| format!("{} {}", w.start, w.length.as_str())).collect()
    }

    #[test]
    fn a_day_closes_two_days_after_its_end_and_is_published_at_three() {
        let window = Window { start: day("2026-11-22"), length: WindowLength::Day };
        assert_eq!(window.closes_at().to_string(), "2026-11-25 00:00:00 UTC");
        assert_eq!(window.publish_at().to_string(), "2026-11-25 03:00:00 UTC");
        let week = Window::around("2026-11-22T23:59:59Z".parse().unwrap(), WindowLength::Week);
        assert_eq!((week.start, week.end()), (day("2026-11-16"), day("2026-11-23")));
        assert_eq!(week.month().0, day("2026-11-01"));
    }

    #[test]
    fn a_measured_brand_has_a_window_for_each_day() {
        let versions = [version("2026-11-20", true, WindowLength::Day, "2026-11-20")];
        assert_eq!(starts(&versions, "2026-11-23"), ["2026-11-20 P1D", "2026-11-21 P1D", "2026-11-22 P1D"]);
    }

    #[test]
    fn weeks_begin_on_mondays_and_never_overlap_days() {
        let versions = [
            version("2026-11-10", true, WindowLength::Day, "2026-11-12"),
            version("2026-11-13", true, WindowLength::Week, "2026-11-16"),
            version("2026-11-20", true, WindowLength::Day, "2026-11-25"),
        ];
        assert_eq!(
            starts(&versions, "2026-12-01"),
            [
                "2026-11-12 P1D",
                "2026-11-13 P1D",
                "2026-11-14 P1D",
                "2026-11-15 P1D",
                "2026-11-16 P7D",
                // the week of the 23rd runs whole, though days were wanted from the 25th on
                "2026-11-23 P7D",
                "2026-11-30 P1D",
            ]
        );
    }

    #[test]
    fn a_brand_that_is_not_measured_any_more_has_no_further_windows() {
        let versions = [
            version("2026-11-18", true, WindowLength::Day, "2026-11-18"),
            version("2026-11-20", false, WindowLength::Day, "2026-11-18"),
        ];
        assert_eq!(starts(&versions, "2026-11-23"), ["2026-11-18 P1D", "2026-11-19 P1D"]);
    }

    #[test]
    fn the_order_in_which_announcements_are_heard_is_of_no_matter() {
        let mut versions = vec![
            version("2026-11-10", true, WindowLength::Day, "2026-11-12"),
            version("2026-11-13", true, WindowLength::Week, "2026-11-16"),
        ];
        let one = starts(&versions, "2026-12-01");
        versions.reverse();
        assert_eq!(starts(&versions, "2026-12-01"), one);
    }

    #[test]
    fn windows_from_before_the_brand_was_heard_of_are_none() {
        let mut old = version("2026-11-20", true, WindowLength::Day, "2020-01-01");
        old.at = midnight(day("2020-01-01"));
        assert_eq!(starts(&[old], "2026-11-12"), ["2026-11-09 P1D", "2026-11-10 P1D", "2026-11-11 P1D"]);
    }
}
