//! The rules of passport: plain types and functions.

pub mod catalog;
pub mod gs1;
pub mod links;
pub mod passport;
pub mod scan;
pub mod search;
pub mod visits;
