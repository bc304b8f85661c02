//! Canonical JSON (RFC 8785): equal content has equal bytes, whoever writes it. What is hashed and
//! signed is written so.

use std::fmt::Write as _;

use serde_json::{Map, Number, Value};

/// Integers up to here are the same number in every JSON library (RFC 7493, section 2.2).
const SAFE_INTEGER: u64 = 1 << 53;

/// The canonical text of a value.
pub fn json(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

/// SHA-256, hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => write_object(members, out),
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(item, out);
            }
            out.push(']');
        }
        Value::Number(number) => write_number(number, out),
        // serde_json escapes texts as RFC 8785 asks (section 3.2.2.2).
        scalar => {
            let _infallible = write!(out, "{scalar}");
        }
    }
}

/// Members in the order of their names' UTF-16 code units (section 3.2.3).
fn write_object(members: &Map<String, Value>, out: &mut String) {
    let mut names: Vec<&String> = members.keys().collect();
    names.sort_unstable_by(|one, other| one.encode_utf16().cmp(other.encode_utf16()));
    out.push('{');
    for (index, name) in names.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        let _infallible = write!(out, "{}:", Value::String(name.clone()));
        write(&members[name], out);
    }
    out.push('}');
}

/// As ECMAScript writes it (section 3.2.2.3).
fn write_number(number: &Number, out: &mut String) {
    if number.as_i64().is_some_and(|whole| whole.unsigned_abs() <= SAFE_INTEGER) {
        let _infallible = write!(out, "{number}");
    } else if let Some(value) = number.as_f64() {
        out.push_str(ryu_js::Buffer::new().format(value));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_stand_in_the_order_of_their_names_at_every_depth() {
        assert_eq!(
            super::json(&json!({"b": [{"d": 1, "c": "\"\u{1f}"}], "a": null})),
            r#"{"a":null,"b":[{"c":"\"\u001f","d":1}]}"#
        );
    }

    #[test]
    fn names_are_compared_by_utf_16_as_rfc_8785_shows() {
        let value =
            json!({"\u{20ac}": 1, "\r": 2, "\u{fb33}": 3, "1": 4, "\u{1f600}": 5, "\u{80}": 6, "\u{f6}": 7});
        let order: Vec<char> =
            super::json(&value).chars().filter(char::is_ascii_digit).filter(|digit| *digit != '1').collect();
        assert_eq!(order, ['2', '4', '6', '7', '5', '3']);
    }

    #[test]
    fn numbers_are_written_as_ecmascript_does() {
        for (text, canonical) in [
            ("1.0", "1"),
            ("-0.0", "0"),
            ("6.6e-05", "0.000066"),
            ("1e-7", "1e-7"),
            ("1e21", "1e+21"),
            ("100000000000000000000", "100000000000000000000"),
            ("333333333.33333329", "333333333.3333333"),
            ("9007199254740992", "9007199254740992"),
            ("-17", "-17"),
        ] {
            let value: Value = serde_json::from_str(text).unwrap();
            assert_eq!(super::json(&value), canonical, "{text}");
        }
    }
}
