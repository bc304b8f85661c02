//! The walls of the house, read from `cargo metadata` and from the sources.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use end_to_end::stack::workspace;
use serde_json::Value;
use service_chassis::runtime::manifest::Manifest;
use shared_contracts::events::{
    AccountErased, BrandChanged, BrandMetricBatchPublished, ConsentChanged, EntryReverted, Fact,
    FridgeErasureCompleted, ItemAddedToFridge, ItemConsumed, ItemDiscarded, MeasurementErasureCompleted,
    PassportErasureCompleted, PersonalizationErasureCompleted, ProductChanged, ProductRecalled,
    ProductScanned, VisitorLinkedToAccount,
};

/// Every fact type with its topic: a new one is added here with its type.
const FACTS: [(&str, &str); 16] = [
    ("ProductScanned", ProductScanned::TOPIC),
    ("ProductChanged", ProductChanged::TOPIC),
    ("ProductRecalled", ProductRecalled::TOPIC),
    ("PassportErasureCompleted", PassportErasureCompleted::TOPIC),
    ("PersonalizationErasureCompleted", PersonalizationErasureCompleted::TOPIC),
    ("VisitorLinkedToAccount", VisitorLinkedToAccount::TOPIC),
    ("ConsentChanged", ConsentChanged::TOPIC),
    ("BrandChanged", BrandChanged::TOPIC),
    ("AccountErased", AccountErased::TOPIC),
    ("ItemAddedToFridge", ItemAddedToFridge::TOPIC),
    ("ItemConsumed", ItemConsumed::TOPIC),
    ("ItemDiscarded", ItemDiscarded::TOPIC),
    ("EntryReverted", EntryReverted::TOPIC),
    ("FridgeErasureCompleted", FridgeErasureCompleted::TOPIC),
    ("MeasurementErasureCompleted", MeasurementErasureCompleted::TOPIC),
    ("BrandMetricBatchPublished", BrandMetricBatchPublished::TOPIC),
];

/// What a function's folder may hold; a service without a part omits it, none adds another.
const FUNCTION_FILES: [&str; 11] =
    ["main", "lib", "app", "config", "error", "auth", "routes", "domain", "store", "events", "clients"];

fn functions() -> Vec<String> {
    Manifest::embedded().unwrap().functions.into_iter().map(|function| function.name).collect()
}

/// Direct dependencies inside the workspace, by crate; those of tests left out.
fn edges() -> BTreeMap<String, BTreeSet<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(workspace())
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let dependencies = |package: &Value| -> BTreeSet<String> {
        let all = package["dependencies"].as_array().unwrap().iter();
        all.filter(|one| one["kind"] != "dev").map(|one| one["name"].as_str().unwrap().to_owned()).collect()
    };
    packages
        .iter()
        .map(|package| (package["name"].as_str().unwrap().to_owned(), dependencies(package)))
        .collect()
}

/// Rust files below a folder.
fn sources(folder: &Path) -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                found.push((path, text));
            }
        }
    }
    found
}

