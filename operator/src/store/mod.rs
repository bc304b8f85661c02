//! The only statements of the tool's own. Tables belong to the services, and so does their SQL.

pub mod roles;
