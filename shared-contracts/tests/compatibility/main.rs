//! No released event schema changes in place in a way that breaks a consumer: that is a new `vN`.

mod compare;

use std::{
    io::{self, Write},
    process::Command,
};

use serde_json::Value;
use shared_contracts::schemas;

/// What git says in this crate's folder; `None` when it fails.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").current_dir(env!("CARGO_MANIFEST_DIR")).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

/// The newest released version that this one follows.
fn last_release() -> Option<String> {
    let tags = git(&["tag", "--list", "v[0-9]*", "--merged", "HEAD", "--sort=-v:refname"])?;
    tags.lines().next().map(str::to_owned)
}

#[test]
fn event_schemas_break_no_promise_of_the_last_release() {
    let Some(tag) = last_release() else {
        // Straight to stdout: a test that passes without having compared anything must say so.
        writeln!(io::stdout(), "NOT RUN: no released tag to compare event schemas with").unwrap();
        return;
    };
    let released = git(&["ls-tree", "--name-only", &tag, "schemas/events/"]).unwrap();
    let mut broken = Vec::new();
    for file in released.lines() {
        let name = file.trim_start_matches("schemas/events/").trim_end_matches(".json");
        let before: Value =
            serde_json::from_str(&git(&["show", &format!("{tag}:./{file}")]).unwrap()).unwrap();
        match schemas::schema(name) {
            None => broken.push(format!("{name}: removed")),
            Some(now) => {
                let now = serde_json::from_str(now).unwrap();
                broken.extend(
                    compare::breaking(&before, &now).into_iter().map(|change| format!("{name}: {change}")),
                );
            }
        }
    }
    assert!(broken.is_empty(), "since {tag}, which needs a new version of the topic: {broken:#?}");
}
