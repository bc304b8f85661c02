//! Dates: which one counts, what opening and freezing do to it, and how urgent it is.
//!
//! All days are local days of whoever acts or asks. A date is past from 00:00 of the next local
//! day; with a minute (AI 7003) from that minute on.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use shared_contracts::fridge::{DateState, ExpiryKind};

/// How many days before its date an item is urgent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Soon {
    /// Of a use-by date.
    pub use_by: i64,
    /// Of every other.
    pub best_before: i64,
}

/// A date that something is good until.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Limit {
    on: NaiveDate,
    /// AI 7003.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    at: Option<NaiveTime>,
    /// Since which day it counts: freezing before that did not stop it.
    since: NaiveDate,
}

/// A date with what stands behind it, as a package or a person gives it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expiry {
    /// What it is.
    pub kind: ExpiryKind,
    /// The last good day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<NaiveDate>,
    /// The minute of that day from which it is past.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<NaiveTime>,
}

/// Everything that decides an item's date.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dates {
    kind: ExpiryKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    given: Option<Limit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opened: Option<Limit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    frozen_on: Option<NaiveDate>,
}

impl Limit {
    /// Its last moment, to compare by.
    fn end(&self) -> (NaiveDate, NaiveTime) {
        (self.on, self.at.unwrap_or(NaiveTime::MIN + TimeDelta::seconds(86_399)))
    }

    fn later_by(self, days: i64) -> Self {
        let days = u64::try_from(days).unwrap_or_default();
        Self { on: self.on.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX), ..self }
    }
}

impl Dates {
    /// Dates of an item with this expiry, from this day on.
    pub fn new(expiry: Expiry, day: NaiveDate) -> Self {
        let mut dates = Self::default();
        dates.give(expiry, day);
        dates
    }

    /// A date is given or corrected.
    pub fn give(&mut self, expiry: Expiry, day: NaiveDate) {
        self.given = expiry.on.map(|on| Limit { on, at: expiry.at, since: day });
        self.kind = if self.given.is_some() { expiry.kind } else { ExpiryKind::None };
    }

    /// It is opened: from now on it keeps so many days at most. A date never becomes later.
    pub fn open(&mut self, day: NaiveDate, days_after_opening: Option<u32>) {
        self.opened = days_after_opening
            .and_then(|days| day.checked_add_days(Days::new(u64::from(days))))
            .map(|on| Limit { on, at: None, since: day });
    }

    /// It is frozen: its date stands still.
    pub fn freeze(&mut self, day: NaiveDate) {
        self.frozen_on = Some(day);
    }

    /// It is thawed: its date goes on, later by the days in the cold.
    pub fn thaw(&mut self, day: NaiveDate) {
        let Some(frozen) = self.frozen_on.take() else { return };
        for limit in [&mut self.given, &mut self.opened].into_iter().flatten() {
            *limit = limit.later_by((day - frozen.max(limit.since)).num_days().max(0));
        }
    }

    /// Whether it is frozen.
    pub fn is_frozen(&self) -> bool {
        self.frozen_on.is_some()
    }

    fn limit(&self) -> Option<Limit> {
        [self.given, self.opened].into_iter().flatten().min_by_key(Limit::end)
    }

    /// The last good day.
    pub fn expires_on(&self) -> Option<NaiveDate> {
        self.limit().map(|limit| limit.on)
    }

    /// The minute from which it is past, where the code names one.
    pub fn expires_at(&self) -> Option<NaiveDateTime> {
        self.limit().and_then(|limit| Some(limit.on.and_time(limit.at?)))
    }

    /// What stands behind the date: where only opening gives one, it is estimated.
    pub fn kind(&self) -> ExpiryKind {
        match (self.kind, self.opened) {
            (ExpiryKind::None, Some(_)) => ExpiryKind::Estimated,
            (kind, _) => kind,
        }
    }

    /// How urgent it is, at a moment on somebody's clock on the wall.
    pub fn state(&self, now: NaiveDateTime, soon: Soon) -> DateState {
        let Some(limit) = self.limit() else { return DateState::NoDate };
        let past = match self.kind() {
            ExpiryKind::UseBy => DateState::PastUseBy,
            _ => DateState::PastBestBefore,
        };
        let days = |today: NaiveDate| (limit.on - today).num_days();
        match self.frozen_on {
            Some(frozen) if days(frozen) < 0 => past,
            Some(_) => DateState::Fresh,
            None if days(now.date()) == 0 && limit.at.is_some_and(|at| at <= now.time()) => past,
            None => match days(now.date()) {
                ..0 => past,
                0 => DateState::Today,
                left if left <= soon.of(self.kind()) => DateState::Soon,
                _ => DateState::Fresh,
            },
        }
    }
}

impl Soon {
    fn of(self, kind: ExpiryKind) -> i64 {
        if kind == ExpiryKind::UseBy { self.use_by } else { self.best_before }
    }
}

/// What the clock on the wall says in a time zone.
pub fn local(now: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    now.with_timezone(&zone).naive_local()
}

/// A time zone by its IANA name; UTC where there is no such zone.
pub fn zone(name: &str) -> Tz {
    name.parse().unwrap_or(Tz::UTC)
}

#[cfg(test)]
#[path = "dates_tests.rs"]
mod tests;
