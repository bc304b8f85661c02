//! All SQL of passport: one file per table, functions on a connection.

pub mod brands;
pub mod imports;
pub mod keys;
pub mod links;
pub mod people;
pub mod products;
pub mod recalls;
pub mod scans;
