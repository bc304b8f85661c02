//! The Visitor ID cookie: a random id, signed so that nobody can take another one's.
//!
//! `v1.<key id>.<uuid v4>.<HMAC-SHA-256 over what precedes, first 16 bytes, base64url>`

use std::collections::HashMap;

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use http::{HeaderMap, header};
use serde::Deserialize;
use uuid::{Uuid, Version};

/// Version of the cookie's form.
const VERSION: &str = "v1";
/// Bytes of a signing key.
const KEY_BYTES: usize = 32;
/// Bytes of the signature that the cookie carries.
const TAG_BYTES: usize = 16;
/// Longest life of the cookie: 13 months, in seconds.
const MAX_AGE: u32 = 395 * 24 * 60 * 60;

/// The secret `visitor-keys`: signing keys by id, in base64.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RingSecret {
    current: String,
    keys: HashMap<String, String>,
}

/// Why a key ring is of no use. It repeats nothing of the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RingError {
    /// The current key is not among the keys.
    #[error("the current visitor key is not in the ring")]
    NoCurrent,
    /// A key is not 32 bytes, or its id does not fit into a cookie.
    #[error("a visitor key or its id has the wrong form")]
    Malformed,
}

/// Signs and checks Visitor IDs.
pub struct Ring {
    current: String,
    keys: HashMap<String, hmac::Key>,
}

/// A visitor whose cookie is genuine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The random id.
    pub id: Uuid,
    /// Which key signed the cookie.
    pub signed_by: SignedBy,
}

/// Which key signed a cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignedBy {
    /// The current one.
    Current,
    /// One that is being retired: the cookie is to be signed anew.
    Older,
}

impl Ring {
    /// The ring that the secret describes.
    pub fn new(secret: RingSecret) -> Result<Self, RingError> {
        let keys: HashMap<_, _> = secret.keys.into_iter().map(key).collect::<Result<_, _>>()?;
        if !keys.contains_key(&secret.current) {
            return Err(RingError::NoCurrent);
        }
        Ok(Self { current: secret.current, keys })
    }

    /// The visitor of a cookie value; `None` for anything that this ring did not sign.
    pub fn read(&self, value: &str) -> Option<Visitor> {
        let (signed, tag) = value.rsplit_once('.')?;
        let mut parts = signed.split('.');
        let (version, key_id, text) = (parts.next()?, parts.next()?, parts.next()?);
        if version != VERSION || parts.next().is_some() {
            return None;
        }
        let tag = BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?;
        verify_slices_are_equal(&self.tag(key_id, signed)?, &tag).ok()?;
        let id = Uuid::try_parse(text).ok()?;
        if id.get_version() != Some(Version::Random) || id.to_string() != text {
            return None;
        }
        let signed_by = if key_id == self.current { SignedBy::Current } else { SignedBy::Older };
        Some(Visitor { id, signed_by })
    }

    /// The cookie value of a visitor, signed with the current key.
    pub fn write(&self, id: Uuid) -> Option<String> {
        let signed = format!("{VERSION}.{}.{id}", self.current);
        let tag = self.tag(&self.current, &signed)?;
        Some(format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag)))
    }

    fn tag(&self, key_id: &str, signed: &str) -> Option<[u8; TAG_BYTES]> {
        let tag = hmac::sign(self.keys.get(key_id)?, signed.as_bytes());
        tag.as_ref().first_chunk().copied()
    }
}

fn key((id, value): (String, String)) -> Result<(String, hmac::Key), RingError> {
    let fits = (1..=64).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let value = BASE64_STANDARD.decode(value).map_err(|_| RingError::Malformed)?;
    if !fits || value.len() != KEY_BYTES {
        return Err(RingError::Malformed);
    }
    Ok((id, hmac::Key::new(hmac::HMAC_SHA256, &value)))
}

/// The id to sign into a new cookie beside an answer: that of a visitor whose key is being
/// retired, unless somebody may store the answer and hand it to others.
pub fn to_sign_anew(visitor: Visitor, answer: &HeaderMap) -> Option<Uuid> {
    let stored =
        answer.get(header::CACHE_CONTROL).and_then(|value| value.to_str().ok()).is_some_and(|directives| {
            !directives.split(',').any(|directive| matches!(directive.trim(), "no-store" | "private"))
        });
    (visitor.signed_by == SignedBy::Older && !stored).then_some(visitor.id)
}

/// Name and attributes of the cookie, which depend on whether the public address has TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// `__Host-pt_vid`, `Secure`.
    OverTls,
    /// `pt_vid`: plain HTTP, on a developer's machine.
    Plain,
}

