//! Amounts: exact decimals of a unit.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::Number;
use shared_contracts::fridge::Part;

/// Decimal places that are kept.
const PLACES: i32 = 6;
/// One, in the kept places.
const ONE: i64 = 1_000_000;
/// The largest amount, in whole units.
const MOST: i64 = 1_000_000_000;
/// Longest unit, in characters.
const LONGEST_UNIT: usize = 20;

/// What is not counted in anything else.
pub const PIECE: &str = "piece";

/// An exact number of six decimal places, never negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Amount(i64);

/// Why something is no amount, in words for who wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAmount {
    /// Nothing, or less.
    #[error("must be more than nothing")]
    Nothing,
    /// More than anybody has.
    #[error("must not be above a thousand million")]
    TooMuch,
    /// More decimal places than are kept.
    #[error("must have six decimal places at most")]
    TooFine,
    /// Another unit, which cannot be turned into the item's.
    #[error("must be of the item's unit")]
    OtherUnit,
    /// A unit without a name, or with a long one.
    #[error("the unit must have 1 to 20 characters")]
    BadUnit,
}

impl Amount {
    /// One unit.
    pub const ONE: Self = Self(ONE);
    /// None.
    pub const ZERO: Self = Self(0);

    /// As it is stored: millionths.
    pub const fn millionths(self) -> i64 {
        self.0
    }

    /// From what is stored.
    pub const fn from_millionths(millionths: i64) -> Self {
        Self(millionths)
    }

    /// The amount that a JSON number says, digit by digit.
    ///
    /// # Errors
    /// A number that is none, or that we would have to round.
    pub fn read(number: &Number) -> Result<Self, NoAmount> {
        let text = number.to_string();
        let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((&text, "0"));
        let exponent: i32 = exponent.parse().map_err(|_| NoAmount::TooFine)?;
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let places = i32::try_from(fraction.len()).map_err(|_| NoAmount::TooFine)?;
        let mantissa: i128 = format!("{whole}{fraction}").parse().map_err(|_| NoAmount::TooMuch)?;
        if mantissa <= 0 {
            return Err(NoAmount::Nothing);
        }
        Self::scale(mantissa, exponent - places + PLACES)
    }

    fn scale(mantissa: i128, by: i32) -> Result<Self, NoAmount> {
        let power = 10_i128.checked_pow(by.unsigned_abs());
        let scaled = if by >= 0 {
            power.and_then(|power| mantissa.checked_mul(power)).ok_or(NoAmount::TooMuch)?
        } else {
            let power = power.ok_or(NoAmount::TooFine)?;
            if mantissa % power != 0 {
                return Err(NoAmount::TooFine);
            }
            mantissa / power
        };
        match i64::try_from(scaled) {
            Ok(millionths) if millionths <= MOST * ONE => Ok(Self(millionths)),
            _ => Err(NoAmount::TooMuch),
        }
    }

    /// As a JSON number.
    pub fn number(self) -> Number {
        if self.0 % ONE == 0 {
            return Number::from(self.0 / ONE);
        }
        let value = self.to_string().parse().ok().and_then(Number::from_f64);
        value.unwrap_or_else(|| Number::from(self.0 / ONE))
    }

    /// What is left when `part` is taken away; nothing where there is less.
    pub fn less(self, part: Self) -> Option<Self> {
        (part.0 <= self.0).then(|| Self(self.0 - part.0))
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (whole, fraction) = (self.0 / ONE, self.0 % ONE);
        if fraction == 0 {
            return write!(f, "{whole}");
        }
        write!(f, "{whole}.{}", format!("{fraction:06}").trim_end_matches('0'))
    }
}

/// A unit's dimension and its size in the smallest unit of it.
fn measure(unit: &str) -> Option<(char, i128)> {
    Some(match unit {
        "mg" => ('m', 1),
        "g" => ('m', 1_000),
        "kg" => ('m', 1_000_000),
        "ml" => ('v', 1),
        "cl" => ('v', 10),
        "dl" => ('v', 100),
        "l" => ('v', 1_000),
        _ => return None,
    })
}

