//! Character sets of the GS1 General Specifications, section 7.11, and rules on characters.

use super::super::dictionary::Charset;
use super::Fault;

/// Where the first character stands that is not in the set.
pub(in super::super) fn first_foreign(data: &str, charset: Charset) -> Option<usize> {
    match charset {
        Charset::N => data.bytes().position(|byte| !byte.is_ascii_digit()),
        Charset::X => data.bytes().position(|byte| !is_set_82(byte)),
        Charset::Y => data.bytes().position(|byte| !is_set_39(byte)),
        Charset::Z => foreign_to_base64(data),
    }
}

/// Table 7-20: letters, digits and `! " % & ' ( ) * + , - . / : ; < = > ? _`.
fn is_set_82(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'!' | b'"' | b'%'..=b'/' | b':'..=b'?' | b'_')
}

/// Table 7-21: capital letters, digits and `# - /`.
fn is_set_39(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase() || matches!(byte, b'#' | b'-' | b'/')
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Table 7-22: URI-safe base 64 (RFC 4648 section 5) with or without its padding.
///
/// GS1's C syntax engine wants padded data in multiples of three characters, which no base 64 has;
/// RFC 4648 pads to multiples of four.
fn foreign_to_base64(data: &str) -> Option<usize> {
    let digits = data.trim_end_matches('=');
    let padding = data.len() - digits.len();
    let padded = padding == 0 || (padding <= 2 && data.len().is_multiple_of(4));
    digits.bytes().position(|byte| !is_base64(byte)).or((!padded).then_some(digits.len()))
}

pub(super) fn has_a_letter(data: &str) -> Result<(), Fault> {
    if data.bytes().any(|byte| !byte.is_ascii_digit()) {
        return Ok(());
    }
    Err(Fault::value(0, "it must not consist of digits alone"))
}

pub(super) fn is_hyphens(data: &str) -> Result<(), Fault> {
    match data.bytes().position(|byte| byte != b'-') {
        Some(at) => Err(Fault::value(at, "only a minus sign may stand after the number")),
        None => Ok(()),
    }
}

pub(super) fn is_importer_index(data: &str) -> Result<(), Fault> {
    match data.bytes().position(|byte| !is_base64(byte)) {
        Some(at) => Err(Fault::value(at, "the importer index is a letter, a digit, - or _")),
        None => Ok(()),
    }
}

/// A `%` starts two hexadecimal digits (RFC 3986 section 2.1).
pub(super) fn is_percent_encoded(data: &str) -> Result<(), Fault> {
    let broken = data.match_indices('%').find(|(at, _)| {
        let digits = data.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    match broken {
        Some((at, _)) => Err(Fault::value(at, "a % must be followed by two hexadecimal digits")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn set_82_has_82_characters_and_set_39_has_39() {
        assert_eq!((0..=255).filter(|byte| is_set_82(*byte)).count(), 82);
        assert_eq!((0..=255).filter(|byte| is_set_39(*byte)).count(), 39);
        assert_eq!((0..=255).filter(|byte| is_base64(*byte)).count(), 64);
        for foreign in *b" #$@[\\]^`{|}~\x1d\x7f" {
            assert!(!is_set_82(foreign), "{}", char::from(foreign));
        }
    }

    #[test]
    fn base_64_may_be_padded_to_four_characters() {
        for good in ["DIGSIG", "12", "12==", "123", "123=", "1234", "a-_Z"] {
            assert_eq!(first_foreign(good, Charset::Z), None, "{good}");
        }
        for (bad, at) in [("1=", 1), ("1===", 1), ("12=", 2), ("AB:1", 2), ("a=b=", 1), ("A+B/", 1)] {
            assert_eq!(first_foreign(bad, Charset::Z), Some(at), "{bad}");
        }
    }

    #[test]
    fn a_percent_sign_starts_two_hexadecimal_digits() {
        for good in ["", "ABC", "%20A%c3%BC"] {
            assert!(is_percent_encoded(good).is_ok(), "{good}");
        }
        for (bad, at) in [("ABC%0g", 3), ("%", 0), ("A%1", 1), ("%%20", 0)] {
            assert_eq!(is_percent_encoded(bad).unwrap_err().at, at, "{bad}");
        }
    }
}
