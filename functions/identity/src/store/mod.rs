//! All SQL of identity: one file per table, functions on a connection.

pub mod accounts;
pub mod brands;
pub mod consents;
pub mod erasures;
pub mod exports;
pub mod people;
pub mod registrations;
pub mod visitors;
