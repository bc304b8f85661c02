//! packytrace-ops, the operator's tool
