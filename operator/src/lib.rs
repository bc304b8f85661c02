//! What the operator's tool `packytrace-ops` is made of: migrations, secrets, the broker's topics and
//! users, the catalogue and its links, codes, credentials for containers, and a page that says what is
//! wrong.

pub mod accounts;
pub mod audit;
pub mod backup;
pub mod bootstrap;
pub mod catalog;
pub mod code;
pub mod credentials;
pub mod doctor;
pub mod functions;
pub mod kafka;
pub mod keycloak;
pub mod links;
pub mod measurement;
pub mod migrate;
pub mod output;
pub mod postgres;
pub mod realm;
pub mod recalls;
pub mod rules;
pub mod scram;
pub mod secrets;
pub mod settings;
pub mod store;
