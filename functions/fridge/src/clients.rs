//! Calls to other services, and to browsers' push services.

mod identity;
mod passport;
mod pushes;

pub use identity::Identity;
pub use passport::Passport;
pub use pushes::{NoPushes, Pushes};

use http_body_util::{BodyExt, Limited};

/// The largest answer that is read, in bytes.
const LARGEST: usize = 1024 * 1024;

/// The body of an answer; none where it breaks off or does not end.
async fn body(answer: http::Response<hyper::body::Incoming>) -> Option<bytes::Bytes> {
    Limited::new(answer.into_body(), LARGEST).collect().await.ok().map(http_body_util::Collected::to_bytes)
}
