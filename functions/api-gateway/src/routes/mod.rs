//! HTTP in: the door that every request comes through, and what lies behind it.

pub mod forward;
pub mod front_door;
pub mod healthz;
pub mod openapi;
pub mod sign_out;
