//! The adapter's own randomness: it stands below the chassis, whose ids it cannot use.

use uuid::Uuid;

/// A request or event id as Lambda gives one: random, and of no meaning.
#[expect(
    clippy::disallowed_methods,
    reason = "request ids are the platform's, as on Lambda; the App's ids stand above the adapter"
)]
pub(crate) fn request_id() -> Uuid {
    Uuid::new_v4()
}

/// A random fraction in `0.0..1.0`, for jitter.
pub(crate) fn fraction() -> f64 {
    let (high, _) = request_id().as_u64_pair();
    // the top 32 bits are random in a version 4 UUID, and an f64 holds them exactly
    f64::from((high >> 32) as u32) / (f64::from(u32::MAX) + 1.0)
}
