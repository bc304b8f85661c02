//! The layers around every router.

use axum::{Router, extract::DefaultBodyLimit, middleware};

use crate::{
    caller::{self, Callers},
    clock::Clock,
    ids::Ids,
    problem,
};

/// Bytes that a body may have unless its route says otherwise (the gateway counts first).
pub const BODY_LIMIT: usize = 1024 * 1024;

/// For a function that only other functions call: problems outside, the internal token before
/// any route, the body limit.
pub fn internal(router: Router, callers: Callers, clock: Clock, ids: Ids) -> Router {
    let guarded = router.layer(middleware::from_fn_with_state(callers, caller::require));
    public(guarded, clock, ids)
}

/// For the gateway, which anybody may call: problems outside, the body limit.
pub fn public(router: Router, clock: Clock, ids: Ids) -> Router {
    router
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(middleware::from_fn_with_state((clock, ids), problem::render))
}
