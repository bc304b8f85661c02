//! The rules of identity: plain types and functions.

pub mod account;
pub mod brand;
pub mod erasure;
pub mod pseudonym;
pub mod registration;
