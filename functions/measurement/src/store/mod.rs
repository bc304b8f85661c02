//! All SQL of measurement, and the output topic, which outlives the database.

pub mod brands;
pub mod closing;
pub mod consents;
pub mod delivery;
pub mod environment;
pub mod erasure;
pub mod facts;
pub mod ledger;
pub mod links;
pub mod products;
pub mod rebuild;
pub mod releases;
pub mod topic;
