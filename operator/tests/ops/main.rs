//! The tool against real servers: Postgres, and where they are named an SSM endpoint and a broker.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod catalog;
mod code;
mod demo;
mod extract;
mod kafka;
mod links;
mod migrate;
mod recalls;
mod rotation;
mod rules;
mod secrets;
mod support;
