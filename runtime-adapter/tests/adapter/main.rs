//! The adapter from outside: real sockets, real signals, a real broker where there is one.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are assertions")]

mod admin;
mod answers;
mod drain;
mod http;
mod invoke;
mod kafka;
mod lambda;
mod limits;
mod memory;
mod processes;
mod schedules;
mod support;
