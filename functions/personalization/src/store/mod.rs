//! SQL, one file per table.

pub mod idempotency_keys;
pub mod profile_versions;
pub mod profiles;