impl Cookie {
    /// The cookie's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::OverTls => "__Host-pt_vid",
            Self::Plain => "pt_vid",
        }
    }

    /// The one value that a request has for it; `None` also when it has several, because one of
    /// them was planted.
    pub fn value(self, request: &HeaderMap) -> Option<&str> {
        let mut values = request
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok())
            .flat_map(|line| line.split(';'))
            .filter_map(|pair| pair.trim().split_once('='))
            .filter(|(name, _)| *name == self.name());
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// The `Set-Cookie` line for a value.
    pub fn line(self, value: &str) -> String {
        self.lasting(value, MAX_AGE)
    }

    /// The `Set-Cookie` line that takes the cookie away.
    pub fn gone(self) -> String {
        self.lasting("", 0)
    }

    fn lasting(self, value: &str, seconds: u32) -> String {
        let secure = if self == Self::OverTls { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde_json::json;

    use super::*;

    const ID: &str = "5f0c1a52-3c1b-4d0e-8f5a-0b1c2d3e4f50";

    fn ring(current: &str, ids: &[&str]) -> Result<Ring, RingError> {
        let keys: HashMap<_, _> =
            ids.iter().map(|id| (*id, BASE64_STANDARD.encode(id.repeat(32).split_at(32).0))).collect();
        Ring::new(serde_json::from_value(json!({ "current": current, "keys": keys })).unwrap())
    }

    #[test]
    fn a_signed_id_comes_back() {
        let ring = ring("k1", &["k1"]).unwrap();
        let id = ID.parse().unwrap();
        let value = ring.write(id).unwrap();
        assert!(value.starts_with(&format!("v1.k1.{ID}.")), "{value}");
        assert_eq!(ring.read(&value), Some(Visitor { id, signed_by: SignedBy::Current }));
    }

    #[test]
    fn a_cookie_of_an_older_key_is_read_and_known_as_such_until_the_key_is_gone() {
        let id = ID.parse().unwrap();
        let old = ring("k1", &["k1"]).unwrap().write(id).unwrap();
        assert_eq!(
            ring("k2", &["k1", "k2"]).unwrap().read(&old),
            Some(Visitor { id, signed_by: SignedBy::Older })
        );
        assert_eq!(ring("k2", &["k2"]).unwrap().read(&old), None);
    }

    #[test]
    fn nothing_else_is_a_visitor() {
        let ring = ring("k1", &["k1", "k2"]).unwrap();
        let good = ring.write(ID.parse().unwrap()).unwrap();
        let (signed, tag) = good.rsplit_once('.').unwrap();
        let signed_by_us = |text: &str| {
            let signed = format!("v1.k1.{text}");
            format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(ring.tag("k1", &signed).unwrap()))
        };
        for value in [
            String::new(),
            ID.to_owned(),
            signed.to_owned(),
            format!("{signed}."),
            format!("{signed}.{}", &tag[..21]),
            format!("{signed}.{tag}="),
            format!("{signed}.{tag}AA"),
            format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode([0; 16])),
            good.replace("v1.", "v2."),
            good.replace("k1.", "k2."),
            good.replace("k1.", "k9."),
            good.replace("5f0c", "5f0d"),
            good.replace("5f0c", "5F0C"),
            format!("{good}.x"),
            signed_by_us("0199c0de-0000-7000-8000-000000000000"),
            signed_by_us(&ID.to_uppercase()),
            signed_by_us("visitor"),
        ] {
            assert_eq!(ring.read(&value), None, "{value}");
        }
    }

    #[test]
    fn a_ring_without_its_current_key_is_refused() {
        assert_eq!(ring("k2", &["k1"]).map(drop), Err(RingError::NoCurrent));
        assert_eq!(ring("a.b", &["a.b"]).map(drop), Err(RingError::Malformed));
        let short = serde_json::from_value(json!({"current": "k", "keys": {"k": "AAAA"}})).unwrap();
        assert_eq!(Ring::new(short).map(drop), Err(RingError::Malformed));
    }

    #[test]
    fn only_an_answer_that_nobody_stores_renews_a_cookie() {
        let renewed = |signed_by, directives: Option<&str>| {
            let visitor = Visitor { id: ID.parse().unwrap(), signed_by };
            let cache = |directives| (header::CACHE_CONTROL, HeaderValue::from_str(directives).unwrap());
            to_sign_anew(visitor, &directives.map(cache).into_iter().collect()).is_some()
        };
        assert!(renewed(SignedBy::Older, None));
        assert!(
            renewed(SignedBy::Older, Some("no-store"))
                && renewed(SignedBy::Older, Some("max-age=0, private"))
        );
        assert!(
            !renewed(SignedBy::Older, Some("public, max-age=60"))
                && !renewed(SignedBy::Older, Some("no-cache"))
        );
        assert!(!renewed(SignedBy::Current, None));
    }

    #[test]
    fn the_cookie_is_found_once_or_not_at_all() {
        let find = |lines: &[&str]| {
            let headers =
                lines.iter().map(|line| (header::COOKIE, HeaderValue::from_str(line).unwrap())).collect();
            Cookie::Plain.value(&headers).map(str::to_owned)
        };
        assert_eq!(find(&["a=b; pt_vid=v; c=d"]).as_deref(), Some("v"));
        assert_eq!(find(&["a=b", "pt_vid=v"]).as_deref(), Some("v"));
        assert_eq!(find(&["pt_vid=v; pt_vid=w"]), None);
        assert_eq!(find(&["pt_vid=v", "pt_vid=v"]), None);
        assert_eq!(find(&["xpt_vid=v; PT_VID=v; __Host-pt_vid=v"]), None);
    }

    #[test]
    fn the_cookie_is_locked_to_our_host_where_there_is_tls() {
        assert_eq!(
            Cookie::OverTls.line("x"),
            "__Host-pt_vid=x; Path=/; Max-Age=34128000; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(Cookie::Plain.line("x"), "pt_vid=x; Path=/; Max-Age=34128000; HttpOnly; SameSite=Lax");
    }
}
