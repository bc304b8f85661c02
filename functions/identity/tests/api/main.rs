//! Identity through its router, on a real Postgres, as the restricted role, with a Keycloak that
//! tests can make fail.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod brands;
mod consents;
mod database;
mod erasures;
mod exports;
mod links;
mod me;
mod registrations;
mod support;
