//! Whom identity asks: Keycloak about users, and every service about its part of an export.

mod assertion;
mod exporters;
mod keycloak;

pub use assertion::{ClientKeys, KeyProblem};
pub use exporters::{ExportError, Exporters};
pub use keycloak::{Keycloak, KeycloakError, NewUser, User};
