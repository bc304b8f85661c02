//! Writes `table.rs` from the text of the GS1 Barcode Syntax Dictionary.

use std::fmt::Write;

/// The Rust source of the table, or the line of the dictionary that this program does not understand.
pub(crate) fn table(dictionary: &str) -> Result<String, String> {
    let release = dictionary
        .lines()
        .find_map(|line| line.strip_prefix("# Release: "))
        .ok_or("the dictionary names no release")?;
    let mut out = format!(
        "//! Generated from the GS1 Barcode Syntax Dictionary, release {release}: do not edit.\n\n\
         use super::Charset::{{N, X, Y, Z}};\n\
         use super::super::checks::Check;\n\
         use super::{{Entry, optional, part}};\n\n\
         pub(super) static TABLE: &[Entry] = &[\n"
    );
    let lines = dictionary.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    for line in lines {
        let entry = entry(line).ok_or_else(|| format!("not understood: {line}"))?;
        writeln!(out, "    {entry},").map_err(|error| error.to_string())?;
    }
    out.push_str("];\n");
    Ok(out)
}

fn entry(line: &str) -> Option<String> {
    let (rule, title) = line.split_once(" # ").unwrap_or((line, ""));
    let mut words = rule.split_ascii_whitespace().peekable();
    let ais = range(words.next()?)?;
    let flags = words.next_if(|word| word.chars().all(|c| "*?".contains(c))).unwrap_or_default();
    let mut parts = Vec::new();
    while let Some(word) = words.next_if(|word| "NXYZ[".contains(&word[..1])) {
        parts.push(component(word)?);
    }
    let (mut requires, mut excludes, mut key) = (Vec::new(), Vec::new(), None);
    for word in words {
        match word.split_once('=') {
            Some(("req", groups)) => requires.push(nested(groups, ',', '+')),
            Some(("ex", ais)) => excludes.extend(ais.split(',').map(quoted)),
            Some(("dlpkey", sequences)) => key = Some(nested(sequences, '|', ',')),
            // One sequence, without qualifiers.
            None if word == "dlpkey" => key = Some(list([list([])])),
            _ => return None,
        }
    }
    let key = key.map_or("None".to_owned(), |sequences| format!("Some({sequences})"));
    Some(format!(
        "Entry {{ ais: {}, title: {}, predefined: {}, attribute: {}, parts: {}, requires: {}, \
         excludes: {}, key: {key} }}",
        list(ais.iter().map(|ai| quoted(ai))),
        quoted(title.trim()),
        flags.contains('*'),
        flags.contains('?'),
        list(parts),
        list(requires),
        list(excludes),
    ))
}

/// `3100-3105` as each AI in it.
fn range(text: &str) -> Option<Vec<String>> {
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (width, first, last) = (first.len(), first.parse::<u16>().ok()?, last.parse().ok()?);
    Some((first..=last).map(|ai| format!("{ai:0width$}")).collect())
}

/// `N13,csum,gcppos1` or `[X..17]` as a call of `part` or `optional`.
fn component(text: &str) -> Option<String> {
    let constructor = if text.starts_with('[') { "optional" } else { "part" };
    let mut words = text.split(',');
    let shape = words.next()?.trim_matches(['[', ']']);
    let (charset, length) = shape.split_at(1);
    let (min, max) = match length.strip_prefix("..") {
        Some(max) => (1, max.parse::<usize>().ok()?),
        None => (length.parse().ok()?, length.parse().ok()?),
    };
    let checks = words.map(|name| check(name.trim_end_matches(']')));
    Some(format!("{constructor}({charset}, {min}, {max}, {})", list(checks)))
}

fn check(name: &str) -> String {
    let (first, rest) = name.split_at(1);
    format!("Check::{}{rest}", first.to_ascii_uppercase())
}

fn nested(text: &str, outer: char, inner: char) -> String {
    list(text.split(outer).map(|group| list(group.split(inner).map(quoted))))
}

fn list(items: impl IntoIterator<Item = String>) -> String {
    format!("&[{}]", items.into_iter().collect::<Vec<_>>().join(", "))
}

fn quoted(text: &str) -> String {
    format!("{text:?}")
}
