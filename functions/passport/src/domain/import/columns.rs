//! Products as CSV (RFC 4180, commas): one column for each member, its path flattened with dots, an
//! index where there is a list: `gtin`, `names.en`, `quantity.value`, `allergens.0.code`,
//! `allergens.0.presence`, `labels.0`. Lists of plain texts may also stand in one cell, joined by `;`.
//! An empty cell says nothing.

use std::collections::BTreeMap;

use csv::{ReaderBuilder, StringRecord};
use serde_json::{Map, Value};
use shared_contracts::passport::Product;

use super::{exact, read};

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
pub const LARGEST_RECORD: usize = 1024 * 1024;

/// The columns.
#[derive(Clone, Debug)]
pub struct Columns {
    names: Vec<String>,
    code: usize,
}

/// What a record is.
#[derive(Debug)]
pub struct Row {
    /// The GTIN as given, where one was found.
    pub code: Option<String>,
    /// The product, or why there is none.
    pub product: Result<Product, String>,
}

impl Columns {
    /// From the first line; none when it is no header of products.
    ///
    /// # Errors
    /// The column that stands twice.
    pub fn read(line: &str) -> Result<Option<Self>, String> {
        let cells = cells(line).ok();
        let names: Vec<String> = cells.iter().flatten().map(|column| column.trim().to_owned()).collect();
        let Some(code) = names.iter().position(|column| column == "gtin") else {
            return Ok(None);
        };
        if let Some((_, twice)) = names.iter().enumerate().find(|(at, column)| names[..*at].contains(column))
        {
            return Err(format!("has the column {twice:?} twice"));
        }
        Ok(Some(Self { names, code }))
    }

    /// The record of a whole text.
    pub fn row(&self, text: &str) -> Row {
        let cells = cells(text);
        let code = cells.as_ref().ok().and_then(|cells| cells.get(self.code)).map(str::to_owned);
        Row { code, product: cells.and_then(|cells| self.object(&cells)).and_then(read) }
    }

    fn object(&self, cells: &StringRecord) -> Result<Value, String> {
        if cells.len() != self.names.len() {
            return Err(format!("{} cells under {} columns", cells.len(), self.names.len()));
        }
        let mut root = Node::default();
        for (column, cell) in self.names.iter().zip(cells) {
            if !cell.is_empty() {
                let value = value(column, cell).map_err(|reason| format!("{column}: {reason}"))?;
                root.put(column, value).map_err(|reason| format!("{column}: {reason}"))?;
            }
        }
        Ok(root.into_value())
    }
}

/// Whether a quote is open at the end of a text, so that the record goes on in the next line.
pub fn is_open(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'"').count() % 2 == 1
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

    use super::*;

    fn row(header: &str, record: &str) -> Row {
        Columns::read(header).unwrap().unwrap().row(record)
    }

    #[test]
    fn columns_become_members_and_list_places() {
        let row = row(
            "gtin,names.en,names.de,brand_name,quantity.value,quantity.unit,statement_complete,allergens.0.code,\
             allergens.0.presence,allergens.1.code,allergens.1.presence,nutriments.0.nutrient,nutriments.0.value,\
             nutriments.0.unit,nutriments.0.basis,labels,additives.0,storage.days_after_opening",
            "9521234543213,Oat drink,\"Hafer\n\"\"Drink\"\"\",Morgenwald,1.0,l,true,oats,contains,,,fat,6.6e-05,g,100ml,\
             en:organic; en:vegan,en:e170,5",
        );
        let product = serde_json::to_value(row.product.unwrap()).unwrap();
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
    fn an_unknown_column_is_refused_where_it_says_something() {
        assert!(row("gtin,colour", "1,").product.is_ok());
        assert!(row("gtin,colour", "2,red").product.unwrap_err().contains("colour"));
    }

    #[test]
    fn a_number_with_a_comma_is_refused_by_its_column() {
        let refused = row("gtin,quantity.value", "1,\"3,5\"").product.unwrap_err();
        assert!(refused.starts_with("quantity.value: "), "{refused}");
    }

    #[test]
    fn a_record_has_a_cell_for_each_column() {
        let row = row("names.en,gtin", "x,2,3");
        assert_eq!(row.code.as_deref(), Some("2"));
        assert_eq!(row.product.unwrap_err(), "3 cells under 2 columns");
    }

    #[test]
    fn a_header_has_a_gtin_and_no_column_twice() {
        assert!(Columns::read("name,ean").unwrap().is_none());
        assert_eq!(Columns::read("gtin,gtin").unwrap_err(), "has the column \"gtin\" twice");
    }
}
