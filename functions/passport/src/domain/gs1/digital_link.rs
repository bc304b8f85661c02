//! GS1 Digital Link URIs, uncompressed: URI Syntax release 1.7.
//!
//! Where the standard and GS1's C syntax engine differ, the standard is followed: the scheme is
//! read in any case, `;` separates parameters as `&` does, a `%` without two hexadecimal digits is
//! an error, and an ITIP may be qualified by AI 22. A trailing slash is read as none (Resolver
//! standard section 2.13). A repeated AI is an error, as in the Resolver standard section 2.4.

use super::code::Code;
use super::dictionary::{Ai, lookup};
use super::element_string::unknown_ai;
use super::epc;
use super::error::{CodeError, CodeErrorKind};
use super::reader::{Escape, Raw, Reader};

/// A piece of the input and its byte offset there.
#[derive(Debug, Clone, Copy)]
struct Piece<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Piece<'a> {
    fn split(self, separators: &'static [char]) -> impl Iterator<Item = Piece<'a>> {
        let mut next = self.at;
        self.text.split(separators).map(move |text| {
            let piece = Piece { text, at: next };
            next += text.len() + 1;
            piece
        })
    }

    fn escaped(self) -> Raw<'a> {
        Raw { text: self.text, at: self.at, escape: Escape::Percent }
    }
}

/// Whether a text means to be a web address.
pub(super) fn is_web_address(text: &str) -> bool {
    let scheme = text.split("://").next().unwrap_or_default();
    scheme.len() < text.len() && (scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http"))
}

/// Reads a URI of any host and stem, which starts at `at` in the input.
pub(super) fn uri(text: &str, at: usize, reader: Reader) -> Result<Code, CodeError> {
    is_written_as_uri(text, at)?;
    let text = text.split('#').next().unwrap_or(text);
    let authority_at = text.find("://").map_or(0, |colon| colon + 3);
    let authority = text[authority_at..].split(['/', '?']).next().unwrap_or_default();
    if !is_host(authority) {
        let detail = "The web address has no valid host name.";
        return Err(CodeError::at(CodeErrorKind::Unreadable, at + authority_at, detail));
    }
    let path_at = authority_at + authority.len();
    let (path, query) = match text[path_at..].split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (&text[path_at..], None),
    };
    let query = query.map(|query| Piece { text: query, at: at + path_at + path.len() + 1 });
    let segments = segments(Piece { text: path, at: at + path_at });
    let start = primary_key(&segments).unwrap_or_default();
    from_key(segments.get(start..).unwrap_or_default(), query, reader)
}

/// Reads the path and query of a request to a resolver without a stem: the key comes first.
pub(super) fn path_and_query(path: &str, query: Option<&str>, reader: Reader) -> Result<Code, CodeError> {
    let query = query.map(|query| Piece { text: query, at: path.len() + 1 });
    is_written_as_uri(path, 0)?;
    if let Some(query) = query {
        is_written_as_uri(query.text, query.at)?;
    }
    from_key(&segments(Piece { text: path, at: 0 }), query, reader)
}

/// RFC 3986 section 2, and the double quote that the grammar of the URI Syntax lets stand in data.
fn is_written_as_uri(text: &str, at: usize) -> Result<(), CodeError> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%\"".contains(&byte);
    for (offset, byte) in text.bytes().enumerate() {
        let broken = match byte {
            b'%' => {
                let digits = text.as_bytes().get(offset + 1..offset + 3);
                !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            }
            other => !allowed(other),
        };
        if broken {
            let detail = "Here is a character that must be percent-encoded in a web address.";
            return Err(CodeError::at(CodeErrorKind::InvalidCharacter, at + offset, detail));
        }
    }
    Ok(())
}

