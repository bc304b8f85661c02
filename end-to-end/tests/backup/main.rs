//! Everything is destroyed and comes back; where backups are kept. `make test` runs this last, because
//! the instance that it destroys is the one that it stands on.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "../privacy_wall/brand.rs"]
mod brand;
mod destroyed;
mod people;
mod places;

use std::{path::Path, process::Command, sync::LazyLock};

use end_to_end::stack::{Stack, workspace};

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// Runs a script of deploy/local on this test's instance, as make does; what it showed when it failed.
pub(crate) fn make(script: &str, settings: &[(&str, &Path)]) {
    let port = STACK.base_url.rsplit(':').next().unwrap();
    let mut command = Command::new(workspace().join("deploy/local").join(script));
    command.env("PACKYTRACE_STATE", STACK.state()).env("PORT", port).envs(settings.iter().copied());
    let outcome = command.output().unwrap();
    let shown = String::from_utf8_lossy(&outcome.stdout) + String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{script}: {shown}");
}