/// Grams of an amount, if its unit is one of mass.
pub fn grams(amount: Amount, unit: &str) -> Option<f64> {
    let (dimension, size) = measure(&unit_of(unit))?;
    #[expect(clippy::cast_precision_loss, reason = "a sum for people, not an account")]
    (dimension == 'm').then(|| amount.0 as f64 / ONE as f64 * size as f64 / 1_000.0)
}

/// A unit as it is compared: measures in small letters, everything else as it is.
pub fn unit_of(written: &str) -> String {
    let small = written.trim().to_ascii_lowercase();
    if measure(&small).is_some() { small } else { written.trim().to_owned() }
}

/// A unit that somebody wrote.
///
/// # Errors
/// One without a name, or with a long one.
pub fn unit(written: &str) -> Result<String, NoAmount> {
    let unit = unit_of(written);
    let sound = (1..=LONGEST_UNIT).contains(&unit.chars().count()) && !unit.contains(char::is_control);
    if sound { Ok(unit) } else { Err(NoAmount::BadUnit) }
}

/// A part of something that is counted in `unit`.
///
/// # Errors
/// What is no amount, or of a unit that cannot be turned into that one exactly.
pub fn part(part: &Part, item_unit: &str) -> Result<Amount, NoAmount> {
    let amount = match part {
        Part::Number(number) => return Amount::read(number),
        Part::Amount(amount) => amount,
    };
    let (value, from) = (Amount::read(&amount.value)?, unit(&amount.unit)?);
    if from == item_unit {
        return Ok(value);
    }
    match (measure(&from), measure(item_unit)) {
        (Some((dimension, from)), Some((same, to))) if dimension == same => {
            let scaled = i128::from(value.0) * from;
            if scaled % to != 0 {
                return Err(NoAmount::TooFine);
            }
            Ok(Amount(i64::try_from(scaled / to).map_err(|_| NoAmount::TooMuch)?))
        }
        _ => Err(NoAmount::OtherUnit),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn read(text: &str) -> Result<Amount, NoAmount> {
        Amount::read(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn a_number_is_read_digit_by_digit() {
        for (text, millionths) in [
            ("1", 1_000_000),
            ("0.1", 100_000),
            ("12.5", 12_500_000),
            ("0.000001", 1),
            ("1e3", 1_000_000_000),
        ] {
            assert_eq!(read(text), Ok(Amount(millionths)), "{text}");
        }
        for (text, error) in [
            ("0", NoAmount::Nothing),
            ("-1", NoAmount::Nothing),
            ("0.0000001", NoAmount::TooFine),
            ("1.0000001", NoAmount::TooFine),
            ("1e30", NoAmount::TooMuch),
            ("1000000001", NoAmount::TooMuch),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn ten_tenths_are_one() {
        let tenth = read("0.1").unwrap();
        let left = (0..10).try_fold(Amount::ONE, |left, _| left.less(tenth));
        assert_eq!(left, Some(Amount::ZERO));
        assert_eq!(Amount::ZERO.less(tenth), None);
    }

    #[test]
    fn units_of_one_measure_are_turned_into_each_other() {
        let of = |value: serde_json::Value| serde_json::from_value::<Part>(value).unwrap();
        assert_eq!(part(&of(json!({"value": 0.25, "unit": "KG"})), "g"), Ok(read("250").unwrap()));
        assert_eq!(part(&of(json!({"value": 250, "unit": "ml"})), "l"), Ok(read("0.25").unwrap()));
        assert_eq!(part(&of(json!(2)), "slice"), Ok(read("2").unwrap()));
        assert_eq!(part(&of(json!({"value": 1, "unit": "ml"})), "g"), Err(NoAmount::OtherUnit));
        assert_eq!(part(&of(json!({"value": 1, "unit": ""})), "g"), Err(NoAmount::BadUnit));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(millionths in 1_i64..1_000_000_000_000) {
            prop_assert_eq!(Amount::read(&Amount(millionths).number()), Ok(Amount(millionths)));
        }
    }
}
