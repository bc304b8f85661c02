//! Events: each topic's schema, and who publishes and hears it.

use std::fmt::Write as _;

use end_to_end::stack::workspace;
use serde_json::Value;
use service_chassis::runtime::manifest::Manifest;

use crate::{cell, head, table};

/// The page of all topics.
pub(crate) fn page() -> String {
    let mut page = head("Events", "`shared-contracts/schemas/events/` and `functions/manifest.yaml`");
    page.push_str(
        "Each record is a CloudEvents 1.0 envelope whose `data` is as below; nothing else may stand in it. Delivery is at \
         least once, in order for each key (`shared-contracts/README.md`).\n\n",
    );
    let manifest = Manifest::embedded().unwrap();
    let mut files: Vec<_> = std::fs::read_dir(workspace().join("shared-contracts/schemas/events"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    for file in files {
        let topic = file.file_stem().unwrap().to_str().unwrap();
        let schema: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
        section(&mut page, topic, &schema, &manifest);
    }
    page
}

fn section(page: &mut String, topic: &str, schema: &Value, manifest: &Manifest) {
    let who = |hears: bool| -> String {
        let each = manifest.functions.iter();
        let each = each.filter(|one| {
            if hears { &one.consumes } else { &one.publishes }.iter().any(|name| name == topic)
        });
        each.map(|one| one.name.as_str()).collect::<Vec<_>>().join(", ")
    };
    writeln!(page, "## {topic}\n\n{}\n", cell(schema["description"].as_str().unwrap_or_default())).unwrap();
    if !topic.starts_with("envelope") {
        writeln!(page, "Published by {}. Heard by {}.\n", who(false), who(true)).unwrap();
    }
    let required = schema["required"].as_array();
    let rows = schema["properties"].as_object().into_iter().flatten().map(|(name, about)| {
        let always = required.is_some_and(|names| names.iter().any(|one| one == name));
        let said = about["description"].as_str().unwrap_or_default();
        vec![format!("`{name}`"), if always { "always" } else { "" }.to_owned(), said.to_owned()]
    });
    table(page, &["member of `data`", "there", "what it is"], rows);
}
