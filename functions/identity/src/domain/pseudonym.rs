//! What stands for an id where the id itself must not be kept.

use std::fmt::Write;

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use uuid::Uuid;

/// Bytes of the key.
const KEY_BYTES: usize = 32;

/// The secret `pseudonym-key`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeySecret {
    /// 32 bytes, base64.
    key: String,
}

/// The secret is no key.
#[derive(Debug, thiserror::Error)]
#[error("the secret pseudonym-key is not base64 of 32 bytes")]
pub struct NoKey;

/// Makes pseudonyms.
pub struct Pseudonyms(hmac::Key);

impl Pseudonyms {
    /// With the secret's key.
    pub fn new(secret: &KeySecret) -> Result<Self, NoKey> {
        let key = BASE64_STANDARD.decode(&secret.key).map_err(|_| NoKey)?;
        if key.len() == KEY_BYTES { Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &key))) } else { Err(NoKey) }
    }

    /// What a proof of consent knows a person by.
    pub fn of_person(&self, id: Uuid) -> Vec<u8> {
        self.tag("person", id.as_bytes())
    }

    /// Tells two registrations apart without keeping their password, not even as a plain hash.
    pub fn of_password(&self, password: &str) -> String {
        hex(&self.tag("password", password.as_bytes()))
    }

    fn tag(&self, kind: &str, value: &[u8]) -> Vec<u8> {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(value);
        context.sign().as_ref().to_vec()
    }
}

/// What a revocation names an account by: the gateway computes the same from a token's `sub`.
pub fn digest_of(account: Uuid) -> Vec<u8> {
    digest(&SHA256, account.to_string().as_bytes()).as_ref().to_vec()
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text does not fail.
        let _written = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms(byte: u8) -> Pseudonyms {
        Pseudonyms::new(&KeySecret { key: BASE64_STANDARD.encode([byte; 32]) }).unwrap()
    }

    #[test]
    fn a_pseudonym_depends_on_the_key_and_on_what_it_is_for() {
        let id = Uuid::from_u128(7);
        assert_eq!(pseudonyms(1).of_person(id), pseudonyms(1).of_person(id));
        assert_ne!(pseudonyms(1).of_person(id), pseudonyms(2).of_person(id));
        assert_ne!(pseudonyms(1).of_person(id), pseudonyms(1).of_person(Uuid::from_u128(8)));
        assert!(Pseudonyms::new(&KeySecret { key: "AAAA".to_owned() }).is_err());
    }

    #[test]
    fn a_revocation_is_the_digest_of_the_ids_text() {
        assert_eq!(
            hex(&digest_of(Uuid::nil())),
            "12b9377cbe7e5c94e8a70d9d23929523d14afa954793130f8a3959c7b849aca8"
        );
    }
}
