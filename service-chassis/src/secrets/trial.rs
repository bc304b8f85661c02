//! A new version of a secret is tried before it counts.

use std::sync::Arc;

use futures::future::BoxFuture;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Secret;

/// A version that is to be used from now on, beside the one that is in use.
pub struct Candidate {
    /// The one that is to be used.
    pub new: Arc<Secret>,
    /// The one that is in use; none at the start.
    pub used: Option<Arc<Secret>>,
}

/// Why a version is not used. It repeats nothing of it.
#[derive(Debug, thiserror::Error)]
pub enum Unfit {
    /// It does not work: the one in use stays, and operators are told.
    #[error("it does not work: {0}")]
    Wrong(String),
    /// Whether it works cannot be told now: the one in use stays for a while.
    #[error("whether it works cannot be told now: {0}")]
    Unknown(String),
}

/// Tries a version, and makes whoever holds the secret use it.
pub type Trial = Arc<dyn Fn(Candidate) -> BoxFuture<'static, Result<(), Unfit>> + Send + Sync>;

impl Candidate {
    /// The new value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Unfit> {
        self.new.json().map_err(|error| Unfit::Wrong(error.to_string()))
    }
}

/// A ring as far as all rings are alike: a key that is in use, and keys.
#[derive(Deserialize)]
struct Ring {
    current: String,
    keys: Keys,
}

/// By their ids, or as a list of keys that name theirs.
#[derive(Deserialize)]
#[serde(untagged)]
enum Keys {
    ById(Map<String, Value>),
    List(Vec<Key>),
}

#[derive(Deserialize)]
struct Key {
    kid: String,
}

impl Ring {
    fn has(&self, id: &str) -> bool {
        match &self.keys {
            Keys::ById(keys) => keys.contains_key(id),
            Keys::List(keys) => keys.iter().any(|key| key.kid == id),
        }
    }
}

/// The trial of a key ring: it is sound, has the key that it says is in use, and the one that was
/// until now, so that nothing made with that one is lost.
pub fn ring<T: DeserializeOwned + 'static>(is_sound: fn(T) -> bool) -> Trial {
    Arc::new(move |candidate| {
        Box::pin(async move {
            if !is_sound(candidate.json()?) {
                return Err(Unfit::Wrong("a key of the ring is none".to_owned()));
            }
            let new: Ring = candidate.json()?;
            let used = candidate.used.as_ref().and_then(|used| used.json::<Ring>().ok());
            for id in [Some(&new.current), used.as_ref().map(|used| &used.current)].into_iter().flatten() {
                if !new.has(id) {
                    return Err(Unfit::Wrong(format!("the ring has no key {id:?}")));
                }
            }
            Ok(())
        })
    })
}

/// The trial of a key that nobody else has to know.
pub fn key<T: DeserializeOwned + 'static>(is_sound: fn(T) -> bool) -> Trial {
    Arc::new(move |candidate| {
        Box::pin(async move {
            if is_sound(candidate.json()?) { Ok(()) } else { Err(Unfit::Wrong("it is no key".to_owned())) }
        })
    })
}

/// The trial of a key that must stay as it is for ever.
pub fn unchanged() -> Trial {
    Arc::new(|candidate| {
        Box::pin(async move {
            match &candidate.used {
                Some(used) if used.value != candidate.new.value => {
                    Err(Unfit::Wrong("this key must stay as it is".to_owned()))
                }
                _ => Ok(()),
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    async fn passes(trial: &Trial, new: Value, used: Option<Value>) -> bool {
        let candidate = Candidate { new: Secret::example(&new), used: used.as_ref().map(Secret::example) };
        match trial(candidate).await {
            Ok(()) => true,
            Err(Unfit::Wrong(_)) => false,
            Err(unknown) => panic!("{unknown}"),
        }
    }

    #[tokio::test]
    async fn a_ring_keeps_the_key_that_was_in_use() {
        let trial = ring::<Value>(|_| true);
        let used = json!({"current": "one", "keys": {"one": "1"}});
        for (new, fit) in [
            (json!({"current": "one", "keys": {"one": "1", "two": "2"}}), true),
            (json!({"current": "two", "keys": {"one": "1", "two": "2"}}), true),
            (json!({"current": "two", "keys": [{"kid": "one"}, {"kid": "two"}]}), true),
            (json!({"current": "two", "keys": {"two": "2"}}), false),
            (json!({"current": "two", "keys": {"one": "1"}}), false),
            (json!("none"), false),
        ] {
            assert_eq!(passes(&trial, new.clone(), Some(used.clone())).await, fit, "{new}");
        }
        assert!(passes(&trial, used, None).await, "the first one");
        assert!(!passes(&ring::<Value>(|_| false), json!({"current": "a", "keys": {"a": "?"}}), None).await);
    }

    #[tokio::test]
    async fn a_key_that_must_last_is_what_it_was() {
        let (one, two) = (json!({"key": "one"}), json!({"key": "two"}));
        assert!(passes(&unchanged(), one.clone(), None).await);
        assert!(passes(&unchanged(), one.clone(), Some(one.clone())).await);
        assert!(!passes(&unchanged(), two, Some(one)).await);
    }

    #[tokio::test]
    async fn what_is_no_key_is_refused() {
        let trial = key::<String>(|key| key == "key");
        assert!(passes(&trial, json!("key"), None).await);
        assert!(!passes(&trial, json!("none"), None).await);
        assert!(!passes(&trial, json!(1), None).await);
    }
}
