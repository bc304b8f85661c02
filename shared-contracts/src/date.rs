//! Days that callers write: `full-date` of RFC 3339 (section 5.6), and nothing that only looks like one.
//! chrono alone also reads a sign, five digits of a year and one of a month.

use chrono::NaiveDate;
use serde::{Deserialize, Deserializer, de::Error};

/// The day of a text such as `2026-11-23`.
pub fn full_date(text: &str) -> Option<NaiveDate> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    text.parse().ok().filter(|date: &NaiveDate| shaped && date.to_string() == text)
}

/// For `deserialize_with`: a day, or none.
///
/// # Errors
/// When it is not a `full-date`.
pub fn optional<'de, D: Deserializer<'de>>(of: D) -> Result<Option<NaiveDate>, D::Error> {
    Option::<String>::deserialize(of)?.map(|text| required(&text)).transpose()
}

/// For `deserialize_with`: a first and a last day, or none.
///
/// # Errors
/// When one of them is not a `full-date`.
pub fn optional_range<'de, D: Deserializer<'de>>(of: D) -> Result<Option<[NaiveDate; 2]>, D::Error> {
    let texts = Option::<[String; 2]>::deserialize(of)?;
    texts.map(|[first, last]| Ok([required(&first)?, required(&last)?])).transpose()
}

fn required<E: Error>(text: &str) -> Result<NaiveDate, E> {
    full_date(text).ok_or_else(|| E::custom("expected a day such as 2026-11-23"))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn a_day_has_four_digits_two_and_two() {
        for good in ["2026-11-23", "0001-01-01", "9999-12-31"] {
            assert_eq!(optional(json!(good)).unwrap().unwrap().to_string(), good);
        }
        for bad in ["2026-1-1", "+10000-01-01", "-001-01-01", "2026-02-30", "20261123", " 2026-1-1 ", ""] {
            assert!(optional(json!(bad)).is_err(), "{bad}");
        }
        assert_eq!(optional(Value::Null).unwrap(), None);
        assert!(optional_range(json!(["2026-11-23", "2026-1-1"])).is_err());
    }
}
