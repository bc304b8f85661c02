//! What the standards and GS1's own tests say of single codes: (input, expectation), by source.
//!
//! `ENGINE` is the test data of GS1's C syntax engine and its linters, `URI` the examples of the
//! URI Syntax standard, `SPECS` rules and examples of the General Specifications, `EPC` those of
//! the compression standard, `RESOLVER` those of the Resolver standard and its test suite, `OURS`
//! what follows from them. Where the engine differs from a standard the entry says so.

mod digital_links;
mod element_strings;
mod every_ai;
mod properties;
mod retail;
mod written;
mod wrong_links;

use chrono::NaiveDate;

use super::{Code, CodeError, CodeErrorKind, parse};

/// A code and what it must say, written with brackets.
type Valid = (&'static str, &'static str);
/// A code and what must be wrong with it: rule, AI and place.
type Invalid = (&'static str, CodeErrorKind, Option<&'static str>, usize);

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 11, 22).unwrap()
}

fn read(input: &str) -> Result<Code, CodeError> {
    parse(input, None, today())
}

fn with_brackets(code: &Code) -> String {
    let elements = code.elements().iter();
    elements.flat_map(|element| ["(", element.ai, ")", &element.value]).collect()
}

#[track_caller]
fn all_valid(vectors: &[Valid]) {
    for (input, expected) in vectors {
        let code = read(input).unwrap_or_else(|error| panic!("{input:?}: {error:?}"));
        assert_eq!(with_brackets(&code), *expected, "{input:?}");
    }
}

#[track_caller]
fn all_invalid(vectors: &[Invalid]) {
    for (input, kind, ai, position) in vectors {
        let error = read(input).expect_err(input);
        let found = (error.kind, error.ai.as_deref(), error.position);
        assert_eq!(found, (*kind, *ai, Some(*position)), "{input:?}: {error}");
    }
}
