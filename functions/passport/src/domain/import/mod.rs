//! Many products at once: CSV or JSON Lines become products, each bad line a reason with its number.

pub mod columns;
pub mod exact;

use std::str::Lines;

use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_contracts::{job::LineError, passport::Product};
use uuid::Uuid;

use columns::{Columns, is_open};

/// How products are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// [`columns`].
    Csv,
    /// One product as JSON on each line.
    JsonLines,
}

impl Format {
    /// Of a content type, parameters left aside.
    pub fn of_content_type(kind: &str) -> Option<Self> {
        match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
            "text/csv" => Some(Self::Csv),
            "application/x-ndjson"
            | "application/ndjson"
            | "application/jsonl"
            | "application/x-jsonlines" => Some(Self::JsonLines),
            _ => None,
        }
    }

    /// Its name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    /// Of its name in the database.
    pub fn of(name: &str) -> Self {
        if name == "csv" { Self::Csv } else { Self::JsonLines }
    }
}

/// Refusals that a job names; further ones are counted.
const MOST_ERRORS: usize = 1_000;

/// A part of an import that was taken.
#[derive(Clone, Debug)]
pub struct NewJob {
    /// UUIDv7.
    pub job_id: Uuid,
    /// Who began it.
    pub account: Uuid,
    /// Whose products.
    pub brand: Uuid,
    /// How they are written.
    pub format: Format,
    /// The part as it came.
    pub content: String,
    /// Number of its first line in the whole file, from 1.
    pub first_line: i64,
    /// Records that it has.
    pub total: i32,
}

/// How far a job is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Records that were taken or refused.
    pub handled: i32,
    /// Those of them that were refused.
    pub refused: i32,
    /// The first refusals.
    pub errors: Vec<LineError>,
}

impl Progress {
    /// Counts a record that was taken.
    pub fn taken(&mut self) {
        self.handled += 1;
    }

    /// Counts a record that was not.
    pub fn refused(&mut self, line: i64, detail: String) {
        self.handled += 1;
        self.refused += 1;
        if self.errors.len() < MOST_ERRORS {
            self.errors.push(LineError { line, detail });
        }
    }
}

/// A record of a part.
#[derive(Debug)]
pub struct Record {
    /// The line that it begins at, within the part, from 1.
    pub line: i64,
    /// The product, or why there is none.
    pub product: Result<Product, String>,
}

/// The records of a part, one at a time; lines of white space are none.
pub struct Records<'t> {
    lines: Lines<'t>,
    number: i64,
    columns: Option<Columns>,
}

impl<'t> Records<'t> {
    /// Reads the header, where there is one.
    ///
    /// # Errors
    /// What is wrong with the header, in words that begin after its name.
    pub fn new(format: Format, content: &'t str) -> Result<Self, String> {
        let content = content.strip_prefix('\u{feff}').unwrap_or(content);
        let mut records = Self { lines: content.lines(), number: 0, columns: None };
        if format == Format::Csv {
            let header = records.next_line().unwrap_or_default();
            let columns = Columns::read(header)?.ok_or("has no column gtin")?;
            records.columns = Some(columns);
        }
        Ok(records)
    }

    fn next_line(&mut self) -> Option<&'t str> {
        self.number += 1;
        self.lines.next()
    }

    /// The text of a record of CSV, from one line or several.
    fn whole(&mut self, first: &str) -> Result<String, String> {
        let mut text = first.to_owned();
        while is_open(&text) {
            let more = self.next_line().ok_or("a quote that is opened here is never closed")?;
            text.push('\n');
            text.push_str(more);
        }
        Ok(text)
    }
}

impl Iterator for Records<'_> {
    type Item = Record;

    fn next(&mut self) -> Option<Record> {
        let first = loop {
            let line = self.next_line()?;
            if !line.trim().is_empty() {
                break line;
            }
        };
        let line = self.number;
        // Out of the way while further lines are read.
        let columns = self.columns.take();
        let product = match &columns {
            None => exact::check(first).and_then(|()| object(first)).and_then(read),
            Some(columns) => self.whole(first).and_then(|text| columns.row(&text).product),
        };
        self.columns = columns;
        Some(Record { line, product })
    }
}

/// The JSON object of a line.
///
/// # Errors
/// Why it is none.
pub fn object(text: &str) -> Result<Value, String> {
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let said = error.to_string();
        let what = said.split(" at line ").next().unwrap_or_default();
        format!("not JSON: {what} (column {})", error.column())
    })?;
    if value.is_object() { Ok(value) } else { Err("not a JSON object".to_owned()) }
}

/// A value as a type.
///
/// # Errors
/// The place that does not fit, and why.
pub fn read<T: DeserializeOwned>(value: Value) -> Result<T, String> {
    serde_path_to_error::deserialize(value).map_err(|error| match error.path().to_string().as_str() {
        "." => error.inner().to_string(),
        path => format!("{path}: {}", error.inner()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(format: Format, content: &str) -> Vec<(i64, Result<String, String>)> {
        let records = Records::new(format, content).unwrap();
        records.map(|record| (record.line, record.product.map(|product| product.gtin))).collect()
    }

    #[test]
    fn each_bad_line_is_named_and_the_others_are_products() {
        let told = told(
            Format::JsonLines,
            "{\"gtin\":\"1\"}\r\n\ngarbage\n{\"gtin\":\"2\",\"x\":1}\n{\"gtin\":\"3\"}",
        );
        assert_eq!(told[0], (1, Ok("1".to_owned())));
        assert_eq!(told[1], (3, Err("not JSON: expected value (column 1)".to_owned())));
        assert!(told[2].1.as_ref().unwrap_err().contains("unknown field `x`"));
        assert_eq!(told[3], (5, Ok("3".to_owned())));
    }

    #[test]
    fn a_cell_may_have_several_lines_and_a_file_a_byte_order_mark() {
        let told = told(Format::Csv, "\u{feff}gtin,names.en\n1,\"two\nlines\"\n2,x,y\n3,z\n");
        assert_eq!(told[0], (2, Ok("1".to_owned())));
        assert_eq!(told[1], (4, Err("3 cells under 2 columns".to_owned())));
        assert_eq!(told[2], (5, Ok("3".to_owned())));
    }

    #[test]
    fn a_header_without_gtin_and_a_quote_without_end_are_told() {
        assert_eq!(Records::new(Format::Csv, "name\nx").err(), Some("has no column gtin".to_owned()));
        assert_eq!(Records::new(Format::Csv, "").err(), Some("has no column gtin".to_owned()));
        let told = told(Format::Csv, "gtin,names.en\n1,\"open\n2,x");
        assert_eq!(told, [(2, Err("a quote that is opened here is never closed".to_owned()))]);
    }

    #[test]
    fn formats_are_known_by_their_content_types() {
        assert_eq!(Format::of_content_type("text/csv; charset=utf-8"), Some(Format::Csv));
        assert_eq!(Format::of_content_type("application/x-ndjson"), Some(Format::JsonLines));
        assert_eq!(Format::of_content_type("application/json"), None);
    }
}
