//! Takes in one AI after the other, checks its data and keeps where it stood.

use std::borrow::Cow;

use chrono::NaiveDate;

use super::association;
use super::checks::{Fault, first_foreign};
use super::code::{Code, Element};
use super::dictionary::Ai;
use super::error::{CodeError, CodeErrorKind};

/// How data is written in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// As it is.
    None,
    /// `%2F` for a slash.
    Percent,
    /// `\(` for an opening bracket.
    Backslash,
}

/// An AI's data as it stands in the input.
#[derive(Debug, Clone, Copy)]
pub(super) struct Raw<'a> {
    pub(super) text: &'a str,
    /// Byte offset in the input.
    pub(super) at: usize,
    pub(super) escape: Escape,
}

impl<'a> Raw<'a> {
    fn decode(&self) -> Cow<'a, str> {
        match self.escape {
            Escape::Backslash if self.text.contains("\\(") => Cow::Owned(self.text.replace("\\(", "(")),
            Escape::None | Escape::Backslash => Cow::Borrowed(self.text),
            // What is no UTF-8 becomes a character outside of every GS1 set and is refused as such.
            Escape::Percent => percent_encoding::percent_decode_str(self.text).decode_utf8_lossy(),
        }
    }

    /// The offset in the input of a byte of the decoded data; all characters before it are ASCII.
    fn position(&self, decoded: usize) -> usize {
        let escaped = |rest: &str| match self.escape {
            Escape::Percent if rest.starts_with('%') => 3,
            Escape::Backslash if rest.starts_with("\\(") => 2,
            _ => 1,
        };
        let mut offset = 0;
        for _ in 0..decoded {
            offset += self.text.get(offset..).map_or(1, escaped);
        }
        self.at + offset.min(self.text.len())
    }
}

/// The code as far as it was read.
pub(super) struct Reader {
    today: NaiveDate,
    elements: Vec<Element>,
    /// Offset of each element's AI in the input.
    places: Vec<usize>,
}

impl Reader {
    pub(super) fn new(today: NaiveDate) -> Self {
        // A code with GTIN, lot, serial and a date, and room for one AI more.
        Self { today, elements: Vec::with_capacity(5), places: Vec::with_capacity(5) }
    }

    /// Takes an AI in; twice with the same data is once, because two symbols of one label may repeat.
    ///
    /// GS1 General Specifications section 4.13.1.
    pub(super) fn add(&mut self, ai: Ai, ai_at: usize, raw: Raw<'_>) -> Result<(), CodeError> {
        let value = raw.decode();
        self.check(ai, &value).map_err(|fault| blame(ai, &fault, raw.position(fault.at)))?;
        match self.elements.iter().find(|element| element.ai == ai.name) {
            None => self.push(ai, ai_at, value.into_owned()),
            Some(element) if element.value == value => {}
            Some(_) => return Err(twice(ai, ai_at)),
        }
        Ok(())
    }

    /// Takes an AI in that may stand only once; a GTIN may have 8, 12 or 13 digits.
    ///
    /// URI Syntax section 4.1: new URIs have 14 digits, older ones are to be read.
    pub(super) fn add_once(&mut self, ai: Ai, ai_at: usize, raw: Raw<'_>) -> Result<(), CodeError> {
        if self.has(ai.name) {
            return Err(twice(ai, ai_at));
        }
        let mut value = raw.decode();
        let mut padding = 0;
        if ai.name == "01" && matches!(value.len(), 8 | 12 | 13) {
            padding = 14 - value.len();
            value = Cow::Owned(format!("{value:0>14}"));
        }
        self.check(ai, &value)
            .map_err(|fault| blame(ai, &fault, raw.position(fault.at.saturating_sub(padding))))?;
        self.push(ai, ai_at, value.into_owned());
        Ok(())
    }

    pub(super) fn has(&self, ai: &str) -> bool {
        self.elements.iter().any(|element| element.ai == ai)
    }

    /// The code, if its AIs may stand together.
    ///
    /// The first `in_path` of them are the path of a Digital Link URI.
    pub(super) fn finish(self, in_path: usize) -> Result<Code, CodeError> {
        association::check(&self.elements, &self.places, in_path)?;
        Ok(Code::new(self.elements, self.today))
    }

    fn push(&mut self, ai: Ai, ai_at: usize, value: String) {
        self.elements.push(Element { ai: ai.name, value });
        self.places.push(ai_at);
    }

    fn check(&self, ai: Ai, value: &str) -> Result<(), Fault> {
        let (min, max) = ai.entry.length();
        if !(min..=max).contains(&value.len()) {
            return Err(wrong_length(value.len(), min, max));
        }
        let mut rest = value;
        for part in ai.entry.parts {
            if part.optional && rest.is_empty() {
                break;
            }
            let start = value.len() - rest.len();
            let data = rest.get(..part.max).unwrap_or(rest);
            if let Some(at) = first_foreign(data, part.charset) {
                let foreign = data.get(at..).and_then(|rest| rest.chars().next());
                let why = format!("{:?} is no character that it may have", foreign.unwrap_or(' '));
                return Err(Fault::new(CodeErrorKind::InvalidCharacter, start + at, why));
            }
            if data.len() < part.min {
                return Err(wrong_length(value.len(), min, max));
            }
            for check in part.checks {
                check.run(data, self.today).map_err(|fault| fault.from(start))?;
            }
            rest = &rest[data.len()..];
        }
        Ok(())
    }
}

fn wrong_length(length: usize, min: usize, max: usize) -> Fault {
    let why = match length {
        0 => "it has no data".to_owned(),
        _ if min == max => format!("it has {max} characters, not {length}"),
        _ if length > max => format!("it has at most {max} characters, not {length}"),
        _ if length < min => format!("it has at least {min} characters, not {length}"),
        _ => format!("its parts do not add up to {length} characters"),
    };
    Fault::new(CodeErrorKind::InvalidLength, length.min(max), why)
}

fn blame(ai: Ai, fault: &Fault, position: usize) -> CodeError {
    let detail = format!("AI {} ({}): {}.", ai.name, ai.entry.title, fault.why);
    CodeError::at(fault.kind, position, detail).of_ai(ai.name)
}

fn twice(ai: Ai, at: usize) -> CodeError {
    let detail = format!("AI {} ({}) stands here a second time.", ai.name, ai.entry.title);
    CodeError::at(CodeErrorKind::DuplicateAi, at, detail).of_ai(ai.name)
}
