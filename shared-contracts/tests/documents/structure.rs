//! What the meta-schema of OpenAPI cannot see.

use std::collections::{BTreeSet, HashSet};

use serde_json::Value;
use shared_contracts::{problem::ProblemType, routes::Method};

/// Everything that is wrong with a merged document.
pub(crate) fn findings(document: &Value) -> Vec<String> {
    let mut found = Vec::new();
    references(document, document, &mut found);
    let mut ids = HashSet::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in Method::ALL.map(Method::as_str) {
            let Some(operation) = item.get(method.to_lowercase()) else { continue };
            let name = format!("{method} {path}");
            let id = operation["operationId"].as_str().unwrap_or_default();
            if !ids.insert(id) {
                found.push(format!("{id} names two operations"));
            }
            if operation["summary"].as_str().is_none_or(str::is_empty) {
                found.push(format!("{name} has no summary"));
            }
            if in_path(path) != declared(document, item, operation) {
                found.push(format!("{name} declares other path parameters than its path has"));
            }
            answers(document, &name, operation, &mut found);
        }
    }
    found
}

/// Every problem type that some operation names.
pub(crate) fn named_problems(document: &Value) -> BTreeSet<&str> {
    let items = document["paths"].as_object().into_iter().flatten().map(|(_, item)| item);
    let operations =
        items.flat_map(|item| Method::ALL.into_iter().filter_map(|m| item.get(m.as_str().to_lowercase())));
    operations
        .flat_map(|operation| operation["responses"].as_object().into_iter().flatten())
        .flat_map(|(_, answer)| problems(resolve(document, answer)))
        .collect()
}

fn references(document: &Value, value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            if let Some(target) = members.get("$ref").and_then(Value::as_str)
                && document.pointer(target.trim_start_matches('#')).is_none()
            {
                found.push(format!("{target} leads nowhere"));
            }
            members.values().for_each(|member| references(document, member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(document, item, found)),
        _ => {}
    }
}

/// Answers name the types of their problems, with the right status; `default` holds what any may answer.
fn answers(document: &Value, name: &str, operation: &Value, found: &mut Vec<String>) {
    let responses = &operation["responses"];
    if resolve(document, &responses["default"])["x-problems"].is_null() {
        found.push(format!("{name} does not say what any operation may answer"));
    }
    for (status, answer) in responses.as_object().into_iter().flatten() {
        let Some(status) = status.parse::<u16>().ok().filter(|status| *status >= 400) else { continue };
        let slugs = problems(resolve(document, answer));
        if slugs.is_empty() {
            found.push(format!("{name} {status} names no problem"));
        }
        for slug in slugs {
            match ProblemType::ALL.iter().find(|kind| kind.slug() == slug) {
                None => found.push(format!("{name} {status} names {slug}, which is no problem type")),
                Some(kind) if kind.status() != status => {
                    found.push(format!("{name} {status} names {slug}, which is {}", kind.status()));
                }
                Some(_) => {}
            }
        }
    }
}

fn problems(answer: &Value) -> Vec<&str> {
    answer["x-problems"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

fn resolve<'d>(document: &'d Value, value: &'d Value) -> &'d Value {
    let target = value["$ref"].as_str().and_then(|target| document.pointer(target.trim_start_matches('#')));
    target.unwrap_or(value)
}

fn in_path(path: &str) -> BTreeSet<&str> {
    path.split('/').filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}')).collect()
}

fn declared<'d>(document: &'d Value, item: &'d Value, operation: &'d Value) -> BTreeSet<&'d str> {
    let parameters =
        [item, operation].into_iter().flat_map(|at| at["parameters"].as_array().into_iter().flatten());
    parameters
        .map(|parameter| resolve(document, parameter))
        .filter(|parameter| parameter["in"] == "path" && parameter["required"] == true)
        .filter_map(|parameter| parameter["name"].as_str())
        .collect()
}
