//! The rules of passport: plain types and functions.

pub mod asked;
pub mod brand;
pub mod catalog;
pub mod gs1;
pub mod import;
pub mod label;
pub mod link_type;
pub mod links;
pub mod linkset;
pub mod linkset_page;
pub mod negotiation;
pub mod nutri_score;
pub mod nutrition;
pub mod passport;
pub mod recall;
pub mod resolution;
pub mod scan;
pub mod search;
pub mod signature;
pub mod visits;
