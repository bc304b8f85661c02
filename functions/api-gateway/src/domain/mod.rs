//! The gateway's rules as plain types and functions: what is let in, what goes on, what comes back.

pub mod address;
pub mod cors;
pub mod headers;
pub mod keys;
pub mod path;
pub mod rate;
pub mod routes;
pub mod token;
pub mod visitor;
