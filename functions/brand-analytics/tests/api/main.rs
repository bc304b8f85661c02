//! Brand-analytics through its triggers, on a real Postgres, as the restricted role.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod database;
mod metrics;
mod support;
