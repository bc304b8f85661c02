//! What must be survived, shown by stopping, killing or freezing the real thing while people use it
//! (`docs/security-tests.md` has the whole table).

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod broker;
mod database;
mod functions;
mod keycloak;
mod parameters;
mod under_load;

use std::sync::LazyLock;

use end_to_end::stack::Stack;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// How often each fault is made, one after the other under the same load: `make soak` says more than once.
#[expect(clippy::disallowed_methods, reason = "make soak says how long a test's long form is")]
fn rounds() -> usize {
    std::env::var("FAULT_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(1)
}

/// A service that stands still until this goes.
struct Frozen(&'static str);

impl Frozen {
    fn now(name: &'static str) -> Self {
        STACK.service(&["signal", "STOP", name]).unwrap();
        Self(name)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        STACK.service(&["signal", "CONT", self.0]).ok();
    }
}

/// A service that is not there until this goes.
struct Stopped(&'static str);

impl Stopped {
    fn now(name: &'static str) -> Self {
        STACK.service(&["stop", name]).unwrap();
        Self(name)
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        STACK.service(&["start", self.0]).ok();
    }
}

/// Kills a service as the kernel does when memory is short; whoever supervises it starts it again.
fn kill(name: &str) {
    STACK.service(&["signal", "KILL", name]).unwrap();
}
