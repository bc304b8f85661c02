//! Writes codes: the canonical Digital Link URI and the element string.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::code::Element;
use super::dictionary::{Ai, lookup};
use super::digital_link::belongs_into_path;
use super::element_string::GROUP_SEPARATOR;

/// All but the unreserved characters of RFC 3986, URI Syntax section 4.2.
pub(super) const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// `https://id.gs1.org`, the first primary key, its qualifiers, all else sorted in the query.
pub(super) fn uri(elements: &[Element]) -> Option<String> {
    let ais = || elements.iter().filter_map(|element| lookup(element.ai));
    let key = ais().find(|ai| ai.entry.key.is_some())?;
    let present = |name: &str| ais().any(|ai| ai.name == name);
    // The alternative that takes up most qualifiers, if all else may stand in the query.
    let path = key
        .entry
        .key?
        .iter()
        .map(|sequence| path(key, sequence.iter().copied().filter(|ai| present(ai))))
        .filter(|path| ais().all(|ai| path.contains(&ai.name) || is_attribute(key, path, ai)))
        .max_by_key(Vec::len)?;

    let value = |name: &str| {
        let element = elements.iter().find(|element| element.ai == name);
        utf8_percent_encode(element.map_or("", |element| &element.value), RESERVED)
    };
    let mut uri = String::with_capacity(96);
    uri.push_str("https://id.gs1.org");
    for name in &path {
        uri.extend(["/", name, "/"]);
        uri.extend(value(name));
    }
    let mut attributes: Vec<_> = ais().map(|ai| ai.name).filter(|name| !path.contains(name)).collect();
    attributes.sort_unstable();
    for (index, name) in attributes.into_iter().enumerate() {
        uri.extend([if index == 0 { "?" } else { "&" }, name, "="]);
        uri.extend(value(name));
    }
    Some(uri)
}

fn path<'a>(key: Ai, qualifiers: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    std::iter::once(key.name).chain(qualifiers).collect()
}

fn is_attribute(key: Ai, path: &[&str], ai: Ai) -> bool {
    ai.entry.attribute && !belongs_into_path(key, ai.name, |name| path.contains(&name))
}

/// Each AI with its data, and a separator behind data whose length the AI does not tell.
pub(super) fn element_string(elements: &[Element]) -> String {
    let mut text = String::with_capacity(64);
    let mut separator = false;
    for element in elements {
        if separator {
            text.push(GROUP_SEPARATOR);
        }
        text.extend([element.ai, &element.value]);
        separator = lookup(element.ai).is_some_and(|ai| !ai.entry.predefined);
    }
    text
}
