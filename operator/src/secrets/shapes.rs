//! The secrets' values, in the form in which the functions read them.

use std::collections::BTreeMap;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use service_chassis::caller::SigningKey;

use super::SecretsError;
use crate::scram::{ScramError, random};

/// Keys of a ring at most: a parameter has 4 KB.
const MOST_KEYS: usize = 32;

/// A login of Postgres or Kafka.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Its name.
    pub username: String,
    /// Its password.
    pub password: String,
}

/// Keys by id, of which one is in use: for visitor cookies, and for what wraps Health Profiles.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyRing {
    /// The id of the key that is in use.
    pub current: String,
    /// Key by id, base64 of 32 bytes; what was made with any of them still holds.
    pub keys: BTreeMap<String, String>,
}

/// The keys that Identity proves itself to Keycloak with.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientKeys {
    /// The id of the key that signs.
    pub current: String,
    /// All of them are published, so that one can follow another.
    pub keys: Vec<SigningKey>,
}

/// A key that pseudonyms are made with.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PseudonymKey {
    /// Base64 of 32 bytes. It does not change: a proof could not be found again.
    pub key: String,
}

/// The key that fridge signs its messages to push services with.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VapidKey {
    /// PKCS#8 of a P-256 key, base64. It does not change: browsers subscribe with its public half.
    pub pkcs8: String,
}

impl VapidKey {
    /// A new key.
    pub fn generate() -> Result<Self, SecretsError> {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new());
        let pkcs8 = pkcs8.map_err(|_| SecretsError::Key)?;
        Ok(Self { pkcs8: BASE64_STANDARD.encode(pkcs8.as_ref()) })
    }

    /// Whether it is a key.
    pub fn is_sound(&self) -> bool {
        let pkcs8 = BASE64_STANDARD.decode(&self.pkcs8);
        pkcs8.is_ok_and(|der| EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &der).is_ok())
    }
}

impl ClientKeys {
    /// A ring with one new key.
    pub fn generate() -> Result<Self, SecretsError> {
        let key =
            SigningKey::generate(format!("identity-client-{}", key_id()?)).map_err(|_| SecretsError::Key)?;
        Ok(Self { current: key.kid.clone(), keys: vec![key] })
    }

    /// Whether the key that signs is among the keys, and every key is one.
    pub fn is_sound(&self) -> bool {
        self.keys.iter().any(|key| key.kid == self.current)
            && self.keys.iter().all(|key| key.public().is_ok())
    }
}

impl PseudonymKey {
    /// A new key.
    pub fn generate() -> Result<Self, ScramError> {
        Ok(Self { key: BASE64_STANDARD.encode(random::<32>()?) })
    }

    /// Whether it is a key.
    pub fn is_sound(&self) -> bool {
        BASE64_STANDARD.decode(&self.key).is_ok_and(|bytes| bytes.len() == 32)
    }
}

impl Login {
    /// A login with a new password of 32 random bytes, base64url.
    pub fn generate(username: String) -> Result<Self, ScramError> {
        Ok(Self { username, password: BASE64_URL_SAFE_NO_PAD.encode(random::<32>()?) })
    }
}

impl KeyRing {
    /// A ring with one new key.
    pub fn generate() -> Result<Self, ScramError> {
        let id = key_id()?;
        let key = BASE64_STANDARD.encode(random::<32>()?);
        Ok(Self { current: id.clone(), keys: BTreeMap::from([(id, key)]) })
    }

    /// The ring with one key more, which comes into use; keys that nobody needs any more leave.
    pub fn followed(&self, now: DateTime<Utc>, kept: TimeDelta) -> Result<Self, ScramError> {
        let id = format!("k{:010}-{}", now.timestamp(), key_id()?);
        let mut keys = self.needed(now, kept);
        keys.insert(id.clone(), BASE64_STANDARD.encode(random::<32>()?));
        Ok(Self { current: id, keys })
    }

