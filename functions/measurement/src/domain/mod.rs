//! The rules of the privacy wall: plain types and functions. `docs/privacy-wall.md` has the proof.

pub mod batch;
pub mod bounding;
pub mod consent;
pub mod exact;
pub mod fact;
pub mod ledger;
pub mod noise;
pub mod parameters;
pub mod people;
pub mod pseudonym;
pub mod tally;
pub mod windows;
