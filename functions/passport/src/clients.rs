//! Whom passport asks: personalization, for verdicts.

mod personalization;

pub use personalization::Personalization;
