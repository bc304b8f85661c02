//! Products as CSV (RFC 4180, commas): one column for each member, its path flattened with dots, an
//! index where there is a list: `gtin`, `names.en`, `quantity.value`, `allergens.0.code`,
//! `allergens.0.presence`, `labels.0`. Lists of plain texts may also stand in one cell, joined by `;`.
//! An empty cell says nothing.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};

use super::{
    ImportError, exact,
    input::{Input, Line},
    records::{Record, read},
};

/// Members that are numbers.
const NUMBERS: &[&str] =
    &["value", "percent", "number_of_units", "weight_grams", "days_after_opening", "shelf_life_days"];
/// Members that are `true` or `false`.
const TRUTHS: &[&str] = &["statement_complete", "prepared"];
/// Members whose own members are languages, so that any name may follow.
const BY_LANGUAGE: &[&str] = &["names", "ingredients_text"];
/// Lists of plain texts.
const TEXTS: &[&str] = &["additives", "labels", "packaging"];
/// Most bytes of one record, so that a quote that is never closed cannot take the whole file.
const LARGEST_RECORD: usize = 1024 * 1024;

/// The columns.
pub(super) struct Header {
    columns: Vec<String>,
    code: usize,
}

impl Header {
    /// Reads the first line; none, with nothing read, when it is no header.
    pub(super) fn read(input: &mut Input) -> Result<Option<Self>, ImportError> {
        let Some(line) = input.peek()? else {
            return Ok(None);
        };
        let cells = line.text.as_ref().ok().and_then(|text| cells(text).ok());
        let columns: Vec<String> = cells.iter().flatten().map(|column| column.trim().to_owned()).collect();
        let Some(code) = columns.iter().position(|column| column == "gtin") else {
            return Ok(None);
        };
        if let Some(twice) = columns.iter().enumerate().find(|(at, column)| columns[..*at].contains(column)) {
            return Err(ImportError::Header(format!("has the column {:?} twice", twice.1)));
        }
        input.next()?;
        Ok(Some(Self { columns, code }))
    }

    /// The record that begins at a line; it goes on while a quote is open.
    pub(super) fn record(&self, first: Line, input: &mut Input) -> Result<Record, ImportError> {
        let number = first.number;
        let whole = whole(first, input)?;
        let cells = whole.and_then(|text| cells(&text));
        let code = cells.as_ref().ok().and_then(|cells| cells.get(self.code)).map(str::to_owned);
        let product = cells.and_then(|cells| self.object(&cells)).and_then(read);
        Ok(Record::own(number, code, product))
    }

    fn object(&self, cells: &StringRecord) -> Result<Value, String> {
        if cells.len() != self.columns.len() {
            return Err(format!("{} cells under {} columns", cells.len(), self.columns.len()));
        }
        let mut root = Node::default();
        for (column, cell) in self.columns.iter().zip(cells) {
            if !cell.is_empty() {
                let value = value(column, cell).map_err(|reason| format!("{column}: {reason}"))?;
                root.put(column, value).map_err(|reason| format!("{column}: {reason}"))?;
            }
        }
        Ok(root.into_value())
    }
}

