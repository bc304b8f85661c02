//! What the services promise each other: HTTP (OpenAPI 3.1), events and internal tokens (JSON
//! Schema 2020-12), and the Rust types of what goes over the wire. The documents are the
//! authority; tests hold the types to them. `README.md` says what neither can express.

pub mod date;
pub mod events;
pub mod fridge;
pub mod identity;
pub mod internal;
pub mod job;
pub mod metrics;
pub mod openapi;
pub mod page;
pub mod passport;
pub mod personalization;
pub mod problem;
pub mod routes;
pub mod schemas;
