//! The running stack, as tests see it: through its public door, its broker and its database.
//!
//! `make test` starts an instance of its own and says where by `PACKYTRACE_STATE`; by hand the
//! tests use the instance of `make up`.

pub mod announce;
pub mod containers;
pub mod emulator;
pub mod facts;
pub mod load;
pub mod patience;
pub mod person;
pub mod stack;
