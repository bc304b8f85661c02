//! Functions: `functions/manifest.yaml`, one section each.

use std::fmt::Write as _;

use end_to_end::stack::workspace;
use serde_json::Value;

use crate::{head, table};

/// The page of all functions.
pub(crate) fn page() -> String {
    let mut page = head("Functions", "`functions/manifest.yaml`");
    page.push_str(
        "Each function once: what starts it, within which limits, whom it calls, what it tells and hears. The \
         adapter reads this on a host, Terraform on Lambda, the chassis decides by it who may call whom.\n\n",
    );
    let text = std::fs::read_to_string(workspace().join("functions/manifest.yaml")).unwrap();
    let manifest: Value = serde_saphyr::from_str(&text).unwrap();
    for (name, function) in manifest["functions"].as_object().unwrap() {
        section(&mut page, name, function);
    }
    page
}

fn section(page: &mut String, name: &str, function: &Value) {
    let http = &function["http"];
    writeln!(page, "## {name}\n").unwrap();
    let calls = function["calls"].as_object().into_iter().flatten();
    let calls = calls.map(|(callee, routes)| format!("{callee}: {}", listed(routes)));
    let database = &function["database"];
    let database = database["schema"].as_str().map_or_else(
        || "none".to_owned(),
        |schema| format!("schema `{schema}` in `{}`", database["database"].as_str().unwrap()),
    );
    let rows = [
        (
            "HTTP",
            format!(
                "{} a call, {} MiB, {} calls at once",
                plain(&http["timeout"]),
                http["memory"],
                http["concurrency"]
            ),
        ),
        ("serves", listed(&function["serves"])),
        ("calls", calls.collect::<Vec<_>>().join("; ")),
        ("publishes", listed(&function["publishes"])),
        ("consumes", listed(&function["consumes"])),
        ("schedules", schedules(&function["schedules"])),
        ("secrets", listed(&function["secrets"])),
        ("database", database),
    ];
    let rows = rows.into_iter().filter(|(_, what)| !what.is_empty());
    table(page, &["", ""], rows.map(|(what, value)| vec![what.to_owned(), value]));
}

fn schedules(all: &Value) -> String {
    let each = all.as_array().into_iter().flatten();
    let each = each.map(|one| format!("{} `{}`", plain(&one["name"]), plain(&one["expression"])));
    each.collect::<Vec<_>>().join(", ")
}

/// Names in code, joined by commas.
fn listed(names: &Value) -> String {
    let each = names.as_array().into_iter().flatten();
    each.map(|name| format!("`{}`", plain(name))).collect::<Vec<_>>().join(", ")
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
