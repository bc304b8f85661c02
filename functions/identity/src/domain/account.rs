//! What an account may say of its person.

use chrono_tz::Tz;

/// Characters that a display name may have.
const LONGEST_NAME: usize = 100;
/// The language of somebody who names none.
pub const DEFAULT_LANGUAGE: &str = "en";
/// The time zone of somebody who names none.
pub const DEFAULT_TIME_ZONE: &str = "UTC";

/// The units of somebody who names none.
pub const DEFAULT_UNITS: &str = "metric";

/// A display name as it is kept: trimmed, and none where nothing is left.
///
/// # Errors
/// A sentence, when it is too long or has control characters.
pub fn display_name(given: &str) -> Result<Option<String>, &'static str> {
    let name = given.trim();
    if name.chars().count() > LONGEST_NAME {
        return Err("A name has 100 characters at most.");
    }
    if name.chars().any(char::is_control) {
        return Err("A name has no control characters.");
    }
    Ok((!name.is_empty()).then(|| name.to_owned()))
}

/// A language tag (BCP 47): a language of two or three letters, with subtags or without.
///
/// # Errors
/// A sentence, when it is none.
pub fn language(given: &str) -> Result<String, &'static str> {
    let mut parts = given.split('-');
    let letters = |part: &str| part.bytes().all(|byte| byte.is_ascii_alphabetic());
    let first = parts.next().is_some_and(|part| (2..=3).contains(&part.len()) && letters(part));
    let rest = parts
        .all(|part| (2..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    if first && rest && given.len() <= 35 {
        Ok(given.to_owned())
    } else {
        Err("This is no language tag such as de or de-AT.")
    }
}

/// An IANA time zone.
///
/// # Errors
/// A sentence, when there is no such zone.
pub fn time_zone(given: &str) -> Result<String, &'static str> {
    given.parse::<Tz>().map(|zone| zone.name().to_owned()).map_err(|_| "There is no such time zone.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_an_empty_one_is_none() {
        assert_eq!(display_name("  Anna "), Ok(Some("Anna".to_owned())));
        assert_eq!(display_name(" "), Ok(None));
        assert!(display_name(&"a".repeat(101)).is_err() && display_name("a\u{7}b").is_err());
    }

    #[test]
    fn languages_and_zones_are_known_ones() {
        for good in ["en", "de-AT", "zh-Hant-TW", "gsw"] {
            assert!(language(good).is_ok(), "{good}");
        }
        for bad in ["", "e", "english", "de_AT", "de-", "de-A"] {
            assert!(language(bad).is_err(), "{bad}");
        }
        assert_eq!(time_zone("Pacific/Kiritimati").as_deref(), Ok("Pacific/Kiritimati"));
        assert!(time_zone("Mars/Olympus").is_err());
    }
}
