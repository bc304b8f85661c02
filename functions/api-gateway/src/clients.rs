//! Whom the gateway asks: Keycloak for its public keys, and the functions that own the routes.

mod keycloak;
mod services;

pub use keycloak::{FetchError, Keycloak};
pub use services::Services;
