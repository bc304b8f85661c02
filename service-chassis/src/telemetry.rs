//! Logs as JSON lines on standard output.

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

/// Log filter when `RUST_LOG` says nothing.
const DEFAULT_FILTER: &str = "info,aws_config=warn,aws_smithy_runtime=warn,hyper=warn,librdkafka=warn";

/// Starts logging for the process; the second call in a process changes nothing.
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(true);
    // A second start in one process (tests) finds a subscriber in place, which is what it wants.
    let _already_started = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
