//! The OpenAPI documents, embedded, and the one document that they make together.

use serde_json::{Map, Value, json};

/// Every document with its name, which `serves:` in the manifest uses. One that serves paths has its
/// function's name, with a word behind it where the function has several; the others hold what
/// several of them share.
pub const DOCUMENTS: [(&str, &str); 13] = [
    ("common", include_str!("../openapi/common.yaml")),
    ("product", include_str!("../openapi/product.yaml")),
    ("resolver", include_str!("../openapi/resolver.yaml")),
    ("verdict", include_str!("../openapi/verdict.yaml")),
    ("internal", include_str!("../openapi/internal.yaml")),
    ("api-gateway", include_str!("../openapi/api-gateway.yaml")),
    ("brand-analytics", include_str!("../openapi/brand-analytics.yaml")),
    ("fridge", include_str!("../openapi/fridge.yaml")),
    ("fridge-bodies", include_str!("../openapi/fridge-bodies.yaml")),
    ("identity", include_str!("../openapi/identity.yaml")),
    ("passport", include_str!("../openapi/passport.yaml")),
    ("passport-brand", include_str!("../openapi/passport-brand.yaml")),
    ("personalization", include_str!("../openapi/personalization.yaml")),
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
}

/// The public contract as one document: what `GET /api/v1/openapi.json` answers.
pub fn merged() -> Result<Value, ContractError> {
    merge(&DOCUMENTS)
}

/// Merges documents: paths and components side by side, references between documents made local.
pub(crate) fn merge(documents: &[(&str, &str)]) -> Result<Value, ContractError> {
    let (mut paths, mut components, mut tags) = (Map::new(), Map::new(), Vec::new());
    for &(name, text) in documents {
        let mut document: Value = serde_saphyr::from_str(text).map_err(|error| {
            ContractError::Unreadable { document: name.to_owned(), reason: error.to_string() }
        })?;
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
fn adopt(
    name: &str,
    part: &str,
    document: &mut Value,
    into: &mut Map<String, Value>,
) -> Result<(), ContractError> {
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

/// Makes references to other documents (`common.yaml#/…`) local to the merged one.
fn localise(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                match member {
                    Value::String(target) if key == "$ref" => {
                        if let Some((_, inside)) = target.split_once(".yaml#") {
                            *target = format!("#{inside}");
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

#[cfg(test)]
mod tests {
    use super::*;

    const SCANS: &str = "paths: { /scans: { get: {} } }\ncomponents: { schemas: { Scan: { type: object } } }";

    #[test]
    fn the_embedded_documents_make_one_contract() {
        let contract = merged().unwrap();
        assert!(contract["paths"]["/api/v1/scans"]["post"].is_object());
        assert!(contract["components"]["schemas"]["Problem"].is_object());
        assert!(!contract.to_string().contains(".yaml"), "no reference leads out of the document");
    }

    #[test]
    fn a_document_that_is_no_yaml_is_named() {
        let error = merge(&[("good", SCANS), ("bad", "paths: [")]).unwrap_err();
        assert!(matches!(error, ContractError::Unreadable { document, .. } if document == "bad"));
    }

    #[test]
    fn a_document_whose_paths_are_no_map_is_named() {
        let error = merge(&[("bad", "paths: [1]")]).unwrap_err();
        assert_eq!(error.to_string(), "openapi/bad.yaml: paths is not as the contract needs it");
        let error = merge(&[("bad", "components: { schemas: 7 }")]).unwrap_err();
        assert_eq!(error.to_string(), "openapi/bad.yaml: components/schemas is not as the contract needs it");
    }

    #[test]
    fn two_documents_cannot_define_the_same_thing() {
        let error = merge(&[("one", SCANS), ("two", "paths: { /scans: {} }")]).unwrap_err();
        assert_eq!(error.to_string(), "openapi/two.yaml: paths//scans is defined twice");
        let error = merge(&[("one", SCANS), ("two", "components: { schemas: { Scan: {} } }")]).unwrap_err();
        assert_eq!(error.to_string(), "openapi/two.yaml: components/schemas/Scan is defined twice");
    }

    #[test]
    fn references_between_documents_become_local_at_any_depth() {
        let text =
            "paths: { /a: { get: { parameters: [{ $ref: 'other.yaml#/components/parameters/p' }] } } }";
        let contract = merge(&[("one", text)]).unwrap();
        assert_eq!(contract["paths"]["/a"]["get"]["parameters"][0]["$ref"], "#/components/parameters/p");
    }
}
