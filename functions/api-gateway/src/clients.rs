//! Whom the gateway asks: Keycloak for its public keys, and the functions that own the routes.

mod identity;
mod keycloak;
mod services;

pub use identity::{Identity, Link, digest_of};
pub use keycloak::{FetchError, Keycloak};
pub use services::Services;

/// Calls in a row without an answer, after which a service is left alone.
const SILENT_CALLS: u32 = 10;
