//! `code parse`: reads codes as the product does. It needs no stack, no settings and no network.

use std::io::{self, BufRead};

use chrono::NaiveDate;
use passport::domain::{
    gs1::{self, Code, CodeError, Element},
    scan,
};
use serde::Serialize;
use shared_contracts::passport::Identifier;

use crate::output::Output;

/// What became of one code, as a line for programs.
#[derive(Debug, Serialize)]
pub struct Parsed<'a> {
    input: &'a str,
    valid: bool,
    /// As in a scan; absent where the code names no product.
    #[serde(skip_serializing_if = "Option::is_none")]
    identifier: Option<Identifier>,
    /// Absent where no GS1 Digital Link can say what the code says.
    #[serde(skip_serializing_if = "Option::is_none")]
    canonical_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elements: Option<Vec<Element>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Wrong>,
}

/// Why a code is not valid.
#[derive(Debug, Serialize)]
struct Wrong {
    code: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ai: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    position: Option<usize>,
    detail: String,
}

impl<'a> Parsed<'a> {
    /// Reads a code; `today` decides the century of its dates.
    pub fn new(input: &'a str, today: NaiveDate) -> Self {
        match gs1::parse(input, None, today) {
            Ok(code) => Self::valid(input, &code),
            Err(error) => Self::wrong(input, error),
        }
    }

    fn valid(input: &'a str, code: &Code) -> Self {
        Self {
            input,
            valid: true,
            identifier: scan::identifier(code).ok(),
            canonical_uri: code.canonical_uri(),
            elements: Some(code.elements().to_vec()),
            error: None,
        }
    }

    fn wrong(input: &'a str, error: CodeError) -> Self {
        let CodeError { kind, ai, position, detail } = error;
        let error = Some(Wrong { code: kind.as_str(), ai, position, detail });
        Self { input, valid: false, identifier: None, canonical_uri: None, elements: None, error }
    }
}

/// Reads one code and tells what it says; whether it is valid.
pub fn one(text: &str, today: NaiveDate, output: &mut Output) -> io::Result<bool> {
    let parsed = Parsed::new(text, today);
    output.line(serde_json::to_string(&parsed)?)?;
    Ok(parsed.valid)
}

/// Reads a code from each line, and tells one line for each.
pub fn batch(mut lines: impl BufRead, today: NaiveDate, output: &mut Output) -> io::Result<()> {
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        let text = line.strip_suffix(b"\n").unwrap_or(&line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        one(&String::from_utf8_lossy(text), today, output)?;
        line.clear();
    }
    Ok(())
}
