//! Brands: their names, prefixes, and from when a window's length holds.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use shared_contracts::identity::WindowLength;

/// Characters that a brand's name may have.
const LONGEST_NAME: usize = 200;
/// Prefixes that a brand may have.
const MOST_PREFIXES: usize = 50;

/// Why a brand is not as it should be: where, and a sentence.
pub type Refusal = (String, &'static str);

/// A brand's name, trimmed.
pub fn name(given: &str) -> Result<String, Refusal> {
    let name = given.trim();
    let sound = (1..=LONGEST_NAME).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if sound { Ok(name.to_owned()) } else { Err(("/name".to_owned(), "A name has 1 to 200 characters.")) }
}

/// GS1 company prefixes: 4 to 12 digits each, none within another.
pub fn prefixes(given: Vec<String>) -> Result<Vec<String>, Refusal> {
    if given.len() > MOST_PREFIXES {
        return Err(("/gs1_company_prefixes".to_owned(), "A brand has 50 prefixes at most."));
    }
    for (index, prefix) in given.iter().enumerate() {
        let at = || format!("/gs1_company_prefixes/{index}");
        if !(4..=12).contains(&prefix.len()) || !prefix.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err((at(), "A GS1 company prefix has 4 to 12 digits."));
        }
        if given[..index]
            .iter()
            .any(|other| other.starts_with(prefix.as_str()) || prefix.starts_with(other.as_str()))
        {
            return Err((at(), "This prefix and one before it cover the same numbers."));
        }
    }
    Ok(given)
}

/// The first day on which a new length holds: tomorrow, or the next Monday where weeks begin or
/// end, so that no window is cut.
pub fn window_from(today: NaiveDate, before: WindowLength, after: WindowLength) -> NaiveDate {
    let tomorrow = today.checked_add_days(Days::new(1)).unwrap_or(today);
    if before == WindowLength::Day && after == WindowLength::Day {
        return tomorrow;
    }
    let wait = (7 - tomorrow.weekday().days_since(Weekday::Mon)) % 7;
    tomorrow.checked_add_days(Days::new(wait.into())).unwrap_or(tomorrow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_new_length_begins_in_the_future_and_weeks_on_mondays() {
        use WindowLength::{Day, Week};
        let sunday = day("2026-11-22");
        assert_eq!(window_from(sunday, Day, Day), day("2026-11-23"));
        assert_eq!(window_from(sunday, Day, Week), day("2026-11-23"));
        let monday = day("2026-11-23");
        assert_eq!(window_from(monday, Day, Week), day("2026-11-30"));
        assert_eq!(window_from(monday, Week, Day), day("2026-11-30"));
    }

    #[test]
    fn prefixes_are_digits_and_do_not_overlap() {
        let check = |given: &[&str]| prefixes(given.iter().map(|one| (*one).to_owned()).collect());
        assert!(check(&[]).is_ok() && check(&["9521234", "9521235"]).is_ok());
        for bad in
            [&["952"][..], &["95212x4"], &["1234567890123"], &["9521234", "95212345"], &["9521", "9521"]]
        {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_name_has_something_in_it() {
        assert_eq!(name(" Fjell & Eng "), Ok("Fjell & Eng".to_owned()));
        assert!(name("  ").is_err() && name(&"x".repeat(201)).is_err());
    }
}
