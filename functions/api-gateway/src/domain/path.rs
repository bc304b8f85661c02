//! Paths as they came on the wire: which are refused before anything else looks at them.
//!
//! Caddy passes every path on unchanged, and services read paths their own way. What two readers
//! could understand differently is refused here, so that what the route table matched is what
//! the service sees.

use std::borrow::Cow;

/// Longest path and query together, in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
/// How often a path is decoded in search of a hidden `/internal/`.
const SPELLINGS: usize = 4;

/// Why a request's target is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// Path and query are longer than [`MAX_BYTES`].
    #[error("longer than {MAX_BYTES} bytes")]
    TooLong,
    /// Some spelling of `/internal/…`, which nobody outside may know.
    #[error("an internal path")]
    Internal,
    /// Something that two readers could understand differently.
    #[error("{0}")]
    Malformed(&'static str),
}

/// Checks a raw path and query.
pub fn check(path: &str, query: Option<&str>) -> Result<(), PathError> {
    let length = path.len() + query.map_or(0, |query| query.len() + 1);
    if length > MAX_BYTES {
        return Err(PathError::TooLong);
    }
    if is_internal(path) {
        return Err(PathError::Internal);
    }
    check_path(path)?;
    check_query(query.unwrap_or_default())
}

fn check_path(path: &str) -> Result<(), PathError> {
    let Some(segments) = path.strip_prefix('/') else {
        return Err(PathError::Malformed("the path does not begin with a slash"));
    };
    let last = segments.split('/').count() - 1;
    for (index, segment) in segments.split('/').enumerate() {
        if segment.is_empty() && index != last {
            return Err(PathError::Malformed("the path has an empty segment"));
        }
        check_segment(segment, Segment::of(segments, index))?;
    }
    Ok(())
}

/// What a segment is to its reader.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Segment {
    /// The value of a GS1 key qualifier, as in `/01/…/10/{lot}`: its reader decodes it exactly
    /// once, and a lot may hold any of the characters that are refused elsewhere.
    QualifierValue,
    Other,
}

impl Segment {
    fn of(segments: &str, index: usize) -> Self {
        let is_value = segments.starts_with("01/") && index >= 3 && index % 2 == 1;
        if is_value { Self::QualifierValue } else { Self::Other }
    }
}

fn check_segment(segment: &str, kind: Segment) -> Result<(), PathError> {
    let mut decoded = Vec::with_capacity(segment.len());
    let mut bytes = segment.bytes();
    while let Some(byte) = bytes.next() {
        if byte >= 0x7f || byte <= b' ' || byte == b'\\' {
            return Err(PathError::Malformed("the path has a character that must be percent-encoded"));
        }
        if byte == b'%' {
            let (high, low) = (bytes.next().and_then(hex), bytes.next().and_then(hex));
            let (Some(high), Some(low)) = (high, low) else {
                return Err(PathError::Malformed("the path has a broken percent-encoding"));
            };
            decoded.push(high << 4 | low);
        } else {
            decoded.push(byte);
        }
    }
    if decoded == b"." || decoded == b".." {
        return Err(PathError::Malformed("the path has a dot segment"));
    }
    if decoded.iter().any(|byte| byte.is_ascii_control() || *byte == b'\\') {
        return Err(PathError::Malformed("the path encodes a control character or a backslash"));
    }
    if kind == Segment::Other && decoded.iter().any(|byte| matches!(byte, b'/' | b'%' | b';')) {
        return Err(PathError::Malformed("the path encodes a separator"));
    }
    Ok(())
}

/// A query goes to its owner byte for byte; only what no owner could want is refused.
fn check_query(query: &str) -> Result<(), PathError> {
    if !query.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(PathError::Malformed("the query has a character that must be percent-encoded"));
    }
    if query.contains("%00") {
        return Err(PathError::Malformed("the query encodes a null character"));
    }
    Ok(())
}

/// Whether any reader could take this path for `/internal/…`: decoded as often as anybody might,
/// in any case, with backslashes, doubled slashes, dot segments and parameters.
fn is_internal(path: &str) -> bool {
    let mut spelling = Cow::Borrowed(path);
    for _ in 0..SPELLINGS {
        if begins_internal(&spelling) {
            return true;
        }
        if !spelling.contains('%') {
            return false;
        }
        spelling = Cow::Owned(decode(&spelling));
    }
    begins_internal(&spelling)
}

fn begins_internal(path: &str) -> bool {
    let mut segments = Vec::new();
    for segment in path.split(['/', '\\']) {
        match segment.split(';').next().unwrap_or_default() {
            "" | "." => {}
            ".." => drop(segments.pop()),
            name => segments.push(name),
        }
    }
    segments.first().is_some_and(|first| first.eq_ignore_ascii_case("internal"))
}

