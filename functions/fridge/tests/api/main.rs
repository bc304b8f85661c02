//! Fridge through its router, on a real Postgres, as the restricted role.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod database;
mod dates;
mod erasure;
mod expiring;
mod feed;
mod history;
mod household;
mod items;
mod push;
mod recalls;
mod support;
mod taps;
mod waste;
