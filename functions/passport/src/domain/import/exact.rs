//! Numbers that keep their value. JSON numbers become 64-bit floats or integers here; one that has
//! more digits than that can hold would be changed silently, so it is found and refused.

use serde_json::Number;

/// Significant digits that a 64-bit float always holds (IEEE 754: 15).
const SAFE_DIGITS: usize = 15;
/// Powers of ten within which those digits are safe.
const SAFE_EXPONENTS: std::ops::RangeInclusive<i64> = -290..=290;

/// A number as a text has it.
pub fn number(text: &str) -> Result<Number, String> {
    let number: Number = serde_json::from_str(text)
        .map_err(|_| format!("{text:?} is not a number (digits, one dot, no unit)"))?;
    if is_exact(text) { Ok(number) } else { Err(too_precise(text)) }
}

/// Why a number of this text is refused.
fn too_precise(text: &str) -> String {
    format!("the number {text} has more digits than can be kept")
}

/// Finds a number in JSON that could not be kept as it is.
pub fn check(json: &str) -> Result<(), String> {
    let bytes = json.as_bytes();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = after_string(bytes, at + 1),
            b'-' | b'0'..=b'9' => {
                let end = after_number(bytes, at);
                if !is_exact(&json[at..end]) {
                    return Err(too_precise(&json[at..end]));
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    Ok(())
}

fn after_string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn after_number(bytes: &[u8], start: usize) -> usize {
    let length = bytes[start..]
        .iter()
        .take_while(|byte| matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E' | b'0'..=b'9'));
    start + length.count()
}

fn is_exact(text: &str) -> bool {
    let Some(wanted) = Decimal::read(text) else {
        return true; // no number at all: the parser says so
    };
    if wanted.digits.len() <= SAFE_DIGITS && SAFE_EXPONENTS.contains(&wanted.exponent) {
        return true;
    }
    let kept = serde_json::from_str::<Number>(text).map(|number| number.to_string());
    kept.ok().and_then(|kept| Decimal::read(&kept)).is_some_and(|kept| kept == wanted)
}

/// `0.digits × 10^exponent`, without zeros at either end.
#[derive(PartialEq, Eq)]
struct Decimal {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Decimal {
    fn read(text: &str) -> Option<Self> {
        let (mantissa, power) = match text.split_once(['e', 'E']) {
            Some((mantissa, power)) => (mantissa, power.parse::<i64>().ok()?),
            None => (text, 0),
        };
        let (negative, mantissa) = match mantissa.strip_prefix('-') {
            Some(mantissa) => (true, mantissa),
            None => (false, mantissa),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let leading = all.len() - all.trim_start_matches('0').len();
        let digits = all.trim_matches('0').to_owned();
        if digits.is_empty() {
            return Some(Self { negative: false, digits, exponent: 0 });
        }
        let point = i64::try_from(whole.len()).ok()? - i64::try_from(leading).ok()?;
        Some(Self { negative, digits, exponent: power.checked_add(point)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_usual_kind_are_kept() {
        for text in [
            "0",
            "-0.0",
            "35",
            "6.6e-05",
            "1.0668e-16",
            "-6.3733336e-05",
            "3.5714285714285716",
            "11.0",
            "0.30000000000000004",
            "18446744073709551615",
            "100000000000000000000",
            "1E+2",
            "0.10",
        ] {
            assert!(number(text).is_ok(), "{text}");
            assert!(check(&format!("{{\"value\":{text}}}")).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_number_is_written_with_the_value_that_was_read() {
        for text in ["6.6e-05", "1.0332002e-05", "85.04849999999999", "0.9285714", "3.5714285714285716"] {
            let kept = number(text).unwrap().to_string();
            assert!(Decimal::read(&kept) == Decimal::read(text), "{text} became {kept}");
        }
    }

    #[test]
    fn a_number_that_would_lose_digits_is_refused_by_name() {
        for text in ["0.3000000000000000044409", "12345678901234567890.5", "18446744073709551617"] {
            assert!(number(text).is_err(), "{text}");
            let reason = check(&format!("[\"1\", {{\"value\": {text}}}]")).unwrap_err();
            assert!(reason.contains(text), "{reason}");
        }
    }

    #[test]
    fn digits_within_a_text_are_no_number() {
        assert!(check(r#"{"text": "say \" 0.3000000000000000044409", "n": 1}"#).is_ok());
    }

    #[test]
    fn what_is_not_a_number_is_said_so() {
        for text in ["", "3,5", "1 g", "012", "NaN", "1e999"] {
            assert!(number(text).is_err(), "{text}");
        }
    }
}
