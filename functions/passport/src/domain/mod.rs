//! The rules of passport: plain types and functions.

pub mod asked;
pub mod breaker;
pub mod catalog;
pub mod gs1;
pub mod link_type;
pub mod links;
pub mod linkset;
pub mod linkset_page;
pub mod negotiation;
pub mod passport;
pub mod resolution;
pub mod scan;
pub mod search;
pub mod visits;
