//! `rate(…)`, `cron(…)` and `at(…)` as `EventBridge` Scheduler reads them.

use std::str::FromStr;
use std::time::Duration;

use chrono::{DateTime, MappedLocalTime, NaiveDateTime, TimeZone, Utc};
use chrono_tz::Tz;
use croner::Cron;
use croner::parser::{CronParser, Seconds, Year};
use serde::Deserialize;

/// When a schedule is due.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct Expression(Kind);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Kind {
    Rate(Duration),
    Cron(Box<Cron>),
    At(NaiveDateTime),
}

/// Why an expression is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionError {
    /// Neither `rate(…)` nor `cron(…)` nor `at(…)`.
    #[error("{0:?} is neither rate(…) nor cron(…) nor at(…)")]
    Unknown(String),
    /// Not `rate(1 minute)`, `rate(5 minutes)`, ….
    #[error("{0:?} is no rate: write `1 minute`, `5 minutes`, `1 hour`, `2 days`")]
    Rate(String),
    /// Not six fields that `EventBridge` takes.
    #[error("{expression:?} is no cron expression: {reason}")]
    Cron {
        /// What stands in the parentheses.
        expression: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Not `yyyy-mm-ddThh:mm:ss`.
    #[error("{0:?} is no moment: write yyyy-mm-ddThh:mm:ss")]
    At(String),
}

impl Expression {
    /// The first tick after `after`; `None` if there is none any more.
    ///
    /// A rate counts from `start`. `cron` and `at` are local times of `timezone`: one that the
    /// clock skips in spring is skipped, one that it shows twice in autumn runs the first time.
    pub fn next_after(
        &self,
        after: DateTime<Utc>,
        start: DateTime<Utc>,
        timezone: Tz,
    ) -> Option<DateTime<Utc>> {
        match &self.0 {
            Kind::Rate(every) => next_of_rate(*every, start, after),
            Kind::Cron(cron) => next_of_cron(cron, after, timezone),
            Kind::At(local) => first_instant(*local, timezone).filter(|at| *at > after),
        }
    }
}

fn next_of_rate(every: Duration, start: DateTime<Utc>, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let every = i64::try_from(every.as_millis()).ok()?;
    let since_start = (after - start).num_milliseconds();
    let ticks = since_start.div_euclid(every).checked_add(1)?.max(1);
    start.checked_add_signed(chrono::TimeDelta::try_milliseconds(every.checked_mul(ticks)?)?)
}

fn next_of_cron(cron: &Cron, after: DateTime<Utc>, timezone: Tz) -> Option<DateTime<Utc>> {
    let mut local = after.with_timezone(&timezone).naive_local();
    loop {
        local = cron.find_next_occurrence(&local, false).ok()?;
        match first_instant(local, timezone) {
            // in the second half of an autumn hour the first half's ticks are behind us
            Some(tick) if tick > after => return Some(tick),
            _ => {}
        }
    }
}

fn first_instant(local: NaiveDateTime, timezone: Tz) -> Option<DateTime<Utc>> {
    match timezone.from_local_datetime(&local) {
        MappedLocalTime::Single(instant) | MappedLocalTime::Ambiguous(instant, _) => {
            Some(instant.with_timezone(&Utc))
        }
        MappedLocalTime::None => None,
    }
}

impl TryFrom<String> for Expression {
    type Error = ExpressionError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl FromStr for Expression {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unknown = || ExpressionError::Unknown(text.to_owned());
        let (kind, rest) = text.split_once('(').ok_or_else(unknown)?;
        let inner = rest.strip_suffix(')').ok_or_else(unknown)?;
        match kind {
            "rate" => rate(inner).map(Kind::Rate),
            "cron" => cron(inner).map(|cron| Kind::Cron(Box::new(cron))),
            "at" => inner.parse().map(Kind::At).map_err(|_| ExpressionError::At(inner.to_owned())),
            _ => Err(unknown()),
        }
        .map(Self)
    }
}

fn rate(inner: &str) -> Result<Duration, ExpressionError> {
    let malformed = || ExpressionError::Rate(inner.to_owned());
    let (number, unit) = inner.split_once(' ').ok_or_else(malformed)?;
    let number: u64 = number.parse().map_err(|_| malformed())?;
    let seconds: u64 = match (number, unit) {
        (1, "minute") | (2.., "minutes") => 60,
        (1, "hour") | (2.., "hours") => 60 * 60,
        (1, "day") | (2.., "days") => 24 * 60 * 60,
        _ => return Err(malformed()),
    };
    number.checked_mul(seconds).map(Duration::from_secs).ok_or_else(malformed)
}

/// Minutes, hours, day of month, month, day of week (Sunday is 1), year.
fn cron(inner: &str) -> Result<Cron, ExpressionError> {
    let malformed = |reason: String| ExpressionError::Cron { expression: inner.to_owned(), reason };
    let fields: Vec<&str> = inner.split_whitespace().collect();
    let [minutes, hours, day_of_month, month, day_of_week, year] = fields[..] else {
        return Err(malformed(format!("{} fields, not six", fields.len())));
    };
    if (day_of_month == "?") == (day_of_week == "?") {
        return Err(malformed("exactly one of day of month and day of week is `?`".to_owned()));
    }
    // croner takes 0 for Sunday as well, EventBridge does not; and L alone is Saturday
    let names_zero = |part: &str| part.split(['-', '#', '/']).next() == Some("0");
    if day_of_week.split(',').any(names_zero) {
        return Err(malformed("day of week 0: Sunday is 1".to_owned()));
    }
    let day_of_week = if day_of_week == "L" { "7" } else { day_of_week };
    let pattern = format!("0 {minutes} {hours} {day_of_month} {month} {day_of_week} {year}");
    CronParser::builder()
        .seconds(Seconds::Required)
        .year(Year::Required)
        .alternative_weekdays(true)
        .sloppy_ranges(true)
        .build()
        .parse(&pattern)
        .map_err(|error| malformed(error.to_string()))
}

#[cfg(test)]
mod tests;
