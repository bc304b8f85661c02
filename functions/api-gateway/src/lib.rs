//! The public front door
