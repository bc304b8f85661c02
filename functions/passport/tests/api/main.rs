//! Passport through its router, on a real Postgres, as the restricted role.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod brands;
mod database;
mod people;
mod products;
mod resolver;
mod scans;
mod support;
mod verdicts;
