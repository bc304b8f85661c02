//! Errors as RFC 9457 problem details, and the types of problem that clients may meet.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Content type of a problem.
pub const CONTENT_TYPE: &str = "application/problem+json";

/// A problem as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// [`ProblemType::uri`].
    #[serde(rename = "type")]
    pub kind: String,
    /// The same words for every problem of this type.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// What was wrong this time, for the person who asked; nothing of our inside.
    pub detail: String,
    /// Names the request in our logs; also in `X-Request-Id`.
    pub request_id: String,
    /// What was wrong with which part of the request.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What an operation tells beside that (RFC 9457, section 3.2); its contract names them.
    #[serde(flatten)]
    pub extensions: BTreeMap<String, Value>,
}

/// What was wrong with one part of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// JSON Pointer (RFC 6901) into the request's body, such as `/code`; for a query parameter its
    /// name behind `?`, such as `?limit`; empty for the address itself.
    pub pointer: String,
    /// One sentence for the person who asked.
    pub detail: String,
    /// For a code that is not valid: the broken rule, such as `invalid_check_digit`
    /// (`CodeErrorKind` in `openapi/passport.yaml`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// For a code: the Application Identifier whose data is wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ai: Option<String>,
    /// For a code: 0-based byte offset of the first wrong byte, where one place is to blame.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
}

/// Every type of problem that the gateway, passport and the host beneath them answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ProblemType {
    /// The path, query, a header or the JSON text cannot be read.
    MalformedRequest,
    /// The resolver's path or a GTIN in a path is no valid GS1 identifier.
    InvalidIdentifier,
    /// No credentials where some are needed, or credentials that are not valid.
    Unauthenticated,
    /// The account lacks this right altogether.
    Forbidden,
    /// There is no such thing, or it is somebody else's.
    NotFound,
    /// The path exists, but not with this method.
    MethodNotAllowed,
    /// What is asked for conflicts with what is there.
    Conflict,
    /// The brand has withdrawn the product.
    Withdrawn,
    /// What `If-Match` names is not the version that there is.
    PreconditionFailed,
    /// The body is larger than this operation takes.
    PayloadTooLarge,
    /// Path and query together are too long.
    UriTooLong,
    /// The body is not of a content type that this operation takes.
    UnsupportedMediaType,
    /// The body is JSON but breaks its schema or rules; `errors` says where.
    ValidationFailed,
    /// The scanned code is not valid; `errors` has the rule and the position.
    InvalidCode,
    /// This `Idempotency-Key` was used with another body.
    IdempotencyKeyReused,
    /// Too many requests from this address, account or visitor; see `Retry-After`.
    TooManyRequests,
    /// The headers are too large.
    HeadersTooLarge,
    /// A fault of ours.
    InternalError,
    /// A service behind the gateway gave no usable answer.
    BadGateway,
    /// Something that is needed is away or full; see `Retry-After`.
    Unavailable,
    /// No answer within the time that the operation has.
    Timeout,
}

impl ProblemType {
    /// All of them, by status.
    pub const ALL: [Self; 21] = [
        Self::MalformedRequest,
        Self::InvalidIdentifier,
        Self::Unauthenticated,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::Withdrawn,
        Self::PreconditionFailed,
        Self::PayloadTooLarge,
        Self::UriTooLong,
        Self::UnsupportedMediaType,
        Self::ValidationFailed,
        Self::InvalidCode,
        Self::IdempotencyKeyReused,
        Self::TooManyRequests,
        Self::HeadersTooLarge,
        Self::InternalError,
        Self::BadGateway,
        Self::Unavailable,
        Self::Timeout,
    ];

    /// HTTP status, slug and title: one row for each type.
    const fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::MalformedRequest => (400, "malformed-request", "The request cannot be read"),
            Self::InvalidIdentifier => (400, "invalid-identifier", "This is not a valid GS1 identifier"),
            Self::Unauthenticated => (401, "unauthenticated", "Valid credentials are needed"),
            Self::Forbidden => (403, "forbidden", "This account may not do that"),
            Self::NotFound => (404, "not-found", "There is no such thing here"),
            Self::MethodNotAllowed => (405, "method-not-allowed", "This path has no such method"),
            Self::Conflict => (409, "conflict", "This conflicts with what is there"),
            Self::Withdrawn => (410, "withdrawn", "The brand has withdrawn this product"),
            Self::PreconditionFailed => (412, "precondition-failed", "It was changed meanwhile"),
            Self::PayloadTooLarge => (413, "payload-too-large", "The body is too large"),
            Self::UriTooLong => (414, "uri-too-long", "The address is too long"),
            Self::UnsupportedMediaType => {
                (415, "unsupported-media-type", "This content type is not taken here")
            }
            Self::ValidationFailed => (422, "validation-failed", "The body breaks a rule"),
            Self::InvalidCode => (422, "invalid-code", "This is not a valid code"),
            Self::IdempotencyKeyReused => {
                (422, "idempotency-key-reused", "This key was used with another body")
            }
            Self::TooManyRequests => (429, "too-many-requests", "Too many requests"),
            Self::HeadersTooLarge => (431, "headers-too-large", "The headers are too large"),
            Self::InternalError => (500, "internal-error", "Something went wrong on our side"),
            Self::BadGateway => (502, "bad-gateway", "A service gave no usable answer"),
            Self::Unavailable => (503, "unavailable", "Not available at the moment"),
            Self::Timeout => (504, "timeout", "No answer in time"),
        }
    }

    /// HTTP status.
    pub const fn status(self) -> u16 {
        self.row().0
    }

    /// Last part of the type's URI.
    pub const fn slug(self) -> &'static str {
        self.row().1
    }

    /// The same words for every problem of this type.
    pub const fn title(self) -> &'static str {
        self.row().2
    }

    /// Value of the member `type`: `urn:packytrace:problem:<slug>`.
    pub fn uri(self) -> String {
        format!("urn:packytrace:problem:{}", self.slug())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_type_of_problem_has_its_own_uri_and_title() {
        let uris: HashSet<String> = ProblemType::ALL.iter().map(|kind| kind.uri()).collect();
        let titles: HashSet<&str> = ProblemType::ALL.iter().map(|kind| kind.title()).collect();
        assert_eq!((uris.len(), titles.len()), (ProblemType::ALL.len(), ProblemType::ALL.len()));
    }

    #[test]
    fn a_problem_type_is_a_urn_of_ours_and_an_error_status() {
        assert_eq!(ProblemType::InvalidCode.uri(), "urn:packytrace:problem:invalid-code");
        for kind in ProblemType::ALL {
            assert!((400..600).contains(&kind.status()), "{kind:?}");
            assert!(kind.slug().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{kind:?}");
        }
    }
}
