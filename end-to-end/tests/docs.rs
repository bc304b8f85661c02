//! The commands of README and tutorial, run as a reader would type them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{fmt::Write as _, path::Path, process::Command, sync::LazyLock};

use end_to_end::{
    announce::random,
    stack::{Stack, workspace},
};

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// Blocks that start, stop or test the stack which this test stands on.
const ABOUT_THE_STACK: [&str; 3] = ["make up", "make down", "make test"];

/// Waits, for half a minute at most, until the outbox is empty.
const ALL_EVENTS_SENT: &str = r#"
for _ in $(seq 150); do
  [ "$(psql "$database" --quiet --tuples-only --no-align -c 'select count(*) from passport.outbox')" != 0 ] || break
  sleep 0.2
done
"#;

/// The shell blocks of a page, in order, each with the line above it.
fn all_blocks(page: &str) -> Vec<(String, String)> {
    let text = std::fs::read_to_string(workspace().join(page)).unwrap();
    let pieces: Vec<&str> = text.split("```sh\n").collect();
    let above = |piece: &str| piece.trim_end().lines().next_back().unwrap_or_default().to_owned();
    let block = |piece: &str| piece.split("```").next().unwrap().to_owned();
    pieces.windows(2).map(|pair| (above(pair[0]), block(pair[1]))).collect()
}

/// The shell blocks of a page that are run here.
fn blocks(page: &str) -> Vec<String> {
    let here = all_blocks(page).into_iter().filter(|(above, _)| !elsewhere(above)).map(|(_, block)| block);
    here.filter(|block| !ABOUT_THE_STACK.iter().any(|start| block.starts_with(start))).collect()
}

/// Whether the line above a block says that it needs something of the reader's: *On the host:*
fn elsewhere(above: &str) -> bool {
    above.starts_with('*') && above.ends_with(":*")
}

/// What a reader's terminal shows: one session for the whole page, on this test's instance.
fn session(page: &str) -> String {
    session_with(page, &[])
}

/// The same where the environment says more.
fn session_with(page: &str, settings: &[(&str, &Path)]) -> String {
    let mut script = String::from("set -uo pipefail\n");
    for (number, block) in blocks(page).iter().enumerate() {
        // A reader is slower than the first event after a start, which takes a second or two.
        if block.starts_with("events()") {
            script.push_str(ALL_EVENTS_SENT);
        }
        writeln!(script, "{{ {block}\n}} 2>&1; echo \"block {number} ended $?\"").unwrap();
    }
    let state = STACK.state().to_str().unwrap();
    let here = script
        .replace("localhost:8080", STACK.base_url.trim_start_matches("http://"))
        .replace(".local/", &format!("{state}/"))
        .replace("make stop NAME=", &format!("{state}/bin/service stop "))
        .replace("make start NAME=", &format!("{state}/bin/service start "))
        .replace("{ packytrace-ops ", &format!("{{ {state}/bin/packytrace-ops "))
        .replace("\npackytrace-ops ", &format!("\n{state}/bin/packytrace-ops "));
    let output = Command::new("bash")
        .args(["-c", &here])
        .current_dir(workspace())
        .envs(settings.iter().copied())
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn shows(page: &str, shown: &str, expected: &[&str]) {
    for text in expected {
        assert!(shown.contains(text), "{page} does not show {text:?}:\n{shown}");
    }
}

#[test]
fn the_readme_does_what_it_says() {
    let shown = session("README.md");
    shows(
        "README.md",
        &shown,
        &["\"brand_name\"", "LOT-7", "2027-12-31", "G-0815", "AB12", "block 0 ended 0"],
    );
}

#[test]
fn the_adapters_page_does_what_it_says() {
    let page = "docs/runtime-adapter.md";
    let shown = session(page);
    let expected = [
        "HTTP/1.1 200 OK",
        "\"gtin\":\"09521234543213\"",
        "HTTP/1.1 201 Created",
        " ms, peak memory ",
        "null",
        "\"statusCode\":200",
        "--as is refused: the environment is \\\"production\\\" and not \\\"test\\\"",
        "block 3 ended 1",
    ];
    shows(page, &shown, &expected);
    assert_eq!(shown.matches(" ended 0").count(), 3, "{shown}");
}

#[test]
fn the_tutorial_does_what_it_says() {
    let shown = session("docs/tutorial.md");
    let expected = [
        "\"not_requested\"",
        "\"lot\": \"LOT-7\"",
        "invalid_check_digit",
        "null",
        "307 Temporary Redirect",
        "\"headline\": \"avoid\"",
        "allergen.hazelnut",
        "must be owner of table scans",
        "\"09521234543213\",\"resolver\"]",
        "packytrace.passport.ProductScanned.v1",
        "\n201\n",
        "All is well.",
    ];
    shows("docs/tutorial.md", &shown, &expected);
    let endings: Vec<&str> = shown.lines().filter(|line| line.starts_with("block ")).collect();
    let failed: Vec<&&str> = endings.iter().filter(|line| !line.ends_with(" 0")).collect();
    assert_eq!(endings.len(), blocks("docs/tutorial.md").len(), "{shown}");
    // One block of the page ends with a statement that Postgres refuses.
    assert_eq!(failed.len(), 1, "{shown}");
}

#[test]
fn the_page_about_rotation_does_what_it_says() {
    let page = "docs/rotation.md";
    let shown = session(page);
    let expected = ["switched\t", "finished\t", "/packytrace/local/passport/database\t", "\tin use\t"];
    shows(page, &shown, &expected);
    assert_eq!(shown.matches(" ended 0").count(), blocks(page).len(), "{shown}");
}

/// Whether bash can read it: what cannot be run here is at least no nonsense.
fn is_bash(block: &str) -> bool {
    Command::new("bash").args(["-n", "-c", block]).status().unwrap().success()
}

#[test]
fn the_operators_guide_does_what_it_says() {
    let page = "docs/operators-guide.md";
    let all = all_blocks(page);
    let (marked, here): (Vec<_>, Vec<_>) = all.iter().partition(|(above, _)| elsewhere(above));
    // A new block is run, or says above itself where it belongs; either way it is counted here.
    assert_eq!((here.len(), marked.len()), (8, 14), "blocks that are run, and that belong elsewhere");
    for (above, block) in marked {
        assert!(is_bash(block), "{above}\n{block}");
    }
    // On a host Compose says where backups are.
    let backups = std::env::temp_dir().join(format!("backups-{}", random().simple()));
    let shown = session_with(page, &[("BACKUP_TO", &backups)]);
    std::fs::remove_dir_all(backups).unwrap();
    let expected = [
        "block 0 ended 0",
        "taken\t",
        "All is well.",
        "\"wrong\":0",
        "/packytrace/local/passport/database",
        "checked\t",
    ];
    shows(page, &shown, &expected);
    assert_eq!(shown.matches(" ended 0").count(), here.len(), "{shown}");
}
