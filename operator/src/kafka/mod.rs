//! The broker's topics, users and access rules, by Kafka's own protocol: the same on Kafka and on
//! Redpanda, and as often as one likes.

pub mod acls;
pub mod apply;
pub mod broker;
pub mod groups;
pub mod topics;
pub mod users;

pub use apply::run as apply;
pub use broker::{Broker, KafkaError};
