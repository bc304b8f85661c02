//! Records of an input, whatever their shape.

use passport::domain::import::{exact, object, read};
use serde_json::Value;
use shared_contracts::passport::Product;

use super::{
    Format, ImportError,
    csv::Header,
    extract,
    input::{Input, Line},
    open_food_facts,
};

/// A record as it was read.
pub(super) struct Record {
    /// The line that it begins at.
    pub(super) line: u64,
    /// Its barcode as given, where one was found.
    pub(super) code: Option<String>,
    /// Who states it when nobody says.
    pub(super) origin: &'static str,
    /// The product, or why there is none.
    pub(super) product: Result<Product, String>,
}

/// Records, one at a time.
pub(super) struct Records {
    input: Input,
    shape: Shape,
}

enum Shape {
    /// One JSON object a line; where no kind is said, each says its own.
    Json(Option<Kind>),
    /// Cells under a header.
    Csv(Header),
}

/// What a JSON object is.
#[derive(Clone, Copy)]
enum Kind {
    Product,
    OpenFoodFacts,
    Extract,
}

impl Records {
    /// Reads an input as `format`; a CSV header is read at once.
    pub(super) fn new(mut input: Input, format: Format) -> Result<Self, ImportError> {
        let shape = match format {
            Format::Csv => {
                let no_header = || ImportError::Header("has no column gtin".to_owned());
                Shape::Csv(Header::read(&mut input)?.ok_or_else(no_header)?)
            }
            Format::Auto => Header::read(&mut input)?.map_or(Shape::Json(None), Shape::Csv),
            Format::Jsonl => Shape::Json(Some(Kind::Product)),
            Format::OpenFoodFacts => Shape::Json(Some(Kind::OpenFoodFacts)),
            Format::Extract => Shape::Json(Some(Kind::Extract)),
        };
        Ok(Self { input, shape })
    }

    /// The next record; lines of white space are none.
    pub(super) fn next(&mut self) -> Result<Option<Record>, ImportError> {
        while let Some(line) = self.input.next()? {
            if line.text.as_ref().is_ok_and(|text| text.trim().is_empty()) {
                continue;
            }
            return Ok(Some(match &self.shape {
                Shape::Json(kind) => from_json(line, *kind),
                Shape::Csv(header) => header.record(line, &mut self.input)?,
            }));
        }
        Ok(None)
    }

    /// How much of the input is read, in percent, where its size is known.
    pub(super) fn percent(&self) -> Option<u64> {
        self.input.percent()
    }
}

impl Record {
    /// A record of our own shape.
    pub(super) fn own(line: u64, code: Option<String>, product: Result<Product, String>) -> Self {
        Self { line, code, origin: Kind::Product.origin(), product }
    }
}

impl Kind {
    /// Only products have a `gtin`, only the extract a `gtin14`.
    fn of(record: &Value) -> Self {
        let has = |name: &str| record.get(name).is_some();
        if has("gtin14") {
            Self::Extract
        } else if has("code") && !has("gtin") {
            Self::OpenFoodFacts
        } else {
            Self::Product
        }
    }

    fn origin(self) -> &'static str {
        match self {
            Self::Product => "operator",
            Self::OpenFoodFacts | Self::Extract => "open-food-facts",
        }
    }

    fn product(self, record: Value) -> Result<Product, String> {
        match self {
            Self::Product => read(record),
            Self::OpenFoodFacts => open_food_facts::product(&record),
            Self::Extract => extract::product(record),
        }
    }
}

fn from_json(line: Line, kind: Option<Kind>) -> Record {
    let object = line.text.and_then(|text| Ok((object(&text)?, text)));
    match object {
        Err(reason) => Record::own(line.number, None, Err(reason)),
        Ok((record, text)) => {
            let kind = kind.unwrap_or_else(|| Kind::of(&record));
            Record {
                line: line.number,
                code: code(&record),
                origin: kind.origin(),
                product: exact::check(&text).and_then(|()| kind.product(record)),
            }
        }
    }
}

/// The barcode as given.
fn code(record: &Value) -> Option<String> {
    match record.get("gtin").or_else(|| record.get("code"))? {
        Value::String(code) => Some(code.clone()),
        Value::Number(code) => Some(code.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{super::input, *};

    fn records(content: &str, format: Format) -> Vec<Record> {
        let mut records = Records::new(input::tests::of(content.as_bytes()), format).unwrap();
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            all.push(record);
        }
        all
    }

    fn reason(record: &Record) -> &str {
        record.product.as_ref().unwrap_err()
    }

    #[test]
    fn each_record_says_what_it_is() {
        let all = records(
            "{\"gtin\":\"9521234543213\"}\n{\"code\":\"1\",\"product_name\":\"x\"}\n{\"code\":\"2\",\"gtin14\":null}\n",
            Format::Auto,
        );
        let origins: Vec<_> = all.iter().map(|record| record.origin).collect();
        assert_eq!(origins, ["operator", "open-food-facts", "open-food-facts"]);
        assert_eq!(all[1].product.as_ref().unwrap().gtin, "1");
    }

    #[test]
    fn a_line_that_is_not_json_is_told_and_the_next_one_is_read() {
        let all = records("garbage\n\n[1]\n{\"gtin\":\"1\"\n{\"gtin\":\"9521234543213\"}\n", Format::Auto);
        assert_eq!(reason(&all[0]), "not JSON: expected value (column 1)");
        assert_eq!((all[1].line, reason(&all[1])), (3, "not a JSON object"));
        assert!(reason(&all[2]).starts_with("not JSON: EOF"));
        assert_eq!((all[3].line, all[3].product.is_ok()), (5, true));
    }

    #[test]
    fn a_member_that_does_not_belong_there_is_named() {
        let all = records("{\"gtin\":\"1\",\"colour\":\"red\"}\n", Format::Auto);
        assert!(reason(&all[0]).contains("colour"), "{}", reason(&all[0]));
        assert_eq!(all[0].code.as_deref(), Some("1"));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_named_with_its_place() {
        let line = r#"{"gtin":"1","nutriments":[{"nutrient":"fat","value":"3 g"}]}"#;
        let all = records(line, Format::Jsonl);
        assert!(reason(&all[0]).starts_with("nutriments[0].value: "), "{}", reason(&all[0]));
    }

    #[test]
    fn a_number_that_would_change_is_refused() {
        let line = r#"{"gtin":"1","nutriments":[{"nutrient":"fat","value":3.00000000000000000001}]}"#;
        assert!(reason(&records(line, Format::Jsonl)[0]).contains("more digits"));
    }
}
