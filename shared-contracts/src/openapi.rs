//! The OpenAPI documents, embedded, and the one document that they make together.

use serde_json::{Map, Value, json};

/// What every document shares; it has components and no paths.
const COMMON: &str = "common";
/// How the other documents refer to it.
const COMMON_REF: &str = "common.yaml#/";

/// Every document with its name. A function's own has the function's name, which `serves:` in the
/// manifest uses.
pub const DOCUMENTS: [(&str, &str); 3] = [
    (COMMON, include_str!("../openapi/common.yaml")),
    ("api-gateway", include_str!("../openapi/api-gateway.yaml")),
    ("passport", include_str!("../openapi/passport.yaml")),
];

/// Why documents do not make a contract.
#[derive(Debug, thiserror::Error)]
pub enum ContractError {
    /// A document is not YAML.
    #[error("openapi/{document}.yaml cannot be read: {reason}")]
    Unreadable {
        /// The document's name.
        document: String,
        /// The parser's words.
        reason: String,
    },
    /// A document has something where it does not belong.
    #[error("openapi/{document}.yaml: {place} is not as the contract needs it")]
    Misshapen {
        /// The document's name.
        document: String,
        /// Where.
        place: String,
    },
    /// Two documents define the same thing.
    #[error("openapi/{document}.yaml: {place} is defined twice")]
    Clash {
        /// The second document's name.
        document: String,
        /// What they both define.
        place: String,
    },
    /// An operation lacks what a route needs.
    #[error("{operation}: {reason}")]
    Operation {
        /// Method and path.
        operation: String,
        /// What is wrong with it.
        reason: String,
    },
}

/// The public contract as one document: what `GET /api/v1/openapi.json` answers.
pub fn merged() -> Result<Value, ContractError> {
    merge(&DOCUMENTS)
}

/// Merges documents: paths and components side by side, references to the common document made local.
pub(crate) fn merge(documents: &[(&str, &str)]) -> Result<Value, ContractError> {
    let (mut paths, mut components, mut tags) = (Map::new(), Map::new(), Vec::new());
    for &(name, text) in documents {
        let mut document: Value = serde_saphyr::from_str(text)
            .map_err(|error| ContractError::Unreadable { document: name.to_owned(), reason: error.to_string() })?;
        localise(&mut document);
        adopt(name, "paths", &mut document, &mut paths)?;
        for (kind, mut members) in take(name, "components", &mut document)? {
            let into = components.entry(kind.clone()).or_insert_with(|| json!({}));
            let (Some(into), Some(from)) = (into.as_object_mut(), members.as_object_mut()) else {
                return Err(misshapen(name, &format!("components/{kind}")));
            };
            extend(name, &format!("components/{kind}"), std::mem::take(from), into)?;
        }
        if let Some(Value::Array(more)) = document.get_mut("tags").map(Value::take) {
            tags.extend(more);
        }
    }
    Ok(json!({
        "openapi": "3.1.0",
        "info": {
            "title": "PackyTrace",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Product passports, scans and resolution of GS1 identifiers.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "tags": tags,
        "paths": paths,
        "components": components,
    }))
}

/// Takes `part` of a document into what the documents before it had.
fn adopt(name: &str, part: &str, document: &mut Value, into: &mut Map<String, Value>) -> Result<(), ContractError> {
    let members = take(name, part, document)?;
    extend(name, part, members, into)
}

fn take(name: &str, part: &str, document: &mut Value) -> Result<Map<String, Value>, ContractError> {
    match document.get_mut(part).map(Value::take) {
        None => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(misshapen(name, part)),
    }
}

fn extend(
    name: &str,
    place: &str,
    from: Map<String, Value>,
    into: &mut Map<String, Value>,
) -> Result<(), ContractError> {
    for (key, value) in from {
        if into.contains_key(&key) {
            return Err(ContractError::Clash { document: name.to_owned(), place: format!("{place}/{key}") });
        }
        into.insert(key, value);
    }
    Ok(())
}

fn misshapen(document: &str, place: &str) -> ContractError {
    ContractError::Misshapen { document: document.to_owned(), place: place.to_owned() }
}

/// Makes `common.yaml#/…` references local to the merged document.
fn localise(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(target) if key == "$ref" => {
                        if let Some(rest) = target.strip_prefix(COMMON_REF) {
                            *target = format!("#/{rest}");
                        }
                    }
                    _ => localise(member),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(localise),
        _ => {}
    }
}
