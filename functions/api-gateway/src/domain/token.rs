//! Access tokens: what a Keycloak token must be before the gateway believes it (RFC 9068).
//!
//! `jsonwebtoken` checks the signature and nothing else: its defaults for header and claims are
//! not our rules. Claims are derived structs without `flatten`, so that a claim that comes twice
//! is an error and not a choice.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use http::{HeaderMap, header};
use serde::{Deserialize, Deserializer};
use uuid::Uuid;

use super::keys::VerifyingKey;

/// The audience that every token for our API names.
pub const AUDIENCE: &str = "packytrace-api";
/// Largest token in bytes.
pub const MAX_BYTES: usize = 8 * 1024;
/// Longest key id in characters.
pub const MAX_KEY_ID: usize = 128;
/// How far Keycloak's clock and ours may differ, in seconds.
pub const SKEW_SECONDS: i64 = 10;
/// Longest time between `iat` and `exp`, in seconds.
pub const MAX_LIFETIME_SECONDS: i64 = 60 * 60;
/// Header `typ` of an access token; ID, refresh and logout tokens have others.
const HEADER_TYPE: &str = "at+jwt";
/// Payload `typ` of an access token that Keycloak issued as a bearer token.
const PAYLOAD_TYPE: &str = "Bearer";
/// The realm role of PackyTrace's own operators.
const ADMIN_ROLE: &str = "platform-admin";

/// Why a token is not believed. The caller learns none of this; operators do. It repeats nothing
/// of the token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// More than one `Authorization`, a comma in it, or another scheme.
    #[error("not exactly one bearer token")]
    NotOneBearer,
    /// Not three strict base64url parts of at most [`MAX_BYTES`].
    #[error("not a JWS in compact form")]
    NotCompact,
    /// The header is no JSON object of ours, or has a member that changes its meaning.
    #[error("a header that is not understood")]
    Header,
    /// Not RS256.
    #[error("another algorithm than RS256")]
    Algorithm,
    /// An ID, refresh or logout token.
    #[error("another type than an access token")]
    Type,
    /// No usable key id.
    #[error("no usable key id")]
    KeyId,
    /// Keycloak's key set has no such key.
    #[error("an unknown key")]
    UnknownKey,
    /// Not signed by that key.
    #[error("a wrong signature")]
    Signature,
    /// A claim is missing, comes twice, or has another type.
    #[error("claims that are not understood")]
    Claims,
    /// Issued by somebody else.
    #[error("another issuer")]
    Issuer,
    /// Meant for somebody else.
    #[error("another audience")]
    Audience,
    /// Issued to a client that may not call us.
    #[error("another client")]
    Client,
    /// Expired, not yet valid, or valid for too long.
    #[error("outside its time")]
    Time,
    /// Of an account that was erased.
    #[error("of an erased account")]
    Revoked,
}

/// An account whose token was believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Keycloak's user id, which is the account id.
    pub id: Uuid,
    /// Whether the realm role `platform-admin` was granted.
    pub platform_admin: bool,
}

/// The bearer token of a request; `None` for a request without `Authorization`.
pub fn bearer(headers: &HeaderMap) -> Result<Option<&str>, Refusal> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (None, _) => return Ok(None),
        (Some(value), None) => value.to_str().map_err(|_| Refusal::NotOneBearer)?,
        _ => return Err(Refusal::NotOneBearer),
    };
    let (scheme, token) = value.split_once(' ').ok_or(Refusal::NotOneBearer)?;
    let one_bearer =
        scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && !token.contains([',', ' ']);
    if one_bearer { Ok(Some(token)) } else { Err(Refusal::NotOneBearer) }
}

/// A token whose header is one of ours, and whose signature nobody has looked at yet.
#[derive(Debug)]
pub struct Unverified<'t> {
    key_id: String,
    message: &'t str,
    signature: &'t str,
    payload: Vec<u8>,
}

/// The payload of a token whose signature holds.
#[derive(Debug)]
pub struct Verified(Vec<u8>);

/// The header's members that we read. `jku`, `x5u`, `x5c` and `jwk` are never read: a token does
/// not choose the key that it is checked with.
#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
    #[serde(default, rename = "crit")]
    _crit: Absent,
    #[serde(default, rename = "zip")]
    _zip: Absent,
    #[serde(default, rename = "cty")]
    _cty: Absent,
    #[serde(default, rename = "enc")]
    _enc: Absent,
}

