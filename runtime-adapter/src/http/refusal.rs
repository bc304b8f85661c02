//! hyper answers a head that is no HTTP by itself, with an empty body and before any service is asked.
//! On its way to the socket that answer becomes a problem like every other of the adapter's.

use bytes::Bytes;
use http::StatusCode;

use super::fault::Fault;
use crate::identifiers;

/// What hyper writes of its own accord has exactly this, and nothing after its head.
const NO_BODY: &str = "content-length: 0\r\n";

/// The problem in place of hyper's refusal; `None` for anything else.
pub(crate) fn as_problem(written: &[u8]) -> Option<Bytes> {
    let head = std::str::from_utf8(written).ok()?.strip_suffix("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()?;
    let fault = match StatusCode::from_u16(status).ok()? {
        StatusCode::BAD_REQUEST => Fault::Malformed("The request is not HTTP/1.1."),
        StatusCode::URI_TOO_LONG => Fault::TargetTooLong,
        StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Fault::HeadTooLarge,
        _ => return None,
    };
    let (before, after) = head.split_once(NO_BODY)?;
    let problem = fault.answer(identifiers::request_id());
    let mut answer = format!("{before}content-length: {}\r\n", problem.body().len()).into_bytes();
    for (name, value) in problem.headers() {
        answer.extend_from_slice(format!("{name}: ").as_bytes());
        answer.extend_from_slice(value.as_bytes());
        answer.extend_from_slice(b"\r\n");
    }
    answer.extend_from_slice(after.as_bytes());
    answer.extend_from_slice(b"\r\n\r\n");
    answer.extend_from_slice(problem.body());
    Some(answer.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hypers_refusal_keeps_its_head_and_gets_a_problem() {
        let written =
            b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\ndate: now\r\n\r\n";
        let answer = String::from_utf8(as_problem(written).unwrap().to_vec()).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 400 Bad Request\r\nconnection: close\r\n"), "{head}");
        assert!(head.ends_with("\r\ndate: now") && head.contains("x-request-id: "), "{head}");
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())), "{head}");
        assert_eq!(serde_json::from_str::<serde_json::Value>(body).unwrap()["status"], 400);
    }

    #[test]
    fn what_else_is_written_stays() {
        for written in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\ncontent-length: 2\r\n\r\nno",
            "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 4",
            "",
        ] {
            assert_eq!(as_problem(written.as_bytes()), None, "{written:?}");
        }
    }
}
