//! Health Profiles, verdict rules and verdicts.

pub mod domain;