/// A member that would change the token's meaning: whatever its value, it cannot be read.
#[derive(Default)]
struct Absent;

impl<'de> Deserialize<'de> for Absent {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("this member must not be there"))
    }
}

impl<'t> Unverified<'t> {
    /// Reads the compact form and judges the header.
    pub fn parse(token: &'t str) -> Result<Self, Refusal> {
        if token.len() > MAX_BYTES {
            return Err(Refusal::NotCompact);
        }
        let (message, signature) = token.rsplit_once('.').ok_or(Refusal::NotCompact)?;
        let (header, payload) = message.split_once('.').ok_or(Refusal::NotCompact)?;
        let (header, payload) = (strict(header)?, strict(payload)?);
        strict(signature)?;
        let header: Header = serde_json::from_slice(&header).map_err(|_| Refusal::Header)?;
        if header.alg != "RS256" {
            return Err(Refusal::Algorithm);
        }
        if header.typ != HEADER_TYPE {
            return Err(Refusal::Type);
        }
        if !(1..=MAX_KEY_ID).contains(&header.kid.chars().count()) {
            return Err(Refusal::KeyId);
        }
        Ok(Self { key_id: header.kid, message, signature, payload })
    }

    /// The key to look up: a map key and nothing else.
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Checks the signature.
    pub fn verify(self, key: &VerifyingKey) -> Result<Verified, Refusal> {
        if key.signed(self.message.as_bytes(), self.signature) {
            Ok(Verified(self.payload))
        } else {
            Err(Refusal::Signature)
        }
    }
}

/// Strict base64url: no padding, no white space, no bits left over.
fn strict(part: &str) -> Result<Vec<u8>, Refusal> {
    BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| Refusal::NotCompact)
}

/// The claims that we read.
#[derive(Deserialize)]
struct Claims {
    iss: String,
    aud: Audience,
    azp: String,
    exp: i64,
    iat: i64,
    #[serde(default, deserialize_with = "integer")]
    nbf: Option<i64>,
    typ: String,
    sub: String,
    #[serde(default)]
    realm_access: RealmAccess,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

#[derive(Default, Deserialize)]
struct RealmAccess {
    #[serde(default)]
    roles: Vec<String>,
}

/// A claim that may be absent, but is an integer when it is there (`null` is none).
fn integer<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(deserializer).map(Some)
}

/// Whose tokens are believed.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The one exact `iss`.
    pub issuer: String,
    /// The clients (`azp`) that may call us.
    pub clients: Vec<String>,
}

impl Rules {
    /// The account of a verified token at `now` (Unix seconds).
    pub fn account(&self, token: &Verified, now: i64) -> Result<Account, Refusal> {
        let claims: Claims = serde_json::from_slice(&token.0).map_err(|_| Refusal::Claims)?;
        if claims.iss != self.issuer {
            return Err(Refusal::Issuer);
        }
        let for_us = match &claims.aud {
            Audience::One(audience) => audience == AUDIENCE,
            Audience::Several(audiences) => audiences.iter().any(|audience| audience == AUDIENCE),
        };
        if !for_us {
            return Err(Refusal::Audience);
        }
        if !self.clients.contains(&claims.azp) {
            return Err(Refusal::Client);
        }
        if claims.typ != PAYLOAD_TYPE {
            return Err(Refusal::Type);
        }
        timely(&claims, now)?;
        Ok(Account {
            id: account_id(&claims.sub)?,
            platform_admin: claims.realm_access.roles.iter().any(|role| role == ADMIN_ROLE),
        })
    }
}

fn timely(claims: &Claims, now: i64) -> Result<(), Refusal> {
    let lifetime = claims.exp.checked_sub(claims.iat).ok_or(Refusal::Time)?;
    let begun = claims.iat.max(claims.nbf.unwrap_or(claims.iat)) <= now + SKEW_SECONDS;
    let over = claims.exp <= now - SKEW_SECONDS;
    let sound = (1..=MAX_LIFETIME_SECONDS).contains(&lifetime);
    if begun && !over && sound { Ok(()) } else { Err(Refusal::Time) }
}

/// A UUID as Keycloak writes it; the parser also takes braces, URNs and capitals, which would let
/// one account have several names.
fn account_id(sub: &str) -> Result<Uuid, Refusal> {
    let id = Uuid::try_parse(sub).map_err(|_| Refusal::Claims)?;
    if id.to_string() == sub { Ok(id) } else { Err(Refusal::Claims) }
}

#[cfg(test)]
mod tests;
