//! Dates and times of day.

use chrono::{Datelike, NaiveDate};

use super::super::CodeErrorKind::{InvalidCharacter, InvalidDate, InvalidLength};
use super::{Check, Fault};

/// Reads `YYMMDD`; with [`Check::Yymmd0`] day 00 is the last day of the month.
///
/// GS1 General Specifications section 3.4 (day 00) and 7.12 (century).
pub(in super::super) fn date(data: &str, check: Check, today: NaiveDate) -> Result<NaiveDate, Fault> {
    let [Some(year), Some(month), Some(day)] = [0, 2, 4].map(|at| two_digits(data, at)) else {
        return Err(Fault::new(InvalidLength, data.len(), "a date has six digits"));
    };
    let year = century(i32::try_from(year).unwrap_or_default(), today);
    if check == Check::Yymmd0 && day == 0 {
        let first = calendar_day(year, month, 1, 2)?;
        let length = first.num_days_in_month();
        return Ok(first.with_day(length.into()).unwrap_or(first));
    }
    calendar_day(year, month, day, 2)
}

/// Checks `YYYYMMDD`.
pub(super) fn full_date(data: &str) -> Result<(), Fault> {
    let [Some(high), Some(low), Some(month), Some(day)] = [0, 2, 4, 6].map(|at| two_digits(data, at)) else {
        return Err(Fault::new(InvalidLength, data.len(), "a date has eight digits"));
    };
    let year = i32::try_from(high * 100 + low).unwrap_or_default();
    calendar_day(year, month, day, 4).map(|_| ())
}

/// The year that two digits mean: from 49 years ago to 50 years ahead, section 7.12.
fn century(two_digits: i32, today: NaiveDate) -> i32 {
    let this_year = today.year();
    let same_century = this_year - this_year.rem_euclid(100) + two_digits;
    match same_century - this_year {
        51.. => same_century - 100,
        ..=-50 => same_century + 100,
        _ => same_century,
    }
}

/// The day in the calendar; the month stands at `month_at` in the data.
fn calendar_day(year: i32, month: u32, day: u32, month_at: usize) -> Result<NaiveDate, Fault> {
    let Some(first) = NaiveDate::from_ymd_opt(year, month, 1) else {
        return Err(Fault::new(InvalidDate, month_at, format!("there is no month {month:02}")));
    };
    first.with_day(day).ok_or_else(|| {
        let why = format!("there is no day {day:02} in {}", first.format("%B %Y"));
        Fault::new(InvalidDate, month_at + 2, why)
    })
}

/// Two digits that are less than `limit`.
pub(super) fn below(data: &str, limit: u32, what: &'static str) -> Result<(), Fault> {
    match two_digits(data, 0) {
        Some(number) if number < limit => Ok(()),
        Some(number) => Err(Fault::new(InvalidDate, 0, format!("there is no {what} {number:02}"))),
        None => Err(Fault::new(InvalidCharacter, 0, format!("the {what} has two digits"))),
    }
}

fn two_digits(data: &str, at: usize) -> Option<u32> {
    data.get(at..at + 2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_year_is_at_most_49_years_ago_and_50_years_ahead() {
        let today = day("2026-11-22");
        for (two_digits, year) in [(26, 2026), (0, 2000), (76, 2076), (77, 1977), (99, 1999), (75, 2075)] {
            assert_eq!(century(two_digits, today), year);
        }
        assert_eq!(century(0, day("2051-01-01")), 2100);
        assert_eq!(century(1, day("2051-01-01")), 2101);
        assert_eq!(century(2, day("2051-01-01")), 2002);
        assert_eq!(century(99, day("2000-01-01")), 1999);
    }

    #[test]
    fn day_00_is_the_last_day_of_the_month_where_the_ai_allows_it() {
        let today = day("2026-11-22");
        assert_eq!(date("270200", Check::Yymmd0, today), Ok(day("2027-02-28")));
        assert_eq!(date("280200", Check::Yymmd0, today), Ok(day("2028-02-29")));
        assert_eq!(date("261231", Check::Yymmd0, today), Ok(day("2026-12-31")));
        assert_eq!(date("261200", Check::Yymmdd, today).unwrap_err().at, 4);
        assert_eq!(date("261300", Check::Yymmd0, today).unwrap_err().at, 2);
        assert_eq!(date("270229", Check::Yymmd0, today).unwrap_err().kind, InvalidDate);
        assert_eq!(date("280229", Check::Yymmdd, today), Ok(day("2028-02-29")));
        assert_eq!(date("260931", Check::Yymmdd, today).unwrap_err().at, 4);
    }

    #[test]
    fn a_full_date_has_its_century() {
        assert_eq!(full_date("19000228"), Ok(()));
        assert_eq!(full_date("20000229"), Ok(()));
        assert_eq!(full_date("19000229").unwrap_err().at, 6);
        assert_eq!(full_date("20261301").unwrap_err().at, 4);
        assert_eq!(full_date("20261200").unwrap_err().at, 6);
    }
}
