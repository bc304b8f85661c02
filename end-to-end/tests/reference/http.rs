//! HTTP: the merged OpenAPI document, one section for each tag, one for every problem type.

use std::{collections::BTreeMap, fmt::Write as _};

use serde_json::Value;
use shared_contracts::openapi;

use crate::{cell, head, table};

const METHODS: [&str; 7] = ["get", "head", "options", "post", "put", "patch", "delete"];

/// The page of all operations.
pub(crate) fn page() -> String {
    let document = openapi::merged().unwrap();
    let mut page = head("HTTP", "`shared-contracts/openapi/`");
    page.push_str(
        "Every public operation; a running product answers the whole document at `GET /api/v1/openapi.json`. *Who* is \
         who may ask; another's object is 404. An error is a problem (RFC 9457) of the types below.\n\n",
    );
    let mut by_tag: BTreeMap<String, Vec<Vec<String>>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in METHODS {
            let operation = &item[method];
            let Some(tag) = operation["tags"][0].as_str() else { continue };
            by_tag.entry(tag.to_owned()).or_default().push(row(method, path, operation));
        }
    }
    for tag in document["tags"].as_array().unwrap() {
        let name = tag["name"].as_str().unwrap();
        let Some(rows) = by_tag.remove(name) else { continue };
        let said = tag["description"].as_str().unwrap_or_default();
        writeln!(page, "## {name}\n\n{}\n", cell(said)).unwrap();
        table(&mut page, &["", "what it does", "who", "answered by", "success"], rows);
    }
    assert!(by_tag.is_empty(), "tags without a description: {by_tag:?}");
    problems(&mut page, &document);
    page
}

fn row(method: &str, path: &str, operation: &Value) -> Vec<String> {
    let responses = operation["responses"].as_object().unwrap();
    let good: Vec<&str> =
        responses.keys().map(String::as_str).filter(|code| code.starts_with(['2', '3'])).collect();
    let said = |member: &str| operation[member].as_str().unwrap_or_default().to_owned();
    vec![
        format!("`{} {path}`", method.to_uppercase()),
        said("summary"),
        said("x-who"),
        said("x-owner"),
        good.join(", "),
    ]
}

fn problems(page: &mut String, document: &Value) {
    page.push_str("## Problem types\n\n`type` is `urn:packytrace:problem:` and the name.\n\n");
    let types = document["components"]["schemas"]["Problem"]["x-types"].as_object().unwrap();
    let rows = types.iter().map(|(slug, about)| {
        vec![format!("`{slug}`"), about["status"].to_string(), about["title"].as_str().unwrap().to_owned()]
    });
    table(page, &["name", "status", "title"], rows);
}
