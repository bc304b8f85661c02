//! Compares two versions of a JSON Schema.
//!
//! Allowed in place: another optional property, another value of an `enum`, other words. Consumers
//! are deployed before the producer that uses them. Everything else is breaking, also a keyword that
//! this comparison does not know.

use std::collections::BTreeSet;

use serde_json::Value;

/// Words for people.
const ANNOTATIONS: [&str; 6] = ["title", "description", "$comment", "examples", "default", "deprecated"];
/// Keywords whose value is a schema for each name.
const NAMED_SCHEMAS: [&str; 2] = ["properties", "$defs"];

/// What breaks a consumer or an event that is already out, each as `<place>: <change>`.
pub(crate) fn breaking(before: &Value, after: &Value) -> Vec<String> {
    let mut changes = Vec::new();
    schemas(before, after, "#", &mut changes);
    changes
}

fn schemas(before: &Value, after: &Value, place: &str, changes: &mut Vec<String>) {
    let (Some(old), Some(new)) = (before.as_object(), after.as_object()) else {
        if before != after {
            changes.push(format!("{place}: changed"));
        }
        return;
    };
    let keywords: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
    for keyword in keywords.into_iter().filter(|keyword| !ANNOTATIONS.contains(&keyword.as_str())) {
        let at = format!("{place}/{keyword}");
        match (keyword.as_str(), old.get(keyword), new.get(keyword)) {
            (name, old, new) if NAMED_SCHEMAS.contains(&name) => members(old, new, &at, changes),
            ("required", old, new) => required(&words(old), &words(new), &at, changes),
            ("enum", Some(old), Some(new)) => {
                for value in words(Some(old)).difference(&words(Some(new))) {
                    changes.push(format!("{at}: {value} was removed"));
                }
            }
            ("items", Some(old), Some(new)) => schemas(old, new, &at, changes),
            (_, old, new) if old != new => changes.push(format!("{at}: changed")),
            _ => {}
        }
    }
}

fn members(old: Option<&Value>, new: Option<&Value>, place: &str, changes: &mut Vec<String>) {
    for (name, before) in old.and_then(Value::as_object).into_iter().flatten() {
        match new.and_then(|new| new.get(name)) {
            None => changes.push(format!("{place}/{name}: was removed")),
            Some(after) => schemas(before, after, &format!("{place}/{name}"), changes),
        }
    }
}

fn required(old: &BTreeSet<String>, new: &BTreeSet<String>, place: &str, changes: &mut Vec<String>) {
    changes.extend(new.difference(old).map(|name| format!("{place}: {name} is now required")));
    changes.extend(old.difference(new).map(|name| format!("{place}: {name} is no longer promised")));
}

/// Items of an array, as JSON text.
fn words(value: Option<&Value>) -> BTreeSet<String> {
    value.and_then(Value::as_array).into_iter().flatten().map(Value::to_string).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn before() -> Value {
        json!({
            "$id": "urn:x", "type": "object", "additionalProperties": false,
            "required": ["id"],
            "properties": {
                "id": { "type": "string", "format": "uuid" },
                "channel": { "enum": ["app", "resolver"] },
                "lots": { "type": "array", "items": { "type": "object", "properties": { "lot": { "type": "string" } } } },
            },
            "oneOf": [{ "required": ["id"] }],
        })
    }

    /// What is breaking about `before` with the value at a place replaced.
    fn change(place: &str, value: Value) -> Vec<String> {
        let mut after = before();
        let (parent, key) = place.rsplit_once('/').unwrap();
        after.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
        breaking(&before(), &after)
    }

    fn removal(place: &str) -> Vec<String> {
        let mut after = before();
        let (parent, key) = place.rsplit_once('/').unwrap();
        after.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key).unwrap();
        breaking(&before(), &after)
    }

    #[test]
    fn the_same_schema_and_other_words_break_nothing() {
        assert!(breaking(&before(), &before()).is_empty());
        assert!(change("/description", json!("other words")).is_empty());
        assert!(change("/properties/id/description", json!("other words")).is_empty());
    }

    #[test]
    fn another_optional_property_or_enum_value_breaks_nothing() {
        assert!(change("/properties/brand_id", json!({ "type": "string" })).is_empty());
        assert!(change("/properties/channel", json!({ "enum": ["import", "resolver", "app"] })).is_empty());
    }

    #[test]
    fn a_removed_or_renamed_property_breaks() {
        assert_eq!(removal("/properties/lots"), ["#/properties/lots: was removed"]);
        let mut renamed = before();
        let properties = renamed["properties"].as_object_mut().unwrap();
        let lots = properties.remove("lots").unwrap();
        properties.insert("batches".to_owned(), lots);
        assert_eq!(breaking(&before(), &renamed), ["#/properties/lots: was removed"]);
    }

    #[test]
    fn a_property_that_becomes_required_or_optional_breaks() {
        assert_eq!(
            change("/required", json!(["id", "channel"])),
            ["#/required: \"channel\" is now required"]
        );
        assert_eq!(removal("/required"), ["#/required: \"id\" is no longer promised"]);
    }

    #[test]
    fn a_changed_type_format_or_pattern_breaks() {
        assert_eq!(change("/properties/id/type", json!("integer")), ["#/properties/id/type: changed"]);
        assert_eq!(removal("/properties/id/format"), ["#/properties/id/format: changed"]);
        assert_eq!(change("/properties/id/pattern", json!("^a")), ["#/properties/id/pattern: changed"]);
        assert_eq!(
            change("/properties/lots/items", json!({ "type": "string" })),
            ["#/properties/lots/items/properties/lot: was removed", "#/properties/lots/items/type: changed"]
        );
    }

    #[test]
    fn a_removed_enum_value_breaks_and_so_does_an_enum_where_there_was_none() {
        assert_eq!(
            change("/properties/channel", json!({ "enum": ["app"] })),
            ["#/properties/channel/enum: \"resolver\" was removed"]
        );
        assert_eq!(change("/properties/id/enum", json!(["a"])), ["#/properties/id/enum: changed"]);
    }

    #[test]
    fn another_id_an_open_object_and_any_unknown_keyword_break() {
        assert_eq!(change("/$id", json!("urn:y")), ["#/$id: changed"]);
        assert_eq!(change("/additionalProperties", json!(true)), ["#/additionalProperties: changed"]);
        assert_eq!(removal("/additionalProperties"), ["#/additionalProperties: changed"]);
        assert_eq!(removal("/oneOf"), ["#/oneOf: changed"]);
        assert_eq!(change("/minProperties", json!(2)), ["#/minProperties: changed"]);
    }
}
