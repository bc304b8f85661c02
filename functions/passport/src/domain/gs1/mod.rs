//! GS1 codes as scanners and people give them, read into one typed identifier.
//!
//! Everything that the GS1 Barcode Syntax Dictionary says of an AI is checked; see [`parse`].

mod association;
mod canonical;
mod checks;
mod code;
mod dictionary;
mod digital_link;
mod element_string;
mod epc;
mod error;
mod gtin;
mod reader;
mod symbology;
#[cfg(test)]
mod vectors;

use chrono::NaiveDate;
use percent_encoding::utf8_percent_encode;

pub use code::{Code, Element, Measure};
pub use error::{CodeError, CodeErrorKind};
pub use gtin::Gtin;

use element_string::GROUP_SEPARATOR;
use reader::{Escape, Raw, Reader};
use symbology::Carrier;

/// More than any barcode holds.
const LONGEST_CODE: usize = 8_000;
/// How a scanner starts the second message of a composite symbol.
const COMPOSITE: &str = "|]e0";

/// Reads any code that a scanner or a person may give: a GTIN of 8, 12, 13 or 14 digits, a Digital
/// Link URI, an element string with or without brackets, or an EPC binary string.
///
/// `symbology` is an identifier such as `]d2`; where the text carries one too they must agree.
/// `today` decides the century of two-digit years. A code without a GTIN is valid here.
pub fn parse(input: &str, symbology: Option<&str>, today: NaiveDate) -> Result<Code, CodeError> {
    if input.len() > LONGEST_CODE {
        let detail = "This is longer than any barcode.";
        return Err(CodeError::at(CodeErrorKind::Unreadable, LONGEST_CODE, detail));
    }
    let text = input.trim_start_matches([' ', '\t', '\r', '\n']);
    let (carried, data) = symbology::split(text);
    let at = input.len() - data.len();
    let data = data.trim_end_matches(['\t', '\r', '\n']);
    let reader = Reader::new(today);
    match symbology::agreed(symbology, carried)?.map(symbology::carrier).transpose()? {
        None => any(data, at, reader),
        Some(Carrier::Plain) => plain(data, at, reader),
        Some(Carrier::ElementString) => elements(data, at, reader),
        Some(digits_only) => retail(digits_only, data, at, reader),
    }
}

/// Reads the path of a request to a resolver and its query, both still percent-encoded, such as
/// `/01/09520123456788/10/A%2FB` and `17=261231`.
///
/// Positions of errors count as if path and query were joined by `?`.
pub fn parse_digital_link_path(path: &str, query: Option<&str>, today: NaiveDate) -> Result<Code, CodeError> {
    digital_link::path_and_query(path, query, Reader::new(today))
}