/// Percent-decodes once; what is no encoding stays as it is.
fn decode(text: &str) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let pair = after.first().copied().and_then(hex).zip(after.get(1).copied().and_then(hex));
        rest = after;
        if let (b'%', Some((high, low))) = (byte, pair) {
            decoded.push(high << 4 | low);
            rest = &after[2..];
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinary_paths_pass() {
        for path in [
            "/",
            "/healthz",
            "/api/v1/scans/0199c0de-0000-7000-8000-000000000000",
            "/01/09506000134352",
            "/01/09506000134352/",
            "/01/09506000134352/22/2A/10/L1/21/S%201",
            "/.well-known/gs1resolver",
            "/api/v1/products/a..b",
        ] {
            assert_eq!(check(path, None), Ok(()), "{path}");
        }
    }

    #[test]
    fn a_qualifier_value_may_hold_what_is_refused_elsewhere() {
        for value in ["A%2FB", "A%2fB", "100%25", "A;B", "A%3BB", "%252f"] {
            for path in
                [format!("/01/09506000134352/10/{value}"), format!("/01/09506000134352/22/2A/10/{value}/")]
            {
                assert_eq!(check(&path, None), Ok(()), "{path}");
            }
            for path in [
                format!("/01/{value}"),
                format!("/01/09506000134352/{value}/L1"),
                format!("/api/v1/scans/{value}"),
                format!("/api/v1/products/{value}/x/{value}"),
            ] {
                assert!(matches!(check(&path, None), Err(PathError::Malformed(_))), "{path}");
            }
        }
    }

    #[test]
    fn what_readers_could_understand_differently_is_refused() {
        for path in [
            "",
            "*",
            "api/v1/scans",
            "http://pt.example/api/v1/scans",
            "//api/v1/scans",
            "/api//v1/scans",
            "/api/v1/scans//",
            "/./api",
            "/api/./v1",
            "/api/v1/.",
            "/api/../api/v1/scans",
            "/api/v1/..",
            "/..",
            "/api/%2e/v1",
            "/api/%2E%2e/v1",
            "/api/.%2e/v1",
            "/01/09506000134352/10/..",
            "/01/09506000134352/10/%2e%2e",
            "/api\\v1",
            "/api/v1%5cscans",
            "/api/v1%5Cscans",
            "/01/09506000134352/10/A%5CB",
            "/api/v1/%00",
            "/01/09506000134352/10/A%00",
            "/01/09506000134352/10/A%0d%0aX",
            "/api/v1/%7f",
            "/api/v1/caf\u{e9}",
            "/api/v1/ scans",
            "/api/v1/%",
            "/api/v1/%2",
            "/api/v1/%zz",
            "/api/v1/%+1",
        ] {
            assert!(matches!(check(path, None), Err(PathError::Malformed(_))), "{path}");
        }
    }

    #[test]
    fn internal_paths_are_known_in_every_spelling() {
        for path in [
            "/internal",
            "/internal/v1/verdicts",
            "/Internal/v1",
            "/INTERNAL/",
            "//internal/v1",
            "/./internal/v1",
            "/api/../internal/v1",
            "/api/v1/../../internal/v1",
            "/%69nternal/v1",
            "/%2569nternal/v1",
            "/%49NTERNAL/v1",
            "/internal%2fv1/verdicts",
            "/internal%252fv1",
            "/internal;x=1/v1",
            "/internal%3bx/v1",
            "\\internal\\v1",
            "/%2e/internal/v1",
            "/api/%2e%2e/internal/v1",
            "/api%2f..%2finternal/v1",
            "/%5cinternal",
            "internal/v1",
        ] {
            assert_eq!(check(path, None), Err(PathError::Internal), "{path}");
        }
        assert_eq!(check("/api/v1/internal", None), Ok(()));
        assert_eq!(check("/internals", None), Ok(()));
    }

    #[test]
    fn a_query_passes_byte_for_byte() {
        for query in ["", "q=100%25", "linkType=gs1%3Apip&x=a%2Fb;c", "next=//evil/../x", "a=%e2%82%ac&b=\\"]
        {
            assert_eq!(check("/01/09506000134352", Some(query)), Ok(()), "{query}");
        }
        for query in ["q=%00", "q=caf\u{e9}", "q=a b"] {
            assert!(
                matches!(check("/api/v1/products", Some(query)), Err(PathError::Malformed(_))),
                "{query}"
            );
        }
    }

    #[test]
    fn path_and_query_together_have_a_limit() {
        let path = format!("/{}", "a".repeat(MAX_BYTES - 3));
        assert_eq!(check(&path, Some("")), Ok(()));
        assert_eq!(check(&path, Some("x")), Ok(()));
        assert_eq!(check(&path, Some("xy")), Err(PathError::TooLong));
    }

    proptest::proptest! {
        #[test]
        fn no_path_makes_it_panic(path in ".*", query in ".*") {
            let _ = check(&path, Some(&query));
        }

        #[test]
        fn a_path_that_passes_has_one_reading(path in "(/[a-z.%;2fFeE5cC\\\\]{0,6}){1,6}") {
            if check(&path, None).is_ok() && !path.starts_with("/01/") {
                let once = decode(&path);
                proptest::prop_assert_eq!(once.matches('/').count(), path.matches('/').count());
                proptest::prop_assert_eq!(decode(&once), once);
            }
        }
    }
}
