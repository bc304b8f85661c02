//! The Global Trade Item Number, GS1 General Specifications section 3.3.2.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

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

/// The modulo 10 check digit of a text of digits, itself excluded: weights 3, 1, 3, … from the right.
///
/// GS1 General Specifications section 7.9.1.
pub(super) fn check_digit(digits_before: &[u8]) -> u8 {
    let sum: u32 = digits_before
        .iter()
        .rev()
        .zip([3, 1].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight)
        .sum();
    b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or_default()
}

impl FromStr for Gtin {
    type Err = CodeError;

    /// Reads a GTIN-8, -12, -13 or -14: digits only, with its check digit.
    fn from_str(text: &str) -> Result<Self, CodeError> {
        if let Some(position) = text.bytes().position(|byte| !byte.is_ascii_digit()) {
            return Err(CodeError::at(CodeErrorKind::InvalidCharacter, position, "A GTIN has digits only."));
        }
        let [8 | 12 | 13 | 14] = [text.len()] else {
            let detail = format!("A GTIN has 8, 12, 13 or 14 digits; this has {}.", text.len());
            return Err(CodeError::whole(CodeErrorKind::InvalidLength, detail));
        };
        let mut digits = [b'0'; 14];
        digits[14 - text.len()..].copy_from_slice(text.as_bytes());
        let expected = check_digit(&digits[..13]);
        if digits[13] != expected {
            let detail = format!(
                "The check digit of {text} is wrong: it ends in {} but its digits ask for {}.",
                char::from(digits[13]),
                char::from(expected)
            );
            return Err(CodeError::at(CodeErrorKind::InvalidCheckDigit, text.len() - 1, detail));
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
