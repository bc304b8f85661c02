//! What was asked: JSON, query and path, with clear problems when they cannot be read.

use axum::{
    extract::{FromRequest, FromRequestParts, Request, rejection::BytesRejection},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{StatusCode, header, request::Parts};
use serde::{Serialize, de::DeserializeOwned};
use shared_contracts::problem::ProblemType;

use crate::problem::Problem;

/// A JSON body. No JSON at all is 400; JSON that breaks the contract (an unknown member, a
/// wrong type) is 422 with the place; another content type is 415.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Self::Rejection> {
        if !is_json(&request) {
            return Err(Problem::new(
                ProblemType::UnsupportedMediaType,
                "The body must be application/json.",
            ));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(|error| unread(&error))?;
        // serde takes an array for a struct, member by member; the contract does not.
        if bytes.trim_ascii_start().first().is_some_and(|first| *first == b'[') {
            return Err(Problem::new(ProblemType::ValidationFailed, "The body must be a JSON object."));
        }
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let pointer = pointer(error.path());
            match error.inner().classify() {
                serde_json::error::Category::Data => {
                    Problem::new(ProblemType::ValidationFailed, "The body does not fit its schema.")
                        .field(pointer, without_position(&error.inner().to_string()))
                }
                _ => Problem::bad_request(format!("The body is not JSON: {}", error.inner())),
            }
        })?;
        reader.end().map_err(|error| Problem::bad_request(format!("The body is not JSON: {error}")))?;
        Ok(Self(value))
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// Query parameters; what cannot be read is 400.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match axum::extract::Query::<T>::from_request_parts(parts, state).await {
            Ok(query) => Ok(Self(query.0)),
            Err(error) => Err(Problem::bad_request(error.body_text())),
        }
    }
}

/// Path parameters; what cannot be read is 400.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(path) => Ok(Self(path.0)),
            Err(error) => Err(Problem::bad_request(error.body_text())),
        }
    }
}

fn is_json(request: &Request) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/json")
        || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unread(error: &BytesRejection) -> Problem {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(ProblemType::PayloadTooLarge, "The body is larger than this route takes.")
    } else {
        Problem::bad_request("The body cannot be read.")
    }
}

/// A JSON Pointer (RFC 6901) from the path at which reading failed.
fn pointer(path: &serde_path_to_error::Path) -> String {
    use serde_path_to_error::Segment;
    path.iter().fold(String::new(), |pointer, segment| match segment {
        Segment::Seq { index } => format!("{pointer}/{index}"),
        Segment::Map { key } => format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")),
        Segment::Enum { variant } => format!("{pointer}/{variant}"),
        Segment::Unknown => pointer,
    })
}

/// serde's sentence without " at line 1 column 9", which the pointer says better.
fn without_position(sentence: &str) -> String {
    sentence.split(" at line ").next().unwrap_or(sentence).to_owned()
}
