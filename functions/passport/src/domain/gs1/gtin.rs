//! The Global Trade Item Number, GS1 General Specifications section 3.3.2.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::checks::check_digit;
use super::error::{CodeError, CodeErrorKind};

/// A GTIN of 14 digits whose check digit is right; shorter GTINs are padded with leading zeros.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Gtin([u8; 14]);

impl Gtin {
    /// The 14 digits.
    pub fn as_str(&self) -> &str {
        // Only ASCII digits are ever stored, so this never falls back.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// Writes out the eight digits of a zero-suppressed UPC-E symbol as a GTIN-12.
///
/// GS1 General Specifications section 5.2.2.4.2. Only a scanner that breaks ISO/IEC 15424 sends
/// them: `]E0` stands for 13 digits.
pub(super) fn expand_upc_e(digits: &str) -> Option<String> {
    if digits.len() != 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (body, check) = digits.strip_prefix('0')?.split_at(6);
    // The last digit says where zeros were left out, and where it is one of the digits itself.
    let (head, zeros, tail) = match &body[5..] {
        last @ ("0" | "1" | "2") => (format!("{}{last}", &body[..2]), "0000", &body[2..5]),
        "3" => (body[..3].to_owned(), "00000", &body[3..5]),
        "4" => (body[..4].to_owned(), "00000", &body[4..5]),
        last => (body[..5].to_owned(), "0000", last),
    };
    Some(format!("0{head}{zeros}{tail}{check}"))
}

impl FromStr for Gtin {
    type Err = CodeError;

    /// Reads a GTIN-8, -12, -13 or -14: digits only, with its check digit.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        if let Some(at) = text.bytes().position(|byte| !byte.is_ascii_digit()) {
            let detail = "A GTIN has digits only.";
            return Err(CodeError::at(CodeErrorKind::InvalidCharacter, at, detail));
        }
        if !matches!(text.len(), 8 | 12 | 13 | 14) {
            let detail = format!("A GTIN has 8, 12, 13 or 14 digits; this has {}.", text.len());
            return Err(CodeError::at(CodeErrorKind::InvalidLength, text.len(), detail));
        }
        let mut digits = [b'0'; 14];
        digits[14 - text.len()..].copy_from_slice(text.as_bytes());
        let expected = check_digit(&digits[..13]);
        if digits[13] != expected {
            let detail = format!(
                "The check digit of {text} is {}, but the digits before it ask for {}.",
                char::from(digits[13]),
                char::from(expected)
            );
            return Err(CodeError::at(CodeErrorKind::InvalidCheckDigit, text.len() - 1, detail));
        }
        if digits == [b'0'; 14] {
            let detail = "Zeros alone name no product.";
            return Err(CodeError::at(CodeErrorKind::InvalidCharacter, 0, detail));
        }
        Ok(Self(digits))
    }
}

impl fmt::Display for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Gtin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gtin({self})")
    }
}

impl Serialize for Gtin {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Gtin {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_of_gtin_becomes_14_digits() {
        for (text, digits) in [
            ("02345673", "00000002345673"),
            ("416000336108", "00416000336108"),
            ("2112345678900", "02112345678900"),
            ("24012345678905", "24012345678905"),
        ] {
            assert_eq!(text.parse::<Gtin>().unwrap().to_string(), digits);
        }
    }

    #[test]
    fn a_wrong_gtin_says_what_is_wrong_with_it() {
        for (text, kind, position) in [
            ("", CodeErrorKind::InvalidLength, 0),
            ("123456789", CodeErrorKind::InvalidLength, 9),
            ("952012345678A", CodeErrorKind::InvalidCharacter, 12),
            ("9520123456789", CodeErrorKind::InvalidCheckDigit, 12),
            ("02345674", CodeErrorKind::InvalidCheckDigit, 7),
            ("00000000", CodeErrorKind::InvalidCharacter, 0),
            ("00000000000000", CodeErrorKind::InvalidCharacter, 0),
        ] {
            let error = text.parse::<Gtin>().unwrap_err();
            assert_eq!((error.kind, error.position), (kind, Some(position)), "{text}");
        }
        let error = "9520123456789".parse::<Gtin>().unwrap_err();
        let sentence = "The check digit of 9520123456789 is 9, but the digits before it ask for 8.";
        assert_eq!(error.to_string(), sentence);
    }

    #[test]
    fn upc_e_is_written_out_by_its_last_digit() {
        for (short, long) in [
            ("01234505", "012000003455"),
            ("04567840", "045670000080"),
            ("00123457", "001234000057"),
            ("01234531", "012300000451"),
            ("01234591", "012345000091"),
        ] {
            assert_eq!(expand_upc_e(short).unwrap(), long);
        }
        assert_eq!(expand_upc_e("11234505"), None);
        assert_eq!(expand_upc_e("0123450"), None);
    }
}
