//! Logs as JSON lines: on standard output, or beside it where the answer stands there.

use std::io;

use tracing_subscriber::{
    EnvFilter, fmt::writer::BoxMakeWriter, layer::SubscriberExt, util::SubscriberInitExt,
};

/// Log filter when `RUST_LOG` says nothing.
const DEFAULT_FILTER: &str = "info,aws_config=warn,aws_smithy_runtime=warn,hyper=warn,librdkafka=warn";

/// Where the lines go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Logs {
    /// Standard output: a service has nothing else to say there.
    Output,
    /// Standard error, beside an answer.
    Beside,
}

/// Starts logging for the process; the second call in a process changes nothing.
pub fn start(logs: Logs) {
    let writer = match logs {
        Logs::Output => BoxMakeWriter::new(io::stdout),
        Logs::Beside => BoxMakeWriter::new(io::stderr),
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(DEFAULT_FILTER));
    let lines = tracing_subscriber::fmt::layer()
        .json()
        .with_writer(writer)
        .flatten_event(true)
        .with_current_span(true)
        .with_span_list(false)
        .with_target(true);
    // A second start in one process (tests) finds a subscriber in place, which is what it wants.
    let _already_started = tracing_subscriber::registry().with(filter).with(lines).try_init();
}
