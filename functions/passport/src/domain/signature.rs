//! The signature of a revision: a detached JWS (RFC 7515, appendix F) with Ed25519 (RFC 8037) over the
//! product's canonical JSON, by the platform's key for the brand that published it.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{Engine, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared_contracts::passport::PublisherKey;
use uuid::Uuid;

/// The secret `signing-key`, as the parameter store holds it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    kid: String,
    pkcs8: String,
}

/// The secret is no Ed25519 key.
#[derive(Debug, thiserror::Error)]
#[error("the secret signing-key is no Ed25519 key")]
pub struct NoKey;

/// Signs revisions.
pub struct Signer {
    kid: String,
    pair: Ed25519KeyPair,
}

/// What a signature says beside the content.
#[derive(Clone, Copy, Debug)]
pub struct Seal {
    /// The brand that publishes.
    pub brand: Uuid,
    /// Which revision it is.
    pub revision: i32,
    /// When.
    pub at: DateTime<Utc>,
}

impl Signer {
    /// With the key of the secret.
    pub fn new(key: &SigningKey) -> Result<Self, NoKey> {
        let document = BASE64_STANDARD.decode(&key.pkcs8).map_err(|_| NoKey)?;
        let pair = Ed25519KeyPair::from_pkcs8(&document).map_err(|_| NoKey)?;
        Ok(Self { kid: key.kid.clone(), pair })
    }

    /// The detached signature of a content.
    pub fn sign(&self, seal: Seal, content: &str) -> String {
        let header = json!({
            "alg": "EdDSA",
            "kid": self.kid,
            "typ": "passport+jws",
            "brand_id": seal.brand,
            "revision": seal.revision,
            "iat": seal.at.timestamp(),
        });
        let header = BASE64_URL_SAFE_NO_PAD.encode(header.to_string());
        let signed = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(content));
        let signature = BASE64_URL_SAFE_NO_PAD.encode(self.pair.sign(signed.as_bytes()));
        format!("{header}..{signature}")
    }

    /// The public half.
    pub fn public(&self) -> PublisherKey {
        published(self.kid.clone(), BASE64_URL_SAFE_NO_PAD.encode(self.pair.public_key().as_ref()))
    }
}

/// A public key as it is published (RFC 8037, section 2).
pub fn published(kid: String, x: String) -> PublisherKey {
    PublisherKey {
        kty: "OKP".to_owned(),
        crv: "Ed25519".to_owned(),
        alg: "EdDSA".to_owned(),
        usage: "sig".to_owned(),
        kid,
        x,
    }
}

#[cfg(test)]
mod tests {
    use aws_lc_rs::signature::{ED25519, UnparsedPublicKey};
    use serde_json::Value;

    use super::*;

    fn signer() -> Signer {
        let document = Ed25519KeyPair::generate().unwrap().to_pkcs8().unwrap();
        let pkcs8 = BASE64_STANDARD.encode(document.as_ref());
        Signer::new(&SigningKey { kid: "passport-1".to_owned(), pkcs8 }).unwrap()
    }

    #[test]
    fn who_has_the_content_and_the_public_key_can_check_a_signature() {
        let own = signer();
        let seal = Seal { brand: Uuid::from_u128(7), revision: 3, at: DateTime::UNIX_EPOCH };
        let signature = own.sign(seal, r#"{"gtin":"09521234543213"}"#);
        let [header, empty, signature] = signature.split('.').collect::<Vec<_>>()[..] else { panic!() };
        assert_eq!(empty, "");
        let key = BASE64_URL_SAFE_NO_PAD.decode(own.public().x).unwrap();
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).unwrap();
        let check = |content: &str| {
            let signed = format!("{header}.{}", BASE64_URL_SAFE_NO_PAD.encode(content));
            UnparsedPublicKey::new(&ED25519, &key).verify(signed.as_bytes(), &signature)
        };
        assert!(check(r#"{"gtin":"09521234543213"}"#).is_ok());
        assert!(check(r#"{"gtin":"09521234543214"}"#).is_err());
        let header: Value = serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(header).unwrap()).unwrap();
        assert_eq!((&header["kid"], &header["revision"]), (&json!("passport-1"), &json!(3)));
        assert_eq!(header["brand_id"], json!(seal.brand));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for pkcs8 in ["", "!", "AAAA"] {
            assert!(Signer::new(&SigningKey { kid: "x".to_owned(), pkcs8: pkcs8.to_owned() }).is_err());
        }
    }
}
