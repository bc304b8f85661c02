//! Products as CSV, from a file: `passport`'s columns, and records that may go on over several lines.

use passport::domain::import::columns::{Columns, LARGEST_RECORD, Row, is_open};

use super::{
    ImportError,
    input::{Input, Line},
    records::Record,
};

/// The columns.
pub(super) struct Header(Columns);

impl Header {
    /// Reads the first line; none, with nothing read, when it is no header.
    pub(super) fn read(input: &mut Input) -> Result<Option<Self>, ImportError> {
        let Some(Line { text: Ok(text), .. }) = input.peek()? else { return Ok(None) };
        let Some(columns) = Columns::read(text).map_err(ImportError::Header)? else { return Ok(None) };
        input.next()?;
        Ok(Some(Self(columns)))
    }

    /// The record that begins at a line; it goes on while a quote is open.
    pub(super) fn record(&self, first: Line, input: &mut Input) -> Result<Record, ImportError> {
        let number = first.number;
        let row = match whole(first, input)? {
            Ok(text) => self.0.row(&text),
            Err(reason) => Row { code: None, product: Err(reason) },
        };
        Ok(Record::own(number, row.code, row.product))
    }
}

/// The text of a record, from one line or several.
fn whole(first: Line, input: &mut Input) -> Result<Result<String, String>, ImportError> {
    let mut text = match first.text {
        Ok(text) => text,
        Err(reason) => return Ok(Err(reason)),
    };
    while is_open(&text) {
        if text.len() > LARGEST_RECORD {
            return Ok(Err("a quote that is opened here is not closed within 1 MiB".to_owned()));
        }
        match input.next()? {
            None => return Ok(Err("a quote that is opened here is never closed".to_owned())),
            Some(Line { text: Ok(more), .. }) => {
                text.push('\n');
                text.push_str(&more);
            }
            Some(Line { text: Err(reason), number }) => return Ok(Err(format!("line {number}: {reason}"))),
        }
    }
    Ok(Ok(text))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Format, input, records::Records},
        *,
    };

    fn records(content: &str) -> Vec<Record> {
        let mut records = Records::new(input::tests::of(content.as_bytes()), Format::Auto).unwrap();
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            all.push(record);
        }
        all
    }

    #[test]
    fn lines_are_those_of_the_file_even_after_a_cell_with_several() {
        let all = records("names.en,gtin\n\"two\nlines\",1\nx,2,3\ny,2\n");
        assert_eq!(all.iter().map(|record| record.line).collect::<Vec<_>>(), [2, 4, 5]);
        assert_eq!(all[1].product.as_ref().unwrap_err(), "3 cells under 2 columns");
        assert_eq!(all[2].code.as_deref(), Some("2"));
    }

    #[test]
    fn a_quote_that_is_never_closed_is_told() {
        let all = records("gtin,names.en\n1,\"open\n2,x\n");
        assert_eq!(all.len(), 1);
        assert!(all[0].product.as_ref().unwrap_err().contains("never closed"));
    }

    #[test]
    fn a_column_that_stands_twice_is_an_error_of_the_header() {
        let error = Records::new(input::tests::of(b"gtin,gtin\n1,2\n"), Format::Csv).err().unwrap();
        assert_eq!(error.to_string(), "the header (line 1) has the column \"gtin\" twice");
    }
}
