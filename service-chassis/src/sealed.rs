//! Envelope encryption of what must not lie in a database as it is: each document under a data key
//! of its own, the data key under a key of the ring (AES-256-GCM both times). What a document is and
//! whose it is authenticates it, so that nobody can move a row to somebody else or bring an old
//! version back.

use std::collections::BTreeMap;

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hmac, rand,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of a key of AES-256.
const KEY_LEN: usize = 32;

/// Why a document cannot be sealed or opened. It repeats nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The ring has no such key.
    #[error("the ring has no key {0:?}")]
    NoKey(String),
    /// A key of the ring is none.
    #[error("a key of the ring is not 32 bytes in base64")]
    Malformed,
    /// It was sealed for another place, with another key, or changed.
    #[error("a sealed document cannot be opened")]
    Unopened,
    /// The cipher or the generator of random numbers failed.
    #[error("the cipher failed")]
    Cipher,
}

/// The keys that data keys are wrapped with.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRing {
    /// The id of the key that wraps.
    pub current: String,
    /// Key by id, base64 of 32 bytes; all of them unwrap.
    keys: BTreeMap<String, String>,
}

/// A sealed document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    /// The key of the ring that wraps the data key.
    pub key_id: String,
    /// The data key, wrapped: nonce, ciphertext, tag.
    pub wrapped_key: Vec<u8>,
    /// The document: nonce, ciphertext, tag.
    pub ciphertext: Vec<u8>,
}

impl KeyRing {
    /// Seals a document under a new data key. The label says what it is, whose, and which version: no
    /// two documents have the same.
    pub fn seal(&self, label: &str, document: &[u8]) -> Result<Sealed, SealError> {
        let mut data_key = Zeroizing::new([0_u8; KEY_LEN]);
        rand::fill(data_key.as_mut()).map_err(|_| SealError::Cipher)?;
        Ok(Sealed {
            key_id: self.current.clone(),
            wrapped_key: encrypt(&*self.key(&self.current)?, &authenticated(label, "key"), &*data_key)?,
            ciphertext: encrypt(&*data_key, &authenticated(label, "document"), document)?,
        })
    }

    /// Opens a document that was sealed for this place.
    pub fn open(&self, label: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let data_key = self.unwrap(label, sealed)?;
        decrypt(&data_key, &authenticated(label, "document"), &sealed.ciphertext)
    }

    /// The data key under the current key of the ring; the document stays as it is.
    pub fn rewrap(&self, label: &str, sealed: &Sealed) -> Result<Vec<u8>, SealError> {
        let data_key = self.unwrap(label, sealed)?;
        encrypt(&*self.key(&self.current)?, &authenticated(label, "key"), &data_key)
    }

    /// What a request is told from others by, without telling what it says: by the current key first,
    /// then by each other one, with which it may have come before.
    pub fn fingerprints(&self, request: &[u8]) -> Result<Vec<String>, SealError> {
        let others = self.keys.keys().filter(|id| **id != self.current);
        let fingerprint = |id: &String| {
            let key = hmac::Key::new(hmac::HMAC_SHA256, &*self.key(id)?);
            Ok(BASE64_STANDARD.encode(hmac::sign(&key, request)))
        };
        std::iter::once(&self.current).chain(others).map(fingerprint).collect()
    }

    /// Whether every key is one.
    pub fn is_sound(self) -> bool {
        self.keys.keys().all(|id| self.key(id).is_ok())
    }

    fn unwrap(&self, label: &str, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        decrypt(&*self.key(&sealed.key_id)?, &authenticated(label, "key"), &sealed.wrapped_key)
    }

    fn key(&self, id: &str) -> Result<Zeroizing<[u8; KEY_LEN]>, SealError> {
        let encoded = self.keys.get(id).ok_or_else(|| SealError::NoKey(id.to_owned()))?;
        let bytes = BASE64_STANDARD.decode(encoded.as_bytes()).map(Zeroizing::new);
        let bytes = bytes.map_err(|_| SealError::Malformed)?;
        bytes.as_slice().try_into().map(Zeroizing::new).map_err(|_| SealError::Malformed)
    }
}

