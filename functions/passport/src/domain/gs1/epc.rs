//! EPC binary strings in Digital Link URIs: the compression standard release 1.0.0, section 4.2.
//!
//! `eh` and lower-case hexadecimal, or `ex` and URI-safe base 64, of the EPC that an RFID tag
//! carries. SGTIN-96 and SGTIN-198 are read (EPC Tag Data Standard, sections 14.5.1 and 14.6.1).

use super::checks::{check_digit, first_foreign};
use super::dictionary::{Ai, Charset, lookup};
use super::error::{CodeError, CodeErrorKind};
use super::reader::{Escape, Raw, Reader};

/// Bits and digits of the company prefix, bits of the item reference, by partition value.
const PARTITIONS: [(usize, usize, usize); 7] =
    [(40, 12, 4), (37, 11, 7), (34, 10, 10), (30, 9, 14), (27, 8, 17), (24, 7, 20), (20, 6, 24)];
/// Digits of company prefix and item reference together: a GTIN-14 without its check digit.
const KEY_DIGITS: usize = 13;

/// Whether a text has the form of an EPC binary string, URI Syntax section 6.1.2.
pub(super) fn is_binary_string(text: &str) -> bool {
    let digits = |prefix: &str, is_digit: fn(u8) -> bool| {
        text.strip_prefix(prefix).is_some_and(|digits| digits.bytes().all(is_digit))
    };
    digits("eh", |byte| hexadecimal(byte).is_some()) || digits("ex", |byte| base64(byte).is_some())
}

/// Reads an EPC binary string that starts at `at` in the input as GTIN and serial number.
pub(super) fn read(text: &str, at: usize, reader: &mut Reader) -> Result<Ai, CodeError> {
    let (gtin, serial) = decode(text)
        .map_err(|(kind, why)| CodeError::at(kind, at, format!("This is no EPC of a trade item: {why}.")))?;
    let (Some(key), Some(qualifier)) = (lookup("01"), lookup("21")) else {
        return Err(CodeError::at(CodeErrorKind::UnknownAi, at, "There are no AIs 01 and 21."));
    };
    reader.add_once(key, at, Raw { text: &gtin, at, escape: Escape::None })?;
    reader.add_once(qualifier, at, Raw { text: &serial, at, escape: Escape::None })?;
    Ok(key)
}

type Refusal = (CodeErrorKind, &'static str);

fn decode(text: &str) -> Result<(String, String), Refusal> {
    let mut bits = Bits::of(text).ok_or((CodeErrorKind::InvalidCharacter, "its digits are wrong"))?;
    let characters = match bits.take(8) {
        Some(0x30) => false,
        Some(0x36) => true,
        _ => {
            return Err((CodeErrorKind::Unreadable, "it is neither an SGTIN-96 nor an SGTIN-198"));
        }
    };
    let cut_off = (CodeErrorKind::InvalidLength, "it is cut off");
    let _filter = bits.take(3).ok_or(cut_off)?;
    let partition = bits.take(3).ok_or(cut_off)?;
    let &(company_bits, company_digits, item_bits) = usize::try_from(partition)
        .ok()
        .and_then(|partition| PARTITIONS.get(partition))
        .ok_or((CodeErrorKind::InvalidCharacter, "its partition value is not defined"))?;
    let item_digits = KEY_DIGITS - company_digits;
    let company = digits(bits.take(company_bits).ok_or(cut_off)?, company_digits)?;
    let item = digits(bits.take(item_bits).ok_or(cut_off)?, item_digits)?;
    let serial = if characters {
        serial_characters(&mut bits).ok_or((CodeErrorKind::InvalidCharacter, "its serial number is wrong"))?
    } else {
        bits.take(38).ok_or(cut_off)?.to_string()
    };
    // Only an SGTIN-198 needs filling up, at most to the next word of 16 bits and digit of 6.
    if !bits.is_filling(if characters { 12 } else { 0 }) {
        return Err((CodeErrorKind::InvalidLength, "there is data behind it"));
    }
    let (indicator, item) = item.split_at(1);
    let key = format!("{indicator}{company}{item}");
    let check = char::from(check_digit(key.as_bytes()));
    Ok((format!("{key}{check}"), serial))
}

/// A number with leading zeros, if it has no more digits than that.
fn digits(number: u64, width: usize) -> Result<String, Refusal> {
    let digits = format!("{number:0width$}");
    if digits.len() == width {
        return Ok(digits);
    }
    Err((CodeErrorKind::InvalidLength, "its company prefix or item reference is too large"))
}

/// Up to 20 characters of seven bits, ended by a zero.
fn serial_characters(bits: &mut Bits) -> Option<String> {
    let mut serial = String::new();
    let mut ended = false;
    for _ in 0..20 {
        let character = u8::try_from(bits.take(7)?).ok()?;
        ended |= character == 0;
        match (ended, character) {
            (true, 0) => {}
            (true, _) => return None,
            (false, character) => serial.push(char::from(character)),
        }
    }
    (!serial.is_empty() && first_foreign(&serial, Charset::X).is_none()).then_some(serial)
}

/// The bits of the string, from the left.
struct Bits {
    digits: Vec<u8>,
    /// Bits in a digit.
    width: usize,
    at: usize,
}

impl Bits {
    fn of(text: &str) -> Option<Self> {
        let (width, value): (_, fn(u8) -> Option<u8>) = match text.get(..2)? {
            "eh" => (4, hexadecimal),
            "ex" => (6, base64),
            _ => return None,
        };
        let digits = text[2..].bytes().map(value).collect::<Option<Vec<_>>>()?;
        Some(Self { digits, width, at: 0 })
    }

    fn next(&mut self) -> Option<u64> {
        let digit = self.digits.get(self.at / self.width)?;
        let bit = digit >> (self.width - 1 - self.at % self.width) & 1;
        self.at += 1;
        Some(bit.into())
    }

    fn take(&mut self, count: usize) -> Option<u64> {
        (0..count).try_fold(0, |number, _| Some(number << 1 | self.next()?))
    }

    /// Whether nothing is left but zeros, and not more than `most` of them.
    fn is_filling(&mut self, most: usize) -> bool {
        let left = self.digits.len() * self.width - self.at;
        left <= most && self.take(left) == Some(0)
    }
}

fn hexadecimal(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    }
}

/// RFC 4648 section 5.
fn base64(byte: u8) -> Option<u8> {
    match byte {
        b'A'..=b'Z' => Some(byte - b'A'),
        b'a'..=b'z' => Some(byte - b'a' + 26),
        b'0'..=b'9' => Some(byte - b'0' + 52),
        b'-' => Some(62),
        b'_' => Some(63),
        _ => None,
    }
}
