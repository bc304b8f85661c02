//! A rolling restart under load: whoever asks waits for a moment, and nobody is refused.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::{process::Command, sync::LazyLock, time::Duration};

use end_to_end::{
    load::{Kind, Load},
    stack::{Stack, workspace},
};
use tokio::{
    task::block_in_place,
    time::{Instant, sleep_until},
};

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// Requests of each kind a second, and rounds. `make soak` asks for more.
const RATE: f64 = 2.0;
const ROUNDS: u32 = 1;

#[expect(clippy::disallowed_methods, reason = "make soak says how much")]
fn setting<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// The processes of all functions.
fn processes() -> Vec<String> {
    let pid = |name: &String| {
        let command = STACK.state().join("bin/service");
        let told = Command::new(command).args(["pid", name]).output().unwrap();
        String::from_utf8(told.stdout).unwrap()
    };
    STACK.functions.keys().map(pid).collect()
}

/// `make restart`, on this test's instance.
fn restart() {
    let mut command = Command::new(workspace().join("deploy/local/restart.sh"));
    command.env("PACKYTRACE_STATE", STACK.state()).env_remove("NAME");
    let outcome = command.output().unwrap();
    let shown = String::from_utf8_lossy(&outcome.stdout) + String::from_utf8_lossy(&outcome.stderr);
    assert!(outcome.status.success(), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_seven_functions_restart_and_no_request_fails() {
    let load = Load::start(&STACK, &Kind::ALL, setting("ROLLING_RATE", RATE)).await.unwrap();
    sleep_until(Instant::now() + Duration::from_secs(3)).await;
    for _ in 0..setting("ROLLING_ROUNDS", ROUNDS) {
        let before = processes();
        block_in_place(restart);
        let after = processes();
        assert_eq!(after.len(), 7);
        assert!(before.iter().zip(&after).all(|(old, new)| old != new), "{before:?} {after:?}");
    }
    sleep_until(Instant::now() + Duration::from_secs(3)).await;
    let report = load.end().await;
    assert!(report.unexpected().is_empty(), "{report}");
    assert!(report.samples.len() > 100, "there was load: {report}");
}
