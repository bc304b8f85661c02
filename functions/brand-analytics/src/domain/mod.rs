//! The rules: plain types and functions.

pub mod batch;
pub mod gtin;
pub mod interval;
pub mod position;
pub mod question;
pub mod table;
