//! Ed25519 keys of functions, as the parameter store holds them.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::{Deserialize, Serialize};

/// A private key: the secret `internal-key` of a function.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SigningKey {
    /// Key id, as in the token's header.
    pub kid: String,
    /// PKCS#8 document (RFC 8410), base64.
    pkcs8: String,
}

/// Why a key could not be made or used.
#[derive(Debug, thiserror::Error)]
#[error("an Ed25519 key could not be made or read")]
pub struct KeyError;

impl SigningKey {
    /// Draws a new key from the operating system's generator.
    pub fn generate(kid: String) -> Result<Self, KeyError> {
        let pair = Ed25519KeyPair::generate().map_err(|_| KeyError)?;
        let document = pair.to_pkcs8().map_err(|_| KeyError)?;
        Ok(Self { kid, pkcs8: BASE64_STANDARD.encode(document.as_ref()) })
    }

    /// The public half, to be published under `shared/internal-keys/{function}`.
    pub fn public(&self) -> Result<PublicKey, KeyError> {
        let document = BASE64_STANDARD.decode(&self.pkcs8).map_err(|_| KeyError)?;
        let pair = Ed25519KeyPair::from_pkcs8(&document).map_err(|_| KeyError)?;
        Ok(PublicKey {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            alg: "EdDSA".to_owned(),
            usage: "sig".to_owned(),
            kid: self.kid.clone(),
            x: BASE64_URL_SAFE_NO_PAD.encode(pair.public_key().as_ref()),
        })
    }

    /// The key in the form that signs tokens.
    pub fn encoding(&self) -> Result<EncodingKey, KeyError> {
        let document = BASE64_STANDARD.decode(&self.pkcs8).map_err(|_| KeyError)?;
        Ok(EncodingKey::from_ed_der(&document))
    }
}

/// A public key as a JWK (RFC 8037, section 2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicKey {
    kty: String,
    crv: String,
    alg: String,
    #[serde(rename = "use")]
    usage: String,
    /// Key id.
    pub kid: String,
    x: String,
}

/// The public keys of one function: the current one, and the one before or after it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeySet {
    /// Two keys at most.
    pub keys: Vec<PublicKey>,
}

impl KeySet {
    /// The key of this id, in the form that checks tokens.
    pub(super) fn decoding(&self, kid: &str) -> Option<DecodingKey> {
        let key = self.keys.iter().find(|key| key.kid == kid)?;
        let sound = key.kty == "OKP" && key.crv == "Ed25519" && key.usage == "sig";
        if sound { DecodingKey::from_ed_components(&key.x).ok() } else { None }
    }
}
