//! HTTP in, one file per resource.

pub mod export;
pub mod household;
mod keeping;
pub mod profile;
pub mod verdict_rules;
pub mod verdicts;
