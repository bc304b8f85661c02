//! HTTP in, one file per resource.

pub mod brand;
pub mod description;
pub mod internal;
pub mod keys;
pub mod products;
pub mod resolver;
pub mod scans;
pub mod verdicts;
