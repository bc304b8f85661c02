//! Keycloak's public keys: which members of its key set may check an access token.

use std::collections::HashMap;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, DecodingKey, crypto};
use serde::Deserialize;
use serde_json::Value;

use super::token::MAX_KEY_ID;

/// Smallest RSA modulus in bits (NIST SP 800-131A).
const MIN_BITS: usize = 2048;

/// A key that checks RS256 signatures.
#[derive(Clone, Debug)]
pub struct VerifyingKey(DecodingKey);

impl VerifyingKey {
    /// Whether `signature` (base64url) is this key's over `message`.
    pub(super) fn signed(&self, message: &[u8], signature: &str) -> bool {
        crypto::verify(signature, message, &self.0, Algorithm::RS256).unwrap_or(false)
    }
}

/// The usable keys of a key set, by id.
#[derive(Clone, Debug, Default)]
pub struct KeySet(HashMap<String, VerifyingKey>);

/// Why a key set is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// No JWKS document.
    #[error("not a JSON Web Key Set")]
    NotAKeySet,
    /// No key that could have signed an access token.
    #[error("no RS256 signing key of at least {MIN_BITS} bits in it")]
    NoUsableKey,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct Jwk {
    kty: String,
    #[serde(rename = "use")]
    usage: String,
    alg: String,
    kid: String,
    n: String,
    e: String,
}

impl KeySet {
    /// Reads a JWKS document. Keys of another kind, use or size are passed over: Keycloak's set
    /// also holds an encryption key.
    pub fn parse(document: &[u8]) -> Result<Self, KeySetError> {
        let document: Document = serde_json::from_slice(document).map_err(|_| KeySetError::NotAKeySet)?;
        let keys: HashMap<_, _> = document.keys.into_iter().filter_map(usable).collect();
        if keys.is_empty() { Err(KeySetError::NoUsableKey) } else { Ok(Self(keys)) }
    }

    /// The key of this id.
    pub fn get(&self, key_id: &str) -> Option<&VerifyingKey> {
        self.0.get(key_id)
    }
}

fn usable(key: Value) -> Option<(String, VerifyingKey)> {
    let key: Jwk = serde_json::from_value(key).ok()?;
    let modulus = BASE64_URL_SAFE_NO_PAD.decode(&key.n).ok()?;
    let exponent = BASE64_URL_SAFE_NO_PAD.decode(&key.e).ok()?;
    let sound = key.kty == "RSA"
        && key.usage == "sig"
        && key.alg == "RS256"
        && (1..=MAX_KEY_ID).contains(&key.kid.chars().count())
        && bits(&modulus) >= MIN_BITS;
    sound.then(|| (key.kid, VerifyingKey(DecodingKey::from_rsa_raw_components(&modulus, &exponent))))
}

/// Bits of an unsigned big-endian number.
fn bits(number: &[u8]) -> usize {
    let mut rest = number.iter().skip_while(|byte| **byte == 0);
    match rest.next() {
        None => 0,
        Some(first) => (8 - first.leading_zeros() as usize) + rest.count() * 8,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn key(changes: &Value) -> Value {
        let mut modulus = vec![0xff; 256];
        modulus[0] = 0x80;
        let mut key = json!({
            "kid": "k", "kty": "RSA", "use": "sig", "alg": "RS256",
            "n": BASE64_URL_SAFE_NO_PAD.encode(modulus), "e": "AQAB",
        });
        for (name, value) in changes.as_object().unwrap() {
            key[name] = value.clone();
        }
        key
    }

    fn parse(keys: &[Value]) -> Result<KeySet, KeySetError> {
        KeySet::parse(json!({ "keys": keys }).to_string().as_bytes())
    }

    #[test]
    fn only_rsa_signing_keys_of_full_size_are_loaded() {
        let short = BASE64_URL_SAFE_NO_PAD.encode([[0; 128], [0xff; 128]].concat());
        let almost = BASE64_URL_SAFE_NO_PAD.encode([&[0x7f][..], &[0xff; 255]].concat());
        for change in [
            json!({"kty": "EC"}),
            json!({"use": "enc"}),
            json!({"alg": "RSA-OAEP"}),
            json!({"alg": "RS512"}),
            json!({"alg": null}),
            json!({"kid": ""}),
            json!({"kid": "k".repeat(129)}),
            json!({"n": short}),
            json!({"n": almost}),
            json!({"n": "not base64!"}),
            json!({"n": 1}),
        ] {
            assert_eq!(parse(&[key(&change)]).map(drop), Err(KeySetError::NoUsableKey), "{change}");
        }
    }

    #[test]
    fn a_key_that_cannot_be_used_does_not_hide_the_others() {
        let set =
            parse(&[json!("garbage"), key(&json!({"use": "enc", "kid": "enc"})), key(&json!({}))]).unwrap();
        assert!(set.get("k").is_some() && set.get("enc").is_none());
    }

    #[test]
    fn a_document_of_another_kind_is_no_key_set() {
        for document in ["", "[]", "<html>", r#"{"keys":{}}"#] {
            assert_eq!(
                KeySet::parse(document.as_bytes()).map(drop),
                Err(KeySetError::NotAKeySet),
                "{document}"
            );
        }
    }
}
