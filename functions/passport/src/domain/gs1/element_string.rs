//! Element strings: as symbols carry them, with FNC1 as GS (0x1D), and as people write them, with brackets.

use super::dictionary::{ai_length, lookup};
use super::error::{CodeError, CodeErrorKind};
use super::reader::{Escape, Raw, Reader};

/// What a scanner sends where a symbol has FNC1.
pub(super) const GROUP_SEPARATOR: char = '\x1d';

/// Reads `01…10…<GS>21…` that starts at `at` in the input.
///
/// A separator after an AI of pre-defined length, in front of all and behind all is tolerated.
/// GS1's own tools write `^` for FNC1; `separator` says which it is.
pub(super) fn unbracketed(
    text: &str,
    at: usize,
    separator: char,
    reader: &mut Reader,
) -> Result<(), CodeError> {
    let mut rest = text.strip_prefix(separator).unwrap_or(text);
    if rest.is_empty() {
        let detail = "There is no data behind the start of the code.";
        return Err(CodeError::at(CodeErrorKind::Unreadable, at + text.len(), detail));
    }
    while !rest.is_empty() {
        let start = at + text.len() - rest.len();
        let name = ai_length(rest).and_then(|length| rest.get(..length));
        let Some(ai) = name.and_then(lookup) else {
            return Err(unknown_ai(name.or(rest.get(..2)).unwrap_or(rest), start));
        };
        let data = &rest[ai.name.len()..];
        let up_to_separator = data.split(separator).next().unwrap_or(data);
        let length = if ai.entry.predefined { ai.entry.length().1 } else { usize::MAX };
        // Where the data is no ASCII text, the whole of it goes on to be refused with its place.
        let value = up_to_separator.get(..length).unwrap_or(up_to_separator);
        let raw = Raw { text: value, at: start + ai.name.len(), escape: Escape::None };
        reader.add(ai, start, raw)?;
        let behind = &data[value.len()..];
        rest = behind.strip_prefix(separator).unwrap_or(behind);
    }
    Ok(())
}

/// Reads `(01)…(10)…` that starts at `at` in the input; an opening bracket in data is written `\(`.
pub(super) fn bracketed(text: &str, at: usize, reader: &mut Reader) -> Result<(), CodeError> {
    let mut rest = text;
    while !rest.is_empty() {
        let start = at + text.len() - rest.len();
        let inside = rest.strip_prefix('(').and_then(|rest| rest.split_once(')'));
        let Some((name, data)) = inside else {
            let detail = "An AI must stand in brackets here, such as (01).";
            return Err(CodeError::at(CodeErrorKind::Unreadable, start, detail));
        };
        let Some(ai) = lookup(name) else {
            return Err(unknown_ai(name, start + 1));
        };
        let value = &data[..end_of_value(data)];
        let value_at = start + name.len() + 2;
        reader.add(ai, start + 1, Raw { text: value, at: value_at, escape: Escape::Backslash })?;
        rest = &data[value.len()..];
    }
    Ok(())
}

/// Where the next AI begins: at the first opening bracket without a backslash in front of it.
fn end_of_value(data: &str) -> usize {
    let brackets = data.match_indices('(').map(|(at, _)| at);
    let mut openings = brackets.filter(|at| !data[..*at].ends_with('\\'));
    openings.next().unwrap_or(data.len())
}

pub(super) fn unknown_ai(name: &str, at: usize) -> CodeError {
    let detail = format!("{name:?} is no Application Identifier of the GS1 system.");
    let error = CodeError::at(CodeErrorKind::UnknownAi, at, detail);
    if (2..=4).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_digit()) {
        return error.of_ai(name);
    }
    error
}
