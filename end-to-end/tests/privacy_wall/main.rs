//! From facts on the broker to a brand's numbers, through every wall.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod brand;
mod crashes;
mod numbers;
mod restores;
mod traces;
mod walls;

use std::sync::LazyLock;

use end_to_end::stack::Stack;

static STACK: LazyLock<Stack> = LazyLock::new(|| Stack::running().unwrap());
