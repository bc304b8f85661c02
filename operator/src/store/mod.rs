//! The few statements of the tool's own: logins, and whole databases. Tables belong to the services, and so
//! does their SQL.

pub mod databases;
pub mod roles;
