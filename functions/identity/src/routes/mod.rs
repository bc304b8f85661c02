//! HTTP in, one file per resource.

pub mod accounts;
pub mod brands;
pub mod consents;
pub mod erasures;
pub mod exports;
pub mod internal;
pub mod jwks;
pub mod me;

/// Tells the gateway that something is kept under the visitor id that it made for this call.
pub const VISITOR_USED: &str = "x-visitor-used";
/// Tells the gateway that the visitor id of this call must not be used again.
pub const VISITOR_GONE: &str = "x-visitor-gone";
