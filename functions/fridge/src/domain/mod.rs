//! The rules: plain types and functions.

pub mod access;
pub mod amount;
pub mod dates;
pub mod feed;
pub mod item;
pub mod order;
pub mod push;
pub mod recall;
pub mod shown;
pub mod snapshot;
pub mod token;
pub mod waste;
pub mod words;
