//! The generated pages of `docs/reference/`: what OpenAPI documents, schemas, manifest and settings
//! say, as a reader wants it. `make generate` writes them (`WRITE_REFERENCE=yes`); otherwise a page that
//! is not what the contracts say fails.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod events;
mod functions;
mod http;
mod settings;

use std::fmt::Write as _;

use end_to_end::stack::workspace;

/// What stands above each page.
fn head(title: &str, source: &str) -> String {
    format!("# {title}\n\n<!-- Made by `make generate` from {source}. Do not edit. -->\n\n")
}

/// A cell of a table: one line, no bars of its own.
fn cell(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|").replace('<', "&lt;")
}

/// A table with these columns.
fn table(page: &mut String, columns: &[&str], rows: impl IntoIterator<Item = Vec<String>>) {
    writeln!(page, "| {} |\n|{}", columns.join(" | "), "---|".repeat(columns.len())).unwrap();
    for row in rows {
        let cells: Vec<String> = row.iter().map(|text| cell(text)).collect();
        writeln!(page, "| {} |", cells.join(" | ")).unwrap();
    }
    page.push('\n');
}

#[expect(clippy::disallowed_methods, reason = "make generate says so to this test")]
fn writes() -> bool {
    std::env::var_os("WRITE_REFERENCE").is_some()
}

#[test]
fn the_reference_is_what_the_contracts_say() {
    let pages = [
        ("functions", functions::page()),
        ("http", http::page()),
        ("events", events::page()),
        ("settings", settings::page()),
    ];
    for (name, page) in pages {
        let file = workspace().join(format!("docs/reference/{name}.md"));
        if writes() {
            std::fs::write(&file, page).unwrap();
            continue;
        }
        let there = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(there == page, "docs/reference/{name}.md is stale: `make generate` makes it anew");
    }
}