impl Drop for KeyRing {
    fn drop(&mut self) {
        self.keys.values_mut().for_each(Zeroize::zeroize);
    }
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyRing(current {:?} of {})", self.current, self.keys.len())
    }
}

fn authenticated(label: &str, part: &str) -> Vec<u8> {
    format!("sealed/v1/{part}/{label}").into_bytes()
}

fn encrypt(key: &[u8], label: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealError> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| SealError::Cipher)?;
    let mut text = plain.to_vec();
    let nonce = key.seal_in_place_append_tag(Aad::from(label), &mut text).map_err(|_| SealError::Cipher)?;
    Ok([nonce.as_ref().as_slice(), &text].concat())
}

fn decrypt(key: &[u8], label: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let key = RandomizedNonceKey::new(&AES_256_GCM, key).map_err(|_| SealError::Cipher)?;
    let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(SealError::Unopened)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| SealError::Unopened)?;
    let mut text = Zeroizing::new(text.to_vec());
    let plain = key.open_in_place(nonce, Aad::from(label), &mut text).map_err(|_| SealError::Unopened)?;
    let length = plain.len();
    text.truncate(length);
    Ok(text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const LABEL: &str = "note/1/2/3";

    fn ring(current: &str) -> KeyRing {
        let key = |byte: u8| BASE64_STANDARD.encode([byte; KEY_LEN]);
        serde_json::from_value(json!({"current": current, "keys": {"one": key(1), "two": key(2)}})).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_again_and_never_looks_the_same() {
        let (first, second) =
            (ring("one").seal(LABEL, b"milk").unwrap(), ring("one").seal(LABEL, b"milk").unwrap());
        assert_eq!(&**ring("two").open(LABEL, &first).unwrap(), b"milk");
        assert_ne!(first.ciphertext, second.ciphertext);
        assert!(!first.ciphertext.windows(4).any(|bytes| bytes == b"milk"));
    }

    #[test]
    fn it_opens_at_no_other_place() {
        let sealed = ring("one").seal(LABEL, b"milk").unwrap();
        for other in ["note/9/2/3", "note/1/9/3", "note/1/2/2", "other/1/2/3", ""] {
            assert!(matches!(ring("one").open(other, &sealed), Err(SealError::Unopened)), "{other:?}");
        }
    }

    #[test]
    fn a_changed_byte_is_seen() {
        let sealed = ring("one").seal(LABEL, b"milk").unwrap();
        for at in 0..sealed.ciphertext.len() {
            let mut changed = sealed.clone();
            changed.ciphertext[at] ^= 1;
            assert!(ring("one").open(LABEL, &changed).is_err(), "byte {at}");
        }
        let short = Sealed { ciphertext: vec![0; 5], ..sealed };
        assert!(ring("one").open(LABEL, &short).is_err());
    }

    #[test]
    fn a_new_key_of_the_ring_takes_over_without_touching_the_document() {
        let sealed = ring("one").seal(LABEL, b"milk").unwrap();
        let ring = ring("two");
        let rewrapped =
            Sealed { key_id: "two".to_owned(), wrapped_key: ring.rewrap(LABEL, &sealed).unwrap(), ..sealed };
        assert_eq!(&**ring.open(LABEL, &rewrapped).unwrap(), b"milk");
    }

    #[test]
    fn a_key_that_the_ring_lacks_is_named() {
        let sealed = Sealed { key_id: "three".to_owned(), ..ring("one").seal(LABEL, b"milk").unwrap() };
        assert!(matches!(ring("one").open(LABEL, &sealed), Err(SealError::NoKey(id)) if id == "three"));
    }

    #[test]
    fn a_fingerprint_needs_the_key() {
        let [one, two] = ["one", "two"].map(|current| ring(current).fingerprints(b"milk").unwrap());
        assert_ne!(one[0], two[0]);
        assert_eq!(one, [two[1].clone(), two[0].clone()], "a new key still knows requests of the one before");
    }
}