/// The code of a product, of a lot of it (AI 10), of things with a use-by day (AI 17). `today` decides
/// which days two digits can say as a year.
pub fn product_code(
    gtin: Gtin,
    lot: Option<&str>,
    use_by: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<Code, CodeError> {
    let lot = lot.map(|lot| format!("/10/{}", utf8_percent_encode(lot, canonical::RESERVED)));
    let path = format!("/01/{gtin}{}", lot.unwrap_or_default());
    let query = use_by.map(|day| format!("17={}", day.format("%y%m%d")));
    let no_place = |error: CodeError| CodeError { position: None, ..error };
    let code = parse_digital_link_path(&path, query.as_deref(), today).map_err(no_place)?;
    if code.use_by() != use_by {
        let detail = "A symbol has two digits for the year, which cannot say this one.";
        return Err(no_place(CodeError::at(CodeErrorKind::InvalidDate, 0, detail)));
    }
    Ok(code)
}

/// A text whose symbol is not known.
fn any(data: &str, at: usize, reader: Reader) -> Result<Code, CodeError> {
    let marked = data.starts_with(['(', '^', GROUP_SEPARATOR]);
    let starts_with_ai = data.len() > 2 && data.as_bytes()[..2].iter().all(u8::is_ascii_digit);
    let is_gtin = || {
        let only_digits = data.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
        only_digits && (data.len() <= 14 || is_grouped_gtin(data))
    };
    if marked || starts_with_ai && !is_gtin() { elements(data, at, reader) } else { plain(data, at, reader) }
}

/// What symbols without FNC1 hold, and what people type.
fn plain(data: &str, at: usize, reader: Reader) -> Result<Code, CodeError> {
    let data = data.trim_end_matches(' ');
    if digital_link::is_web_address(data) {
        return digital_link::uri(data, at, reader);
    }
    if epc::is_binary_string(data) {
        let mut reader = reader;
        epc::read(data, at, &mut reader)?;
        return reader.finish(2);
    }
    if is_grouped_gtin(data) {
        let digits = data.replace(' ', "");
        // Only the check digit can be wrong, and that is the last.
        let spaces = data.len() - digits.len();
        return gtin(&digits, at, reader).map_err(|error| error.moved(spaces));
    }
    if data.starts_with(|first: char| first.is_ascii_digit()) {
        return gtin(data, at, reader);
    }
    let detail = "This is no GTIN, no GS1 Digital Link and no GS1 element string.";
    Err(CodeError::at(CodeErrorKind::Unreadable, at, detail))
}

/// Digits as they are printed under an EAN-13 or UPC-A: `9 520123 456788`.
fn is_grouped_gtin(data: &str) -> bool {
    let digits = data.bytes().filter(u8::is_ascii_digit).count();
    let is_grouped = data.split(' ').all(|group| !group.is_empty()) && data.contains(' ');
    let only_digits = data.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ');
    is_grouped && only_digits && matches!(digits, 8 | 12..=14)
}

fn elements(data: &str, at: usize, mut reader: Reader) -> Result<Code, CodeError> {
    if data.starts_with('(') {
        element_string::bracketed(data, at, &mut reader)?;
    } else {
        let separator = if data.starts_with('^') { '^' } else { GROUP_SEPARATOR };
        element_string::unbracketed(data, at, separator, &mut reader)?;
    }
    reader.finish(0)
}

/// EAN, UPC and ITF symbols: digits, and for composite symbols an element string behind them.
fn retail(carrier: Carrier, data: &str, at: usize, mut reader: Reader) -> Result<Code, CodeError> {
    let (digits, composite) = match data.split_once(COMPOSITE) {
        Some((digits, composite)) => (digits, Some(composite)),
        None => (data, None),
    };
    let upc_e = (carrier == Carrier::Ean13).then(|| gtin::expand_upc_e(digits)).flatten();
    let digits = match carrier {
        // The digits behind the 13 are a supplement that a publisher or a shop has for itself.
        Carrier::Ean13 if matches!(digits.len(), 15 | 18) => digits.get(..13).unwrap_or(digits),
        _ => upc_e.as_deref().unwrap_or(digits),
    };
    let lengths: &[usize] = match carrier {
        Carrier::Ean13 => &[13, 12],
        Carrier::Ean8 => &[8],
        _ => &[14],
    };
    if !lengths.contains(&digits.len()) {
        let detail = format!("This kind of symbol has {} digits, not {}.", lengths[0], digits.len());
        return Err(CodeError::at(CodeErrorKind::InvalidLength, at + digits.len(), detail));
    }
    take_gtin(digits, at, &mut reader)?;
    if let Some(composite) = composite {
        let at = at + data.len() - composite.len();
        element_string::unbracketed(composite, at, GROUP_SEPARATOR, &mut reader)?;
    }
    reader.finish(0)
}

fn gtin(digits: &str, at: usize, mut reader: Reader) -> Result<Code, CodeError> {
    take_gtin(digits, at, &mut reader)?;
    reader.finish(0)
}

fn take_gtin(digits: &str, at: usize, reader: &mut Reader) -> Result<(), CodeError> {
    let gtin: Gtin = digits.parse().map_err(|error: CodeError| error.moved(at))?;
    let Some(ai) = dictionary::lookup("01") else {
        return Err(CodeError::at(CodeErrorKind::UnknownAi, at, "There is no AI 01."));
    };
    reader.add(ai, at, Raw { text: gtin.as_str(), at, escape: Escape::None })
}
