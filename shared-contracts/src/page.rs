//! One page of a list.

use serde::{Deserialize, Serialize};

/// Items per page when the caller names no `limit`.
pub const DEFAULT_LIMIT: u16 = 50;
/// The largest `limit`; the smallest is 1.
pub const MAX_LIMIT: u16 = 200;

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The items, newest first unless the operation says otherwise.
    pub items: Vec<T>,
    /// Opaque: `?cursor=` of the next page; `null` on the last one.
    pub next_cursor: Option<String>,
}
