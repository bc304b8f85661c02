//! What the adapter answers in a function's place, as RFC 9457 problems.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderName, Response, StatusCode};
use uuid::Uuid;

/// The header that every answer names its request in.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Faults of ours stand at 0 from the start, so that the first one is an increase.
pub(crate) fn begin_counting() {
    for fault in [Fault::Panicked, Fault::TimedOut, Fault::Busy, Fault::OutOfMemory] {
        metrics::counter!("http_faults_total", "fault" => fault.name()).increment(0);
    }
}

/// Why a request got the adapter's answer and not the function's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Host, path or forwarding headers make no URL.
    Malformed(&'static str),
    /// The request's first line is longer than any URL may be.
    TargetTooLong,
    /// The request's head is larger than 16 KiB.
    HeadTooLarge,
    /// The body did not arrive in time.
    SlowBody,
    /// The body broke off.
    BrokenBody,
    /// The body is larger than Lambda's limit.
    BodyTooLarge,
    /// As many calls run as the manifest allows.
    Busy,
    /// The bodies that wait in memory fill it.
    OutOfMemory,
    /// The function panicked.
    Panicked,
    /// The function took longer than its deadline.
    TimedOut,
    /// The function's answer is larger than Lambda's limit.
    AnswerTooLarge,
    /// The function's answer has headers or a status that cannot leave Lambda, or broke off.
    UnusableAnswer(&'static str),
}

impl Fault {
    pub(crate) fn status(self) -> StatusCode {
        match self {
            Self::Malformed(_) | Self::BrokenBody => StatusCode::BAD_REQUEST,
            Self::TargetTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::SlowBody => StatusCode::REQUEST_TIMEOUT,
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Busy | Self::OutOfMemory => StatusCode::SERVICE_UNAVAILABLE,
            Self::Panicked | Self::AnswerTooLarge | Self::UnusableAnswer(_) => StatusCode::BAD_GATEWAY,
            Self::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        }
    }

    /// The fault's name in metrics and logs.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::TargetTooLong => "target_too_long",
            Self::HeadTooLarge => "head_too_large",
            Self::SlowBody => "slow_body",
            Self::BrokenBody => "broken_body",
            Self::BodyTooLarge => "body_too_large",
            Self::Busy => "busy",
            Self::OutOfMemory => "out_of_memory",
            Self::Panicked => "panicked",
            Self::TimedOut => "timed_out",
            Self::AnswerTooLarge => "answer_too_large",
            Self::UnusableAnswer(_) => "unusable_answer",
        }
    }

    fn detail(self) -> &'static str {
        match self {
            Self::Malformed(detail) => detail,
            Self::TargetTooLong => "The request's target is too long.",
            Self::HeadTooLarge => "The request's head is larger than 16 KiB.",
            Self::SlowBody => "The request's body did not arrive in time.",
            Self::BrokenBody => "The request's body broke off.",
            Self::BodyTooLarge => "The request's body is larger than 6 MB.",
            Self::Busy => "As many requests as this function takes are being answered.",
            Self::OutOfMemory => "Requests that are being read fill this function's memory.",
            Self::Panicked => "The function failed.",
            Self::TimedOut => "The function did not answer in time.",
            Self::AnswerTooLarge | Self::UnusableAnswer(_) => "The function's answer is unusable.",
        }
    }

    /// The answer, with its metric counted and its cause in the log.
    pub(crate) fn answer(self, request_id: Uuid) -> Response<Bytes> {
        metrics::counter!("http_faults_total", "fault" => self.name()).increment(1);
        tracing::warn!(fault = self.name(), cause = ?self, %request_id, "the adapter answers");
        let status = self.status();
        let problem = serde_json::json!({
            "type": "about:blank",
            "title": status.canonical_reason(),
            "status": status.as_u16(),
            "detail": self.detail(),
            "request_id": request_id,
        });
        let mut response = Response::new(Bytes::from(problem.to_string()));
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Ok(request_id) = HeaderValue::try_from(request_id.to_string()) {
            headers.insert(REQUEST_ID, request_id);
        }
        if matches!(self, Self::Busy | Self::OutOfMemory) {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}