/// `host [ ":" port ]` of RFC 3986, without a user.
fn is_host(authority: &str) -> bool {
    let (host, port) = match authority.rfind(']') {
        Some(end) => authority.split_at(end + 1),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let is_port = port.is_empty()
        || port.strip_prefix(':').is_some_and(|port| port.bytes().all(|b| b.is_ascii_digit()));
    let is_address =
        |inside: &str| inside.bytes().all(|byte| byte.is_ascii_hexdigit() || matches!(byte, b':' | b'.'));
    let is_name = match host.strip_prefix('[') {
        Some(literal) => literal.strip_suffix(']').is_some_and(is_address),
        None => !host.is_empty() && !host.contains(['[', ']', '@', '"']),
    };
    is_name && is_port
}

/// The segments of a path; a slash at its end opens none.
fn segments(path: Piece<'_>) -> Vec<Piece<'_>> {
    let mut segments: Vec<_> = path.split(&['/']).skip(1).collect();
    if segments.last().is_some_and(|segment| segment.text.is_empty()) {
        segments.pop();
    }
    segments
}

/// Where the key stands: the last one behind which AIs and data take turns up to the end.
///
/// The stem in front of it may hold anything, even what looks like a key. In a URI without such a
/// place it is the first AI that could be a key, so that the error says what is wrong behind it.
fn primary_key(segments: &[Piece<'_>]) -> Option<usize> {
    let key = |index: usize| lookup(segments[index].text).filter(|ai| ai.entry.key.is_some());
    let ais = (0..segments.len().saturating_sub(1)).rev().step_by(2);
    let mut known = ais.take_while(|index| lookup(segments[*index].text).is_some());
    known.find(|index| key(*index).is_some()).or_else(|| {
        let last = segments.len().checked_sub(1)?;
        if epc::is_binary_string(segments[last].text) {
            return Some(last);
        }
        (0..segments.len()).find(|index| key(*index).is_some())
    })
}

/// Reads a key, its qualifiers and the attributes in the query.
fn from_key(segments: &[Piece<'_>], query: Option<Piece<'_>>, mut reader: Reader) -> Result<Code, CodeError> {
    let Some(first) = segments.first() else {
        return Err(no_key(0));
    };
    let (key, in_path) = if epc::is_binary_string(first.text) {
        if let Some(further) = segments.get(1) {
            return Err(no_key(further.at));
        }
        (epc::read(first.text, first.at, &mut reader)?, 2)
    } else {
        let key = lookup(first.text).filter(|ai| ai.entry.key.is_some());
        let key = key.ok_or_else(|| no_key(first.at))?;
        path(key, segments, &mut reader)?;
        (key, segments.len() / 2)
    };
    for parameter in query.into_iter().flat_map(|query| query.split(&['&', ';'])) {
        attribute(key, parameter, &mut reader)?;
    }
    reader.finish(in_path)
}

fn no_key(at: usize) -> CodeError {
    let detail = "This web address has no GS1 key in its path, such as /01/ and a GTIN.";
    CodeError::at(CodeErrorKind::Unreadable, at, detail)
}

fn path(key: Ai, segments: &[Piece<'_>], reader: &mut Reader) -> Result<(), CodeError> {
    let mut qualifiers: Vec<&str> = Vec::new();
    for (index, pair) in segments.chunks(2).enumerate() {
        let name = pair[0];
        let Some(ai) = lookup(name.text) else {
            return Err(unknown_ai(name.text, name.at));
        };
        if index > 0 {
            may_follow(key, &qualifiers, ai, name.at)?;
            qualifiers.push(ai.name);
        }
        // An AI without a segment behind it has empty data, at the end of the path.
        let end = Piece { text: "", at: name.at + name.text.len() };
        reader.add_once(ai, name.at, pair.get(1).copied().unwrap_or(end).escaped())?;
    }
    Ok(())
}

/// Whether an AI may qualify the key behind the qualifiers that it has already, section 4.9.
fn may_follow(key: Ai, qualifiers: &[&str], ai: Ai, at: usize) -> Result<(), CodeError> {
    let sequences = key.entry.key.unwrap_or_default();
    if !sequences.iter().any(|sequence| sequence.contains(&ai.name)) {
        let detail = format!(
            "AI {} ({}) does not qualify AI {}: it belongs into the query part, such as ?{}=….",
            ai.name, ai.entry.title, key.name, ai.name
        );
        return Err(CodeError::at(CodeErrorKind::NotAllowedHere, at, detail).of_ai(ai.name));
    }
    let path = || qualifiers.iter().copied().chain([ai.name]);
    let in_order = |sequence: &&[&str]| {
        let mut rest = sequence.iter();
        path().all(|wanted| rest.any(|qualifier| *qualifier == wanted))
    };
    if sequences.iter().any(in_order) || qualifiers.contains(&ai.name) {
        return Ok(());
    }
    let together = |sequence: &&[&str]| path().all(|ai| sequence.contains(&ai));
    if sequences.iter().any(together) {
        let before = qualifiers.last().copied().unwrap_or_default();
        let detail = format!("AI {} must stand in front of AI {before}.", ai.name);
        return Err(CodeError::at(CodeErrorKind::QualifierOrder, at, detail).of_ai(ai.name));
    }
    let detail = format!("AI {} cannot stand beside AI {}.", ai.name, qualifiers.join(", "));
    Err(CodeError::at(CodeErrorKind::NotAllowedHere, at, detail).of_ai(ai.name))
}

/// Reads one parameter of the query, section 4.10; names that are not all digits are none of GS1's.
fn attribute(key: Ai, parameter: Piece<'_>, reader: &mut Reader) -> Result<(), CodeError> {
    let (name, value) = parameter.text.split_once('=').unwrap_or((parameter.text, ""));
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let Some(ai) = lookup(name) else {
        return Err(unknown_ai(name, parameter.at));
    };
    if !ai.entry.attribute || belongs_into_path(key, ai.name, |name| reader.has(name)) {
        let detail =
            format!("AI {name} ({}) may not stand in the query part of this web address.", ai.entry.title);
        return Err(CodeError::at(CodeErrorKind::NotAllowedHere, parameter.at, detail).of_ai(name));
    }
    let end = parameter.at + parameter.text.len();
    let value = Piece { text: value, at: end - value.len() };
    if let Some(plus) = value.text.find('+') {
        let detail = format!("AI {name}: a + means a space here; a plus sign is written %2B.");
        let position = value.at + plus;
        return Err(CodeError::at(CodeErrorKind::InvalidCharacter, position, detail).of_ai(name));
    }
    reader.add_once(ai, parameter.at, value.escaped())
}

/// Whether an AI could stand among the qualifiers of the path: then it must stand there.
pub(super) fn belongs_into_path(key: Ai, ai: &str, in_path: impl Fn(&str) -> bool) -> bool {
    let sequences = key.entry.key.unwrap_or_default();
    let qualifiers = || sequences.iter().copied().flatten().filter(|name| in_path(name));
    sequences
        .iter()
        .any(|sequence| sequence.contains(&ai) && qualifiers().all(|present| sequence.contains(present)))
}
