//! All SQL of brand-analytics, one file for each table.

pub mod batches;
pub mod metrics;
