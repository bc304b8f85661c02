//! Rules on numbers: never zero, part of a whole, degrees on a map.

use super::super::CodeErrorKind::InvalidCharacter;
use super::Fault;

/// Degrees times ten million, from the South Pole or the antimeridian on.
pub(super) fn at_most(data: &str, most: u64, what: &'static str) -> Result<(), Fault> {
    if data.parse::<u64>().is_ok_and(|number| number <= most) {
        return Ok(());
    }
    Err(Fault::new(InvalidCharacter, 0, format!("it is more than {what} can be")))
}

pub(super) fn is_zero(data: &str) -> Result<(), Fault> {
    match data.bytes().position(|byte| byte != b'0') {
        Some(at) => Err(Fault::value(at, "its first digit must be 0")),
        None => Ok(()),
    }
}

pub(super) fn is_not_zero(data: &str) -> Result<(), Fault> {
    if data.bytes().all(|byte| byte == b'0') {
        return Err(Fault::value(0, "a dimension must not be zero"));
    }
    Ok(())
}

pub(super) fn has_no_leading_zero(data: &str) -> Result<(), Fault> {
    if data.starts_with('0') {
        return Err(Fault::value(0, "it must not start with 0"));
    }
    Ok(())
}

/// Two digits for the piece, two for how many pieces there are.
pub(super) fn is_piece_of_total(data: &str) -> Result<(), Fault> {
    let (piece, total) = data.split_at(data.len() / 2);
    if piece == "00" {
        return Err(Fault::value(0, "the number of the piece must not be 00"));
    }
    if total == "00" {
        return Err(Fault::value(piece.len(), "the number of pieces must not be 00"));
    }
    if piece > total {
        return Err(Fault::value(0, format!("there is no piece {piece} of {total}")));
    }
    Ok(())
}

/// `2/3`: the second of three.
pub(super) fn is_position_in_sequence(data: &str) -> Result<(), Fault> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse());
    let parts = data.split_once('/').map(|(at, of)| (number(at), number(of)));
    let Some((Some(Ok::<u32, _>(position)), Some(Ok::<u32, _>(end)))) = parts else {
        return Err(Fault::value(0, "it must be a position and an end, such as 2/3"));
    };
    if data.starts_with('0') || data.contains("/0") {
        return Err(Fault::value(0, "neither the position nor the end may start with 0"));
    }
    if position > end {
        return Err(Fault::value(0, "the position is beyond the end"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_is_one_of_its_total() {
        assert_eq!(is_piece_of_total("0102"), Ok(()));
        assert_eq!(is_piece_of_total("9999"), Ok(()));
        for (bad, at) in [("0099", 0), ("0100", 2), ("0302", 0)] {
            assert_eq!(is_piece_of_total(bad).unwrap_err().at, at, "{bad}");
        }
    }

    #[test]
    fn a_position_is_not_beyond_its_end() {
        for good in ["1/1", "2/3", "9/10", "99/99"] {
            assert_eq!(is_position_in_sequence(good), Ok(()), "{good}");
        }
        for bad in ["", "/", "1", "1/", "/1", "1//2", "x/y", "+1/2", "0/3", "1/02", "2/1", "111"] {
            assert!(is_position_in_sequence(bad).is_err(), "{bad}");
        }
    }
}
