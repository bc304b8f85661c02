//! The gateway's real router, between a Keycloak and a passport that tests hold in their hands.

#![expect(clippy::unwrap_used, reason = "in a test a panic is the failure")]

mod cors;
mod door;
mod forwarding;
mod identity;
mod keys;
mod limits;
mod logs;
mod own_routes;
mod services;
mod support;
mod tokens;
mod visitors;
mod who;
