//! Reading a request's body: at most 6 MB, in time, and never more in memory than the function
//! has.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::EXPECT;
use http::{HeaderMap, header::CONTENT_LENGTH};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::{Instant, timeout_at};

use super::BODY_LIMIT;
use super::fault::Fault;

/// A body that takes longer to arrive is answered with 408, as by AWS' front ends.
const ARRIVES_WITHIN: Duration = Duration::from_secs(30);

/// How much of a body that is too large is read and forgotten, so that the client hears the
/// answer and not a broken connection.
const FORGOTTEN: usize = 16 * 1024 * 1024;

/// The memory that bodies may take while they are read.
#[derive(Clone)]
pub(crate) struct Budget(Arc<AtomicUsize>);

impl Budget {
    /// Half of the function's memory; the other half is its own.
    pub(crate) fn of(memory_mib: u32) -> Self {
        Self(Arc::new(AtomicUsize::new(memory_mib as usize * 1024 * 1024 / 2)))
    }

    fn take(&self, bytes: usize, share: &mut Share) -> Result<(), Fault> {
        let taken = self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes));
        share.bytes += if taken.is_ok() { bytes } else { 0 };
        taken.map(drop).map_err(|_| Fault::OutOfMemory)
    }
}

/// What one body has taken of the budget; given back when dropped.
pub(crate) struct Share {
    budget: Budget,
    bytes: usize,
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.0.fetch_add(self.bytes, Ordering::Relaxed);
    }
}

/// The whole body, and its share of the budget to hold while the body lives.
pub(crate) async fn read(
    headers: &HeaderMap,
    body: Incoming,
    budget: &Budget,
) -> Result<(Bytes, Share), Fault> {
    let mut share = Share { budget: budget.clone(), bytes: 0 };
    if body.is_end_stream() {
        return Ok((Bytes::new(), share));
    }
    let until = Instant::now() + ARRIVES_WITHIN;
    let bytes = timeout_at(until, collect(headers, body, budget, &mut share));
    let bytes = bytes.await.unwrap_or(Err(Fault::SlowBody))?;
    Ok((bytes, share))
}

async fn collect(
    headers: &HeaderMap,
    mut body: Incoming,
    budget: &Budget,
    share: &mut Share,
) -> Result<Bytes, Fault> {
    let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse().ok());
    if announced.is_some_and(|length: usize| length > BODY_LIMIT) {
        if !headers.contains_key(EXPECT) {
            forget(body).await;
        }
        return Err(Fault::BodyTooLarge);
    }
    let mut whole = BytesMut::new();
    while let Some(data) = next(&mut body).await? {
        if whole.len() + data.len() > BODY_LIMIT {
            forget(body).await;
            return Err(Fault::BodyTooLarge);
        }
        budget.take(data.len(), share)?;
        if whole.is_empty() && body.is_end_stream() {
            return Ok(data);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.freeze())
}

async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Fault> {
    while let Some(frame) = body.frame().await {
        match frame.map_err(|_| Fault::BrokenBody)?.into_data() {
            Ok(data) => return Ok(Some(data)),
            // trailers have no place in an event
            Err(_trailers) => {}
        }
    }
    Ok(None)
}

async fn forget(mut body: Incoming) {
    let mut forgotten = 0;
    while forgotten < FORGOTTEN
        && let Ok(Some(data)) = next(&mut body).await
    {
        forgotten += data.len();
    }
}
