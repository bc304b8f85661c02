//! All SQL of passport: one file per table, functions on a connection.

pub mod products;
pub mod scans;
