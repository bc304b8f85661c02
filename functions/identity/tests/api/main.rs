//! Identity through its router, on a real Postgres, as the restricted role.
