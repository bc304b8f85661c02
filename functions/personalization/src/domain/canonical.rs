//! Canonical JSON and its hash: what a rule set is known by.

use std::fmt::Write;

use serde_json::Value;

/// JSON with members in the order of their names and without white space, so that equal content
/// has equal bytes (after RFC 8785; numbers as serde writes them).
pub fn canonical(value: &Value) -> String {
    let mut out = String::new();
    write(value, &mut out);
    out
}

fn write(value: &Value, out: &mut String) {
    match value {
        Value::Object(members) => {
            let mut names: Vec<&String> = members.keys().collect();
            names.sort_unstable();
            sequence(names, ['{', '}'], out, |name, out| {
                let _infallible = write!(out, "{}:", Value::String(name.clone()));
                write(&members[name], out);
            });
        }
        Value::Array(items) => sequence(items, ['[', ']'], out, write),
        scalar => {
            let _infallible = write!(out, "{scalar}");
        }
    }
}

fn sequence<T>(
    items: impl IntoIterator<Item = T>,
    [open, close]: [char; 2],
    out: &mut String,
    mut each: impl FnMut(T, &mut String),
) {
    out.push(open);
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        each(item, out);
    }
    out.push(close);
}

/// SHA-256, hexadecimal.
pub fn sha256_hex(bytes: &[u8]) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    digest.as_ref().iter().fold(String::with_capacity(64), |mut hex, byte| {
        let _infallible = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_content_has_equal_bytes_whatever_its_order() {
        let text = canonical(&json!({"b": [{"d": 1, "c": "\""}], "a": null}));
        assert_eq!(text, r#"{"a":null,"b":[{"c":"\"","d":1}]}"#);
    }

    #[test]
    fn the_hash_is_sha_256() {
        let of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(sha256_hex(b""), of_nothing);
    }
}