/// The text of a record, from one line or several.
fn whole(first: Line, input: &mut Input) -> Result<Result<String, String>, ImportError> {
    let mut text = match first.text {
        Ok(text) => text,
        Err(reason) => return Ok(Err(reason)),
    };
    while text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1 {
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

fn cells(text: &str) -> Result<StringRecord, String> {
    let mut cells = StringRecord::new();
    let mut reader = ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
    reader.read_record(&mut cells).map_err(|error| format!("not CSV: {error}"))?;
    Ok(cells)
}

/// The value of a cell, by the member that its column names.
fn value(column: &str, cell: &str) -> Result<Value, String> {
    let (root, member) =
        (column.split('.').next().unwrap_or_default(), column.rsplit('.').next().unwrap_or_default());
    if BY_LANGUAGE.contains(&root) {
        return Ok(cell.into());
    }
    if TEXTS.contains(&column) {
        let texts = cell.split(';').map(str::trim).filter(|text| !text.is_empty());
        return Ok(texts.map(Value::from).collect());
    }
    if NUMBERS.contains(&member) {
        return exact::number(cell.trim()).map(Value::Number);
    }
    match cell.trim() {
        "true" if TRUTHS.contains(&member) => Ok(true.into()),
        "false" if TRUTHS.contains(&member) => Ok(false.into()),
        _ if TRUTHS.contains(&member) => Err(format!("{cell:?} is neither true nor false")),
        _ => Ok(cell.into()),
    }
}

/// A place in the document that the cells make.
#[derive(Default)]
struct Node {
    value: Option<Value>,
    members: BTreeMap<String, Node>,
}

impl Node {
    fn put(&mut self, path: &str, value: Value) -> Result<(), String> {
        let mut node = self;
        for name in path.split('.') {
            if node.value.is_some() {
                return Err("another column gives the whole of this".to_owned());
            }
            node = node.members.entry(name.to_owned()).or_default();
        }
        if !node.members.is_empty() {
            return Err("another column gives a part of this".to_owned());
        }
        node.value = Some(value);
        Ok(())
    }

    /// Members that are numbers are places in a list; places that nothing stands in are left out.
    fn into_value(self) -> Value {
        if let Some(value) = self.value {
            return value;
        }
        let places: Option<BTreeMap<u32, &String>> =
            self.members.keys().map(|name| Some((name.parse().ok()?, name))).collect();
        if let Some(places) = places.filter(|places| !places.is_empty()) {
            let order: Vec<String> = places.into_values().cloned().collect();
            let mut members = self.members;
            return order.iter().filter_map(|name| members.remove(name)).map(Self::into_value).collect();
        }
        let members: Map<String, Value> =
            self.members.into_iter().map(|(name, node)| (name, node.into_value())).collect();
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
    fn columns_become_members_and_list_places() {
        let all = records(
            "gtin,names.en,names.de,brand_name,quantity.value,quantity.unit,statement_complete,allergens.0.code,\
             allergens.0.presence,allergens.1.code,allergens.1.presence,nutriments.0.nutrient,nutriments.0.value,\
             nutriments.0.unit,nutriments.0.basis,labels,additives.0,storage.days_after_opening\n\
             9521234543213,Oat drink,\"Hafer\n\"\"Drink\"\"\",Morgenwald,1.0,l,true,oats,contains,,,fat,6.6e-05,g,100ml,\
             en:organic; en:vegan,en:e170,5\n",
        );
        let product = serde_json::to_value(all[0].product.as_ref().unwrap()).unwrap();
        let expected = json!({
            "gtin": "9521234543213", "names": {"en": "Oat drink", "de": "Hafer\n\"Drink\""}, "brand_name": "Morgenwald",
            "category": null, "quantity": {"value": 1.0, "unit": "l"}, "ingredients_text": {}, "ingredients": [],
            "statement_complete": true, "allergens": [{"code": "oats", "presence": "contains"}],
            "nutriments": [{"nutrient": "fat", "value": 6.6e-05, "unit": "g", "basis": "100ml"}],
            "additives": ["en:e170"], "labels": ["en:organic", "en:vegan"], "certificates": [],
            "storage": {"days_after_opening": 5}, "packaging": []
        });
        assert_eq!(product, expected);
    }

    #[test]
    fn lines_are_those_of_the_file_even_after_a_cell_with_several() {
        let all = records("names.en,gtin\n\"two\nlines\",1\nx,2,3\ny,2\n");
        assert_eq!(all.iter().map(|record| record.line).collect::<Vec<_>>(), [2, 4, 5]);
        assert_eq!(all[1].product.as_ref().unwrap_err(), "3 cells under 2 columns");
        assert_eq!(all[2].code.as_deref(), Some("2"));
    }

    #[test]
    fn an_unknown_column_is_refused_where_it_says_something() {
        let all = records("gtin,colour\n1,\n2,red\n");
        assert!(all[0].product.is_ok());
        assert!(all[1].product.as_ref().unwrap_err().contains("colour"));
    }

    #[test]
    fn a_number_with_a_comma_is_refused_by_its_column() {
        let all = records("gtin,quantity.value\n1,\"3,5\"\n");
        assert!(all[0].product.as_ref().unwrap_err().starts_with("quantity.value: "));
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
