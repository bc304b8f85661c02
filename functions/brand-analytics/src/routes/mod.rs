//! HTTP in: one file for each resource.

pub mod metrics;
