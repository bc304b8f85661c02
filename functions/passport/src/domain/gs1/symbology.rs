//! Symbology identifiers: the three characters by which a scanner says what kind of symbol it read.

use super::error::{CodeError, CodeErrorKind};

/// What the data of a symbol must be, by ISO/IEC 15424 and the GS1 General Specifications table 5-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    /// `]E0`, `]E3`: EAN-13, UPC-A or UPC-E; with a supplement behind it for `]E3`.
    Ean13,
    /// `]E4`.
    Ean8,
    /// `]I0`, `]I1`: ITF-14.
    Itf14,
    /// Symbols with FNC1 in first position.
    ElementString,
    /// Anything else: a web address or digits.
    Plain,
}

/// What an identifier such as `]d2` says; they are case-sensitive.
pub(super) fn carrier(identifier: &str) -> Result<Carrier, CodeError> {
    let [b']', letter, modifier] = *identifier.as_bytes() else {
        return Err(unknown(identifier));
    };
    match (letter, modifier) {
        (b'E', b'0' | b'3') => Ok(Carrier::Ean13),
        (b'E', b'4') => Ok(Carrier::Ean8),
        (b'E', _) => Err(unknown(identifier)),
        (b'I', b'0' | b'1') => Ok(Carrier::Itf14),
        (b'C' | b'J', b'1') | (b'e', b'0'..=b'2') | (b'd', b'2' | b'5') | (b'Q', b'3' | b'4') => {
            Ok(Carrier::ElementString)
        }
        _ if letter.is_ascii_alphabetic() && modifier.is_ascii_alphanumeric() => Ok(Carrier::Plain),
        _ => Err(unknown(identifier)),
    }
}

fn unknown(identifier: &str) -> CodeError {
    let detail = format!("{identifier:?} is no identifier of a symbol with a GS1 code, such as ]d2.");
    CodeError::whole(CodeErrorKind::Unreadable, detail)
}

/// Splits the identifier that a scanner put in front of the data, if there is one.
pub(super) fn split(text: &str) -> (Option<&str>, &str) {
    if text.starts_with(']') && text.is_char_boundary(3) && text.len() >= 3 {
        let (identifier, data) = text.split_at(3);
        return (Some(identifier), data);
    }
    (None, text)
}

/// The one identifier of a code: as the caller gives it, as the text carries it, or both alike.
pub(super) fn agreed<'a>(
    given: Option<&'a str>,
    carried: Option<&'a str>,
) -> Result<Option<&'a str>, CodeError> {
    match (given, carried) {
        (Some(given), Some(carried)) if given != carried => {
            let detail = format!("The code begins with {carried}, but was sent as {given}.");
            Err(CodeError::at(CodeErrorKind::Unreadable, 0, detail))
        }
        (given, carried) => Ok(given.or(carried)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_says_what_the_data_is() {
        for (identifier, expected) in [
            ("]E0", Carrier::Ean13),
            ("]E4", Carrier::Ean8),
            ("]e0", Carrier::ElementString),
            ("]I1", Carrier::Itf14),
            ("]C1", Carrier::ElementString),
            ("]d2", Carrier::ElementString),
            ("]Q3", Carrier::ElementString),
            ("]J1", Carrier::ElementString),
            ("]C0", Carrier::Plain),
            ("]d1", Carrier::Plain),
            ("]Q1", Carrier::Plain),
            ("]z0", Carrier::Plain),
        ] {
            assert_eq!(carrier(identifier), Ok(expected), "{identifier}");
        }
        for unknown in ["", "d2", "]d", "]d2x", "]1d", "]E1", "]E2", "]é"] {
            assert_eq!(carrier(unknown).unwrap_err().kind, CodeErrorKind::Unreadable, "{unknown}");
        }
    }
}
