//! All SQL of passport: one file per table, functions on a connection.

pub mod links;
pub mod products;
pub mod scans;