    /// The current key, and those that went out of use less than `kept` ago. An id tells when a key
    /// came into use, and with it when the one before went out; the first key of a ring has none.
    fn needed(&self, now: DateTime<Utc>, kept: TimeDelta) -> BTreeMap<String, String> {
        let mut ids: Vec<(Option<DateTime<Utc>>, &String)> =
            self.keys.keys().map(|id| (began(id), id)).collect();
        ids.sort();
        let (mut needed, mut ended) = (BTreeMap::new(), None);
        for (began, id) in ids.into_iter().rev().take(MOST_KEYS - 1) {
            let is_needed = *id == self.current || ended.is_none_or(|ended| now - ended < kept);
            if let Some(key) = self.keys.get(id).filter(|_| is_needed) {
                needed.insert(id.clone(), key.clone());
            }
            ended = began.or(ended);
        }
        needed
    }

    /// Whether the key that signs is among the keys, and every key is one.
    pub fn is_sound(&self) -> bool {
        let is_key = |key: &String| BASE64_STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 32);
        self.keys.contains_key(&self.current) && self.keys.values().all(is_key)
    }
}

/// When the key of this id came into use.
fn began(id: &str) -> Option<DateTime<Utc>> {
    let (seconds, _) = id.strip_prefix('k')?.split_once('-')?;
    DateTime::from_timestamp(seconds.parse().ok()?, 0)
}

/// A key id: eight random hexadecimal digits.
pub fn key_id() -> Result<String, ScramError> {
    Ok(format!("{:08x}", u32::from_be_bytes(random::<4>()?)))
}

/// The two logins of a function, in Kafka as in Postgres: one works while the other one's password
/// changes.
pub fn logins_of(function: &str) -> [String; 2] {
    let name = function.replace('-', "_");
    ["a", "b"].map(|turn| format!("{name}_svc_{turn}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_has_32_random_bytes() {
        let one = Login::generate("passport_svc_a".to_owned()).unwrap();
        let other = Login::generate("passport_svc_a".to_owned()).unwrap();
        assert_eq!(BASE64_URL_SAFE_NO_PAD.decode(&one.password).unwrap().len(), 32);
        assert_ne!(one.password, other.password);
    }

    #[test]
    fn a_new_ring_signs_with_its_only_key() {
        let ring = KeyRing::generate().unwrap();
        assert!(ring.is_sound());
        assert_eq!(ring.keys.keys().collect::<Vec<_>>(), [&ring.current]);
    }

    #[test]
    fn a_key_stays_in_the_ring_for_as_long_as_something_made_with_it_may_come_back() {
        let day = |days| DateTime::from_timestamp(1_700_000_000, 0).unwrap() + TimeDelta::days(days);
        let kept = TimeDelta::days(30);
        let first = KeyRing::generate().unwrap();
        let second = first.followed(day(0), kept).unwrap();
        let third = second.followed(day(10), kept).unwrap();
        assert_eq!((second.keys.len(), third.keys.len()), (2, 3));
        let fourth = third.followed(day(35), kept).unwrap();
        assert!(!fourth.keys.contains_key(&first.current), "out of use for 35 days");
        assert!(fourth.keys.contains_key(&second.current), "out of use for 25 days");
        assert!(fourth.is_sound() && fourth.keys.contains_key(&third.current));
    }

    #[test]
    fn a_ring_has_room_for_so_many_keys_and_the_newest_stay() {
        let (now, kept) = (DateTime::from_timestamp(1_700_000_000, 0).unwrap(), TimeDelta::days(30));
        let mut ring = KeyRing::generate().unwrap();
        for hour in 0..50 {
            let before = ring.current.clone();
            ring = ring.followed(now + TimeDelta::hours(hour), kept).unwrap();
            assert!(ring.keys.contains_key(&before) && ring.keys.len() <= MOST_KEYS);
        }
        assert!(serde_json::to_string(&ring).unwrap().len() <= 4096);
    }

    #[test]
    fn a_ring_without_the_key_that_signs_is_not_sound() {
        let mut ring = KeyRing::generate().unwrap();
        ring.current = "another".to_owned();
        assert!(!ring.is_sound());
    }

    #[test]
    fn new_keys_of_identity_are_sound_and_others_are_not() {
        let mut ring = ClientKeys::generate().unwrap();
        assert!(ring.is_sound());
        ring.current = "another".to_owned();
        assert!(!ring.is_sound());
        assert!(PseudonymKey::generate().unwrap().is_sound());
        assert!(!PseudonymKey { key: "AAAA".to_owned() }.is_sound());
    }

    #[test]
    fn logins_are_named_for_sql() {
        assert_eq!(logins_of("api-gateway"), ["api_gateway_svc_a", "api_gateway_svc_b"]);
    }
}
