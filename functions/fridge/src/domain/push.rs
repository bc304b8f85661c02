//! Web Push: where messages may go, how they are sealed (RFC 8291, RFC 8188), and who we say that
//! we are (VAPID, RFC 8292). A message names no product and no fact about anybody.

use std::net::IpAddr;

use aws_lc_rs::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    agreement::{self, ECDH_P256, PrivateKey, UnparsedPublicKey},
    hmac,
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared_contracts::fridge::{NoticeKind, PushKeys};
use url::Url;

/// Size of a sealed record; ours are far smaller.
const RECORD: u32 = 4_096;
/// For how long a push service may take our word (RFC 8292 allows a day).
const WORD: TimeDelta = TimeDelta::hours(12);

/// Why nothing can be pushed.
#[derive(Debug, thiserror::Error)]
pub enum PushError {
    /// The endpoint is none that we push to.
    #[error("must be an https address of a push service that we know")]
    Endpoint,
    /// The browser's keys are none.
    #[error("must be a P-256 point and a secret of 16 bytes, base64url")]
    Keys,
    /// Our own key, or the system's randomness.
    #[error("a message cannot be sealed or signed")]
    Own,
}

/// The keys of one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Browser {
    public: Vec<u8>,
    auth: Vec<u8>,
}

/// Our own signing key, as the secret `vapid-key` holds it.
#[derive(Deserialize)]
pub struct VapidKey {
    /// PKCS#8 of a P-256 key, base64.
    pub pkcs8: String,
}

/// What a browser is told.
#[derive(Serialize)]
struct Message {
    kind: NoticeKind,
}

/// The text of a message: a kind and nothing else; the app asks us for what is new.
pub fn message(kind: NoticeKind) -> Vec<u8> {
    serde_json::to_vec(&Message { kind }).unwrap_or_default()
}

/// An endpoint that we push to: https on its own port, at a host of the list (`*.` stands for one or
/// more labels).
///
/// # Errors
/// Any other.
pub fn endpoint(text: &str, hosts: &[String]) -> Result<Url, PushError> {
    let url: Url = text.parse().map_err(|_| PushError::Endpoint)?;
    let host = url.domain().ok_or(PushError::Endpoint)?.to_owned();
    let known = hosts.iter().any(|known| match known.strip_prefix("*.") {
        Some(suffix) => host.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.')),
        None => *known == host,
    });
    let plain = url.scheme() == "https"
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if known && plain { Ok(url) } else { Err(PushError::Endpoint) }
}

/// Whether an address is one of the public internet.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special = v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_broadcast()
                || v4.is_documentation()
                || v4.is_multicast();
            // This network, shared address space, protocol assignments, benchmarks, reserved.
            let reserved = a == 0
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 198 && (18..20).contains(&b))
                || a >= 240;
            !special && !reserved
        }
        // Global unicast, without documentation, and what stands for an IPv4 address (6to4, Teredo).
        IpAddr::V6(v6) => {
            let [first, second, ..] = v6.segments();
            first & 0xe000 == 0x2000
                && first != 0x2002
                && !(first == 0x2001 && (second < 0x200 || second == 0xdb8))
        }
    }
}

impl Browser {
    /// The keys that a browser gave.
    ///
    /// # Errors
    /// What are none.
    pub fn read(keys: &PushKeys) -> Result<Self, PushError> {
        let bytes = |text: &str| {
            BASE64_URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| PushError::Keys)
        };
        let (public, auth) = (bytes(&keys.p256dh)?, bytes(&keys.auth)?);
        let sound = public.len() == 65 && public[0] == 4 && auth.len() == 16;
        if sound { Ok(Self { public, auth }) } else { Err(PushError::Keys) }
    }

    /// Seals a message so that only this browser reads it. `salt` is of this message alone.
    ///
    /// # Errors
    /// A point that is not on the curve, or no randomness.
    pub fn seal(&self, message: &[u8], salt: [u8; 16]) -> Result<Vec<u8>, PushError> {
        let own = PrivateKey::generate(&ECDH_P256).map_err(|_| PushError::Own)?;
        self.seal_with(&own, message, salt)
    }

    fn seal_with(&self, own: &PrivateKey, message: &[u8], salt: [u8; 16]) -> Result<Vec<u8>, PushError> {
        let own_public = own.compute_public_key().map_err(|_| PushError::Own)?;
        let peer = UnparsedPublicKey::new(&ECDH_P256, &self.public);
        let shared = agreement::agree(own, peer, PushError::Keys, |secret| Ok(derive(&self.auth, secret)))?;
        let info = [b"WebPush: info\0".as_slice(), &self.public, own_public.as_ref()].concat();
        let input = derive(&salt, &expand(&shared, &info));
        let key = expand(&input, b"Content-Encoding: aes128gcm\0");
        let nonce = expand(&input, b"Content-Encoding: nonce\0");
        let key = UnboundKey::new(&AES_128_GCM, &key[..16]).map_err(|_| PushError::Own)?;
        let nonce = Nonce::try_assume_unique_for_key(&nonce[..12]).map_err(|_| PushError::Own)?;
        // One record, the last one: its padding begins with 2.
        let mut record = [message, &[2]].concat();
        LessSafeKey::new(key)
            .seal_in_place_append_tag(nonce, Aad::empty(), &mut record)
            .map_err(|_| PushError::Own)?;
        let length = u8::try_from(own_public.as_ref().len()).map_err(|_| PushError::Own)?;
        Ok([&salt, RECORD.to_be_bytes().as_slice(), &[length], own_public.as_ref(), &record].concat())
    }
}

/// HKDF-Extract with SHA-256 (RFC 5869).
fn derive(salt: &[u8], input: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), input).as_ref().to_vec()
}

/// HKDF-Expand with SHA-256, its first block.
fn expand(key: &[u8], info: &[u8]) -> Vec<u8> {
    derive(key, &[info, &[1]].concat())
}

impl VapidKey {
    fn pair(&self) -> Result<EcdsaKeyPair, PushError> {
        let pkcs8 = BASE64_STANDARD.decode(&self.pkcs8).map_err(|_| PushError::Own)?;
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &pkcs8).map_err(|_| PushError::Own)
    }

    /// What browsers subscribe with, base64url.
    ///
    /// # Errors
    /// A key that is none.
    pub fn public(&self) -> Result<String, PushError> {
        Ok(BASE64_URL_SAFE_NO_PAD.encode(self.pair()?.public_key()))
    }

    /// Value of `Authorization` for an endpoint.
    ///
    /// # Errors
    /// A key that is none.
    pub fn authorization(
        &self,
        endpoint: &Url,
        contact: &str,
        now: DateTime<Utc>,
    ) -> Result<String, PushError> {
        let pair = self.pair()?;
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": (now + WORD).timestamp(),
            "sub": contact,
        });
        let part = |value: &str| BASE64_URL_SAFE_NO_PAD.encode(value);
        let signed = format!("{}.{}", part(r#"{"typ":"JWT","alg":"ES256"}"#), part(&claims.to_string()));
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).map_err(|_| PushError::Own)?;
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature);
        let public = BASE64_URL_SAFE_NO_PAD.encode(pair.public_key());
        Ok(format!("vapid t={signed}.{signature}, k={public}"))
    }
}

#[cfg(test)]
#[path = "push_tests.rs"]
mod tests;
