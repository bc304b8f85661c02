//! What pages say of the repository is true of it; nothing runs for this.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{collections::BTreeSet, path::Path};

use end_to_end::stack::workspace;

/// Where tests stand.
const SOURCES: [&str; 7] = [
    "end-to-end",
    "functions",
    "operator",
    "runtime-adapter",
    "service-chassis",
    "shared-contracts",
    "web/e2e",
];

const THREATS: &str = "docs/threat-model.md";

fn page(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap()
}

/// Names of all tests: functions in Rust, sentences in the browser's.
fn tests(folder: &Path, found: &mut BTreeSet<String>) {
    for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if path.is_dir() {
            tests(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs" || extension == "ts") {
            let text = std::fs::read_to_string(&path).unwrap();
            let mut attributed = false;
            for line in text.lines().map(str::trim_start) {
                let function = line.trim_start_matches("async ").strip_prefix("fn ");
                if let (true, Some(rest)) = (attributed, function) {
                    found.insert(rest.split(['(', '<']).next().unwrap().to_owned());
                }
                if let Some(rest) = line.strip_prefix("test('") {
                    found.insert(rest.split('\'').next().unwrap().to_owned());
                }
                attributed = line.starts_with("#[") && (attributed || line.contains("test"));
            }
        }
    }
}

/// The rows of the threat model: its letter, and the cell that says what shows it.
fn threats() -> Vec<(char, String)> {
    let rows = page(THREATS);
    let rows = rows.lines().filter_map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let letter = cells.first().filter(|cell| cell.len() == 1)?.chars().next()?;
        "STRIDE".contains(letter).then(|| (letter, (*cells.last().unwrap()).to_owned()))
    });
    rows.collect()
}

/// What stands in backticks and looks like a test's name: words, at least three.
fn named(cell: &str) -> Vec<String> {
    let quoted = cell.split('`').skip(1).step_by(2);
    let quoted = quoted.filter(|text| text.split(['_', ' ']).count() >= 3 && !text.contains(['/', '-']));
    quoted.map(str::to_owned).collect()
}

#[test]
fn every_test_that_the_threat_model_names_is_there() {
    let mut there = BTreeSet::new();
    for folder in SOURCES {
        tests(&workspace().join(folder), &mut there);
    }
    let all: Vec<String> = threats().iter().flat_map(|(_, cell)| named(cell)).collect();
    assert!(all.len() >= 90, "only {} tests are named", all.len());
    let missing: Vec<&String> = all.iter().filter(|name| !there.contains(*name)).collect();
    assert!(missing.is_empty(), "{THREATS} names tests that nobody wrote: {missing:?}");
}

#[test]
fn every_arrow_of_the_picture_has_its_six_letters() {
    let picture = page("docs/architecture.md");
    let arrows = picture.matches("-- \"").count();
    let model = page(THREATS);
    let sections: Vec<&str> = model.split("\n## ").filter(|text| text.contains("| S |")).collect();
    assert_eq!(sections.len(), arrows, "arrows of the picture and sections of the model");
    for section in sections {
        let first = section.lines().filter_map(|line| line.strip_prefix("| ")?.chars().next());
        let letters: String = first.filter(char::is_ascii_uppercase).collect();
        assert_eq!(letters, "STRIDE", "{}", section.lines().next().unwrap());
    }
}
