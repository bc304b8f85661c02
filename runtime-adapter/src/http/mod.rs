//! The HTTP trigger: requests from a socket or from a Lambda event become the same
//! `lambda_http::Request`, and its answers leave by the same rules.

pub(crate) mod answer;
pub(crate) mod body;
pub(crate) mod connection;
pub(crate) mod door;
pub(crate) mod event;
pub(crate) mod fault;
pub(crate) mod invoker;
pub(crate) mod log;
pub(crate) mod patience;
pub(crate) mod refusal;
mod target;
pub(crate) mod trigger;

/// Lambda's limit for a body, in and out: 6 MB.
pub(crate) const BODY_LIMIT: usize = 6 * 1024 * 1024;

#[cfg(test)]
mod tests;
