//! HTTP in, one file for each resource.

pub mod expiring;
pub mod export;
pub mod feed;
pub mod household;
pub mod items;
pub mod notices;
pub mod push;
pub mod taps;
pub mod waste;
