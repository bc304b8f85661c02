//! Personalization: its rules on named and on real products, and the function through its router,
//! on a real Postgres, as the restricted role.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::needless_pass_by_value, reason = "literals stand where they are used")]

mod cases;
mod consent;
mod database;
mod erasure;
mod interpreters;
mod people;
mod profiles;
mod records;
mod rules;
mod support;
mod verdicts;
