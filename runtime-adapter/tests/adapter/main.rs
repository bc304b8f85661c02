//! The adapter from outside: real sockets, real signals, a real broker where there is one.
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "in a test they are assertions")]

mod admin;
mod drain;
mod http;
mod limits;
mod schedules;
mod support;
