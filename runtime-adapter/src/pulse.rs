//! A handler that blocks its thread may leave nobody to serve the runtime's timers and sockets:
//! the other threads sleep until a task wakes them. So a thread of its own gives them one, fifty
//! times a second, and no call waits longer for a deadline or an answer of others.

use std::io;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use tokio::runtime::Handle;

const BEAT: Duration = Duration::from_millis(20);

/// Beats until it is dropped.
pub(crate) struct Pulse {
    _alive: Arc<()>,
}

impl Pulse {
    /// Begins to beat in the current runtime.
    pub(crate) fn start() -> io::Result<Self> {
        let alive = Arc::new(());
        let (runtime, beating) = (Handle::current(), Arc::downgrade(&alive));
        thread::Builder::new().name("pulse".to_owned()).spawn(move || beat(&runtime, &beating))?;
        Ok(Self { _alive: alive })
    }
}

#[expect(clippy::disallowed_methods, reason = "the runtime's own time is what may stand still")]
fn beat(runtime: &Handle, alive: &Weak<()>) {
    while alive.strong_count() > 0 {
        thread::sleep(BEAT);
        drop(runtime.spawn(std::future::ready(())));
    }
}
