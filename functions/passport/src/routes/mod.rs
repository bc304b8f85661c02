//! HTTP in, one file per resource.

pub mod description;
pub mod products;
pub mod resolver;
pub mod scans;
pub mod verdicts;
