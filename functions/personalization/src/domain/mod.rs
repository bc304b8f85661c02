//! The rules of personalization: plain types and functions. Nothing here knows the time, the
//! network or the database.

pub mod allergens;
pub mod facts;
pub mod interpret;
pub mod logic;
pub mod profile;
pub mod rule_set;
pub mod verdict;
pub mod vocabulary;
pub mod words;
