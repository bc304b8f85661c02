//! The address of an event's request, which `lambda_http` makes by way of a URL: where that would change
//! nothing it is put together here, where it would panic the event is refused.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use http::Uri;
use http::header::{HOST, HeaderName};
use http::uri::Authority;
use percent_encoding::percent_encode_byte;
use url::Url;

use super::fault::Fault;

/// What `http::Uri` takes.
const URI_LIMIT: usize = 65_534 - 1;

const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The address of an event that a URL would leave as it is, as nearly all are; `None` for any other.
pub(crate) fn plain(event: &ApiGatewayV2httpRequest) -> Option<Uri> {
    let host = event.headers.get(HOST)?.to_str().ok()?;
    let path = event.raw_path.as_deref()?;
    let query = event.raw_query_string.as_deref().unwrap_or_default();
    let is_plain = !event.headers.contains_key(FORWARDED_PROTO)
        && is_plain_host(host)
        && is_plain_path(path)
        && query.bytes().all(|byte| byte.is_ascii_graphic() && !not_in_query(byte.into()))
        && host.len() + path.len() + query.len() < URI_LIMIT / 2;
    let mark = if query.is_empty() { "" } else { "?" };
    is_plain.then(|| format!("https://{host}{path}{mark}{query}").parse().ok()).flatten()
}

/// A name in small letters or an IPv4 address, and a port that is not the scheme's own.
fn is_plain_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let is_label = |label: &str| {
        let letters = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        !label.is_empty() && !label.starts_with("xn--") && label.bytes().all(letters)
    };
    // a last label that begins with a digit may be a number of an address, in any of its spellings
    let is_name = name.split('.').all(is_label)
        && name
            .rsplit('.')
            .next()
            .is_some_and(|last| last.starts_with(|first: char| first.is_ascii_lowercase()));
    let is_port =
        |port: &str| port.parse::<u16>().is_ok_and(|number| number != 443 && port == number.to_string());
    (is_name || name.parse::<Ipv4Addr>().is_ok()) && port.is_none_or(is_port)
}

/// A path of letters that no URL encodes, and without segments that one resolves.
fn is_plain_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.~!$&'()*+,;=:@%".contains(&byte);
    let encodes_a_dot = || path.as_bytes().windows(3).any(|bytes| bytes.eq_ignore_ascii_case(b"%2e"));
    path.starts_with('/') && path.bytes().all(plain) && !path.contains("/.") && !encodes_a_dot()
}

/// What `http::Uri` does not take in a query, and what would end it. Letters beyond ASCII it takes.
pub(crate) fn not_in_query(character: char) -> bool {
    character.is_ascii_control() || matches!(character, ' ' | '"' | '#' | '<' | '>')
}

/// The character as it may stand in a query.
pub(crate) fn encoded_for_query(character: char) -> Cow<'static, str> {
    match u8::try_from(character) {
        Ok(byte) if not_in_query(character) => Cow::Borrowed(percent_encode_byte(byte)),
        _ => Cow::Owned(character.to_string()),
    }
}

/// Whether `lambda_http` can make a URL of the event; it panics where it cannot.
pub(crate) fn check(event: &ApiGatewayV2httpRequest) -> Result<(), Fault> {
    let text = |name: HeaderName| event.headers.get(name).and_then(|value| value.to_str().ok());
    let path = event.raw_path.as_deref().unwrap_or_default();
    if !path.starts_with('/') {
        return Err(Fault::Malformed("The request's target is no path."));
    }
    let scheme = text(FORWARDED_PROTO).unwrap_or("https");
    if scheme != "http" && scheme != "https" {
        return Err(Fault::Malformed("X-Forwarded-Proto is neither http nor https."));
    }
    let host = text(HOST).or(event.request_context.domain_name.as_deref());
    let host = host.ok_or(Fault::Malformed("The Host is missing."))?;
    let unusable = Fault::Malformed("The Host is unusable.");
    let authority: Authority = host.parse().map_err(|_| unusable)?;
    if authority.as_str().contains('@') {
        return Err(unusable);
    }
    let url = Url::parse(&format!("{scheme}://{host}{path}")).map_err(|_| unusable)?;
    Uri::try_from(url.as_str()).map_err(|_| unusable)?;
    let query = event.raw_query_string.as_deref().unwrap_or_default();
    // three bytes for each that may have to be percent-encoded
    if url.as_str().len() + 3 * query.len() > URI_LIMIT {
        return Err(Fault::Malformed("The request's target is too long."));
    }
    Ok(())
}
