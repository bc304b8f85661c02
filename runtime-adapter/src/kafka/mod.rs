//! The Kafka trigger: what a Lambda event-source mapping does, in process. The records of each
//! partition become batches, one in flight at a time and in order; offsets move past what is done
//! or in the dead letters, and past nothing else.

mod batch;
mod connection;
mod dead_letters;
mod inbox;
mod partitions;
mod progress;
mod retry;
mod session;
mod trigger;
mod verdict;
mod worker;

pub(crate) use trigger::Trigger;
