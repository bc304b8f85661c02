//! Whom the gateway asks: Keycloak for its public keys, and the functions that own the routes.

mod identity;
mod keycloak;
mod services;

pub use identity::{Identity, Link};
pub use keycloak::{FetchError, Keycloak};
pub use services::Services;