/// Code without comments.
fn code(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn src(function: &str) -> PathBuf {
    workspace().join("functions").join(function).join("src")
}

#[test]
fn no_function_depends_on_another_and_all_stand_on_contracts_and_chassis() {
    let (edges, functions) = (edges(), functions());
    for function in &functions {
        for other in functions.iter().filter(|other| *other != function) {
            assert!(!edges[function].contains(other), "{function} depends on {other}");
        }
        assert!(!edges[function].contains("runtime-adapter"), "{function} reaches past the chassis");
        assert!(!edges[function].contains("operator"), "{function} depends on the operator's tool");
    }
}

#[test]
fn only_the_chassis_depends_on_the_adapter_and_neither_on_a_function() {
    let (edges, functions) = (edges(), functions());
    for (name, dependencies) in &edges {
        let adapter = dependencies.contains("runtime-adapter");
        assert!(!adapter || name == "service-chassis", "{name} depends on the adapter");
    }
    for room in ["service-chassis", "runtime-adapter", "shared-contracts"] {
        for function in &functions {
            assert!(!edges[room].contains(function), "{room} depends on {function}");
        }
    }
}

#[test]
fn the_contracts_link_no_runtime() {
    for runtime in ["tokio", "axum", "sqlx", "reqwest", "rdkafka", "lambda_http", "lambda_runtime"] {
        assert!(!edges()["shared-contracts"].contains(runtime), "shared-contracts links {runtime}");
    }
}

#[test]
fn nothing_depends_on_the_operators_tool() {
    for (name, dependencies) in edges() {
        assert!(!dependencies.contains("operator"), "{name} depends on operator");
    }
}

#[test]
fn all_functions_have_the_same_files() {
    for function in functions() {
        for entry in std::fs::read_dir(src(&function)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            // A file that outgrows its page becomes a folder of the same name.
            assert!(
                FUNCTION_FILES.contains(&name.trim_end_matches(".rs")),
                "{function}/src/{name} is no room of the house"
            );
        }
        let main = std::fs::read_to_string(src(&function).join("main.rs")).unwrap();
        assert!(
            code(&main).lines().filter(|line| !line.is_empty()).count() <= 3,
            "{function}'s main is its three lines"
        );
    }
}

#[test]
fn rules_are_pure() {
    for function in functions() {
        for (path, text) in sources(&src(&function).join("domain")) {
            for world in ["sqlx", "axum", "tokio", "reqwest", "rdkafka", "std::env", "std::fs", "Clock"] {
                let used = code(&text).contains(&format!("{world}::"))
                    || code(&text).contains(&format!("use {world}"));
                assert!(!used, "{} uses {world}", path.display());
            }
        }
    }
}

#[test]
fn sql_stands_only_in_store_and_names_no_foreign_schema() {
    let manifest = Manifest::embedded().unwrap();
    let schemas: Vec<&str> =
        ["passport", "identity", "personalization", "fridge", "measurement", "brand_analytics"].into();
    for function in &manifest.functions {
        for (path, text) in sources(&src(&function.name)) {
            let in_store = path.components().any(|part| part.as_os_str() == "store");
            let sql = code(&text).contains("sqlx::query") || code(&text).contains("query_as!");
            assert!(in_store || !sql, "{} holds SQL", path.display());
            if in_store {
                let own = function.database.as_ref().map_or("", |database| database.schema.as_str());
                for foreign in schemas.iter().filter(|schema| **schema != own) {
                    assert!(
                        !code(&text).contains(&format!(" {foreign}.")),
                        "{} names {foreign}",
                        path.display()
                    );
                }
            }
        }
    }
}

#[test]
fn environment_and_parameter_store_are_read_by_the_chassis_only() {
    for function in functions() {
        for (path, text) in sources(&src(&function)) {
            for forbidden in ["std::env", "aws_sdk_ssm", "aws_config"] {
                assert!(!code(&text).contains(forbidden), "{} uses {forbidden}", path.display());
            }
        }
    }
}

#[test]
fn code_and_manifest_name_the_same_calls() {
    for function in Manifest::embedded().unwrap().functions {
        let text: String = sources(&src(&function.name)).iter().map(|(_, text)| code(text)).collect();
        let called: BTreeSet<&str> =
            text.split("boot.client(").skip(1).filter_map(|rest| rest.split('"').nth(1)).collect();
        let declared: BTreeSet<&str> = function.calls.keys().map(String::as_str).collect();
        assert_eq!(called, declared, "calls of {}", function.name);
    }
}

#[test]
fn code_and_manifest_name_the_same_facts() {
    for function in Manifest::embedded().unwrap().functions {
        let text: String = sources(&src(&function.name)).iter().map(|(_, text)| code(text)).collect();
        let told: BTreeSet<&str> = FACTS
            .iter()
            // made as a value, which a pattern (`let Fact {`) and a type (`-> Fact {`) are not
            .filter(|(fact, _)| {
                ["= ", ", ", "("].iter().any(|before| text.contains(&format!("{before}{fact} {{")))
            })
            .map(|(_, topic)| *topic)
            .collect();
        let declared: BTreeSet<&str> = function.publishes.iter().map(String::as_str).collect();
        assert_eq!(told, declared, "facts of {}", function.name);
    }
}

#[test]
fn every_topic_of_the_manifest_has_a_schema() {
    for function in Manifest::embedded().unwrap().functions {
        for topic in function.publishes.iter().chain(&function.consumes) {
            assert!(shared_contracts::schemas::schema(topic).is_some(), "{topic} has no schema");
        }
    }
}

#[test]
fn the_chassis_names_no_product_of_ours() {
    for (path, text) in sources(&workspace().join("service-chassis/src")) {
        for noun in ["gtin", "Gtin", "passport.", "fridge", "allergen", "recall", "verdict"] {
            let text = code(text.split("#[cfg(").next().unwrap_or_default());
            assert!(!text.contains(noun), "{} names {noun}", path.display());
        }
    }
}

#[test]
fn files_stay_short_and_no_lint_is_waved_through() {
    for room in
        ["functions", "service-chassis", "runtime-adapter", "shared-contracts", "operator", "end-to-end"]
    {
        for (path, text) in sources(&workspace().join(room)) {
            let generated = text.contains("@generated");
            assert!(generated || text.lines().count() <= 500, "{} is too long", path.display());
            assert!(
                !code(&text).contains(concat!("#[", "allow(")),
                "{} waves a lint through",
                path.display()
            );
        }
    }
}
