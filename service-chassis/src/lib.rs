//! What every function of PackyTrace is bolted onto: start, settings, secrets, telemetry,
//! database, problems, callers, outbox, clients with breakers, sealed documents, clock and ids.
//!
//! It knows no product: what stands here serves at least three functions and has no table of
//! its own.

pub mod audit;
pub mod boot;
pub mod breaker;
pub mod caller;
pub mod canonical;
pub mod client;
pub mod clock;
pub mod consumer;
pub mod database;
pub mod events;
pub mod extract;
pub mod idempotency;
pub mod ids;
pub mod invoke;
pub mod layers;
pub mod objects;
pub mod outbox;
pub mod page;
pub mod problem;
pub mod producer;
pub mod sealed;
pub mod secrets;
pub mod settings;
pub mod store;
pub mod telemetry;
#[cfg(feature = "testing")]
pub mod testing;
pub mod trace;

pub use boot::{Boot, BootError, main};
pub use runtime_adapter as runtime;
pub use runtime_adapter::Function;
