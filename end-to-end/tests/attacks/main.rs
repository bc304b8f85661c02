//! What an attacker would try at the front door of the running product, and what is hostile behind it.
//! `docs/security-tests.md` says which promise each module holds.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on fails")]

mod bodies;
mod claims;
mod events;
mod fetches;
mod forms;
mod headers;
mod inventory;
mod keys;
mod limits;
mod paths;
mod people;
mod rights;
mod smuggling;
mod tokens;
mod wire;

use std::sync::LazyLock;

use end_to_end::stack::Stack;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());

/// A product of the demo catalogue.
const DEMO: &str = "09521234543213";
