//! Amounts as labels write them: `330 ml`, `37,5 g ℮`, `3.5 oz (100 g)`. The words are always kept;
//! number and unit are given only where there is one way to read them.

use passport::domain::import::exact;
use shared_contracts::passport::Quantity;

/// Units by the words that labels use for them.
const UNITS: &[(&str, &[&str])] = &[
    ("g", &["g", "gr", "gm", "gram", "gramm", "grams", "gramme", "grammes"]),
    ("kg", &["kg"]),
    ("mg", &["mg"]),
    ("ml", &["ml"]),
    ("cl", &["cl"]),
    ("dl", &["dl"]),
    ("l", &["l", "liter", "litre", "liters", "litres"]),
    ("oz", &["oz"]),
    ("fl oz", &["fl oz"]),
    ("lb", &["lb"]),
];

/// What a package holds. `3.5 oz (100 g)` says the same twice; `4 x (100 g)` does not.
pub(super) fn of_package(text: &str) -> Quantity {
    let read = simple(text).or_else(|| {
        let (before, within) = with_brackets(text)?;
        simple(before)?;
        simple(within)
    });
    quantity(text, read)
}

/// What a serving holds. In `2 pieces (30 g)` the brackets say how much that is.
pub(super) fn of_serving(text: &str) -> Quantity {
    let read = simple(text).or_else(|| simple(with_brackets(text)?.1));
    quantity(text, read)
}

fn quantity(text: &str, read: Option<(String, &'static str)>) -> Quantity {
    let read = read.and_then(|(number, unit)| Some((exact::number(&number).ok()?, unit)));
    let (value, unit) = read.map_or((None, None), |(value, unit)| (Some(value), Some(unit.to_owned())));
    Quantity { value, unit, text: Some(text.to_owned()) }
}

/// A number and a unit and nothing else, except the mark of average filling.
fn simple(text: &str) -> Option<(String, &'static str)> {
    let text = text.trim();
    let text = text.strip_suffix('℮').or_else(|| text.strip_suffix(" e")).unwrap_or(text).trim_end();
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',')?;
    let (number, unit) = text.split_at(end);
    let unit = unit.trim().to_lowercase();
    let (unit, _) = UNITS.iter().find(|(_, words)| words.contains(&unit.as_str()))?;
    Some((plain(number)?, *unit))
}

/// The number with a dot; none where a comma may as well mean thousands.
fn plain(number: &str) -> Option<String> {
    match number.split_once(',') {
        None => Some(number.to_owned()),
        Some((_, fraction)) if fraction.len() == 3 || fraction.contains(['.', ',']) => None,
        Some((whole, fraction)) if !whole.contains('.') => Some(format!("{whole}.{fraction}")),
        Some(_) => None,
    }
}

fn with_brackets(text: &str) -> Option<(&str, &str)> {
    text.trim().strip_suffix(')')?.rsplit_once('(')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(quantity: &Quantity) -> String {
        let value = quantity.value.as_ref().map_or("-".to_owned(), ToString::to_string);
        format!("{value} {}", quantity.unit.as_deref().unwrap_or("-"))
    }

    #[test]
    fn a_plain_amount_is_read_in_every_spelling() {
        for (text, expected) in [
            ("330 ml", "330 ml"),
            ("475g", "475 g"),
            ("37,5 g", "37.5 g"),
            ("225 g e", "225 g"),
            ("375 g ℮", "375 g"),
            ("500 gram", "500 g"),
            ("33 cl", "33 cl"),
            ("1 L", "1 l"),
            ("4 fl oz", "4 fl oz"),
            ("85.04849999999999g", "85.04849999999999 g"),
            ("3.5 oz (100 g)", "100 g"),
        ] {
            let quantity = of_package(text);
            assert_eq!(read(&quantity), expected);
            assert_eq!(quantity.text.as_deref(), Some(text));
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_stays_text() {
        for text in [
            "6 x 200 ml",
            "12p 166g",
            "1,000 g",
            "2 x (100 g)",
            "500 g,1kg",
            "10 L e (1 * 10 L e)",
            "37,5",
            "6 stuks",
        ] {
            let quantity = of_package(text);
            assert_eq!(read(&quantity), "- -", "{text}");
            assert_eq!(quantity.text.as_deref(), Some(text));
        }
    }

    #[test]
    fn brackets_say_how_much_a_serving_is() {
        assert_eq!(read(&of_serving("2 chips (28 g)")), "28 g");
        assert_eq!(read(&of_serving("1 bottle (355 ml)")), "355 ml");
        assert_eq!(read(&of_serving("2 pieces 30 g")), "- -");
    }
}
