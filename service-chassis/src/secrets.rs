//! Secrets from SSM Parameter Store: read by name and label, kept for half a minute, read
//! again by age at use, and kept when the store is away.
//!
//! `name:current` is asked for, because a plain read gives the latest version whether or not
//! an operator has made it current. Nothing here is ever logged but paths and versions. Age goes
//! by the wall clock, since the other one may stand still in a machine that is frozen.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::clock::Clock;

/// How long one read of the store may take before the last good value is used.
const READ_BUDGET: Duration = Duration::from_secs(2);

/// Why a secret could not be had.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The store answered that there is none, or none that is labelled `current`.
    #[error("no secret {path} is labelled `current`: `packytrace-ops secrets init` makes it")]
    Missing {
        /// The parameter's path.
        path: String,
    },
    /// The store did not answer, and no value was read before.
    #[error("the parameter store did not give {path}: {reason}")]
    Unreachable {
        /// The parameter's path.
        path: String,
        /// What the client said; it holds no secret.
        reason: String,
    },
    /// The value is not the JSON that its reader expects. The value itself is not repeated.
    #[error("the value of {path} has not the form that its reader expects")]
    Malformed {
        /// The parameter's path.
        path: String,
    },
}

/// One version of one secret.
pub struct Secret {
    path: String,
    value: Zeroizing<String>,
    version: i64,
    read_at: DateTime<Utc>,
}

impl Secret {
    /// The version that the store counts, so that operators can see which one is in use.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// How long before `now` it was read; for ever, if the clock was set back since.
    pub fn age(&self, now: DateTime<Utc>) -> Duration {
        (now - self.read_at).to_std().unwrap_or(Duration::MAX)
    }

    /// The secret as a JSON document.
    ///
    /// # Errors
    /// [`SecretError::Malformed`], without the value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, SecretError> {
        serde_json::from_str(&self.value).map_err(|_| SecretError::Malformed { path: self.path.clone() })
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Secret({} v{})", self.path, self.version)
    }
}

/// The secrets that a function may read: its own path, and the public keys that all share.
#[derive(Clone)]
pub struct Secrets(Arc<Inner>);

struct Inner {
    source: Source,
    environment: String,
    function: String,
    max_age: Duration,
    clock: Clock,
    cells: Mutex<HashMap<String, Arc<Cell>>>,
}

/// Where values come from: given ones first, by full path, then the store, if there is one.
struct Source {
    given: HashMap<String, String>,
    store: Option<aws_sdk_ssm::Client>,
}

#[derive(Default)]
struct Cell {
    last_good: ArcSwapOption<Secret>,
    refreshing: tokio::sync::Mutex<()>,
}

impl Secrets {
    /// Secrets of `function` in `environment`, from the store that the AWS settings name. `given`
    /// values, by full path, stand before those of the store: an invocation by hand brings keys of
    /// its own.
    pub async fn connect(
        environment: &str,
        function: &str,
        max_age: Duration,
        clock: &Clock,
        given: HashMap<String, String>,
    ) -> Self {
        let config = aws_config::load_defaults(aws_config::BehaviorVersion::latest()).await;
        let source = Source { given, store: Some(aws_sdk_ssm::Client::new(&config)) };
        Self::new(source, environment, function, max_age, clock)
    }

    /// Secrets by full path that never change.
    pub fn fixed(environment: &str, function: &str, values: HashMap<String, String>) -> Self {
        let source = Source { given: values, store: None };
        Self::new(source, environment, function, Duration::MAX, &Clock::system())
    }

    fn new(source: Source, environment: &str, function: &str, max_age: Duration, clock: &Clock) -> Self {
        Self(Arc::new(Inner {
            source,
            environment: environment.to_owned(),
            function: function.to_owned(),
            max_age,
            clock: clock.clone(),
            cells: Mutex::default(),
        }))
    }

    /// The function's own secret `name`.
    pub async fn own(&self, name: &str) -> Result<Arc<Secret>, SecretError> {
        self.get(format!("/packytrace/{}/{}/{name}", self.0.environment, self.0.function)).await
    }

    /// What all functions may read: `shared/{name}`.
    pub async fn shared(&self, name: &str) -> Result<Arc<Secret>, SecretError> {
        self.get(format!("/packytrace/{}/shared/{name}", self.0.environment)).await
    }

    /// Reads the own secret `name` again at once: a credential from it was refused.
    pub async fn refresh_own(&self, name: &str) -> Result<Arc<Secret>, SecretError> {
        self.refresh(format!("/packytrace/{}/{}/{name}", self.0.environment, self.0.function)).await
    }

    /// Reads what all share again at once: a key is not in the set that we hold.
    pub async fn refresh_shared(&self, name: &str) -> Result<Arc<Secret>, SecretError> {
        self.refresh(format!("/packytrace/{}/shared/{name}", self.0.environment)).await
    }

    async fn get(&self, path: String) -> Result<Arc<Secret>, SecretError> {
        let cell = self.cell(&path);
        match cell.last_good.load_full() {
            Some(secret) if secret.age(self.0.clock.now()) < self.0.max_age => Ok(secret),
            // Stale: one caller reads again, the others go on with the last good value.
            Some(secret) => match cell.refreshing.try_lock() {
                Ok(_guard) => Ok(self.read_into(&cell, &path).await.unwrap_or(secret)),
                Err(_) => Ok(secret),
            },
            None => {
                let _guard = cell.refreshing.lock().await;
                match cell.last_good.load_full() {
                    Some(secret) => Ok(secret),
                    None => self.read_into(&cell, &path).await,
                }
            }
        }
    }

    async fn refresh(&self, path: String) -> Result<Arc<Secret>, SecretError> {
        let cell = self.cell(&path);
        let asked_at = self.0.clock.now();
        let _guard = cell.refreshing.lock().await;
        match cell.last_good.load_full() {
            Some(secret) if secret.read_at > asked_at => Ok(secret),
            _ => self.read_into(&cell, &path).await,
        }
    }

    fn cell(&self, path: &str) -> Arc<Cell> {
        let mut cells = self.0.cells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(path.to_owned()).or_default())
    }

    async fn read_into(&self, cell: &Cell, path: &str) -> Result<Arc<Secret>, SecretError> {
        let read = timeout(READ_BUDGET, self.0.source.read(path))
            .await
            .unwrap_or_else(|_| Err(unreachable(path, "no answer in time")));
        match read {
            Ok((value, version)) => {
                let (path, value) = (path.to_owned(), Zeroizing::new(value));
                let secret = Arc::new(Secret { path, value, version, read_at: self.0.clock.now() });
                cell.last_good.store(Some(Arc::clone(&secret)));
                metrics::gauge!("secret_version", "path" => secret.path.clone()).set(version_metric(&secret));
                Ok(secret)
            }
            Err(error) => {
                tracing::warn!(path, %error, "a secret could not be read; the last good value stays in use");
                metrics::counter!("secret_read_failures_total").increment(1);
                Err(error)
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "SSM counts versions to 100")]
fn version_metric(secret: &Secret) -> f64 {
    secret.version as f64
}

impl Source {
    async fn read(&self, path: &str) -> Result<Found, SecretError> {
        match (self.given.get(path), &self.store) {
            (Some(value), _) => Ok((value.clone(), 1)),
            (None, Some(client)) => read_parameter(client, path).await,
            (None, None) => Err(SecretError::Missing { path: path.to_owned() }),
        }
    }
}

/// A value and its version.
type Found = (String, i64);

async fn read_parameter(client: &aws_sdk_ssm::Client, path: &str) -> Result<Found, SecretError> {
    let answer = client.get_parameter().name(format!("{path}:current")).with_decryption(true).send().await;
    match answer {
        Ok(answer) => {
            let parameter =
                answer.parameter.ok_or_else(|| unreachable(path, "an answer without a parameter"))?;
            let value = parameter.value.ok_or_else(|| unreachable(path, "a parameter without a value"))?;
            Ok((value, parameter.version))
        }
        Err(error) => match error.as_service_error() {
            Some(refused) if refused.is_parameter_not_found() || refused.is_parameter_version_not_found() => {
                Err(SecretError::Missing { path: path.to_owned() })
            }
            _ => Err(unreachable(path, &aws_sdk_ssm::error::DisplayErrorContext(&error).to_string())),
        },
    }
}

fn unreachable(path: &str, reason: &str) -> SecretError {
    SecretError::Unreachable { path: path.to_owned(), reason: reason.to_owned() }
}

#[cfg(all(test, feature = "testing"))]
mod tests {
    use super::*;

    fn secrets() -> Secrets {
        let values =
            HashMap::from([("/packytrace/test/passport/database".to_owned(), r#"{"a":1}"#.to_owned())]);
        Secrets::fixed("test", "passport", values)
    }

    #[tokio::test]
    async fn a_secret_is_read_from_the_functions_own_path() {
        let secret = secrets().own("database").await.unwrap();
        assert_eq!(secret.json::<serde_json::Value>().unwrap()["a"], 1);
    }

    #[tokio::test]
    async fn a_missing_secret_names_its_path_and_the_remedy() {
        let error = secrets().own("kafka").await.unwrap_err().to_string();
        assert!(
            error.contains("/packytrace/test/passport/kafka") && error.contains("secrets init"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_malformed_secret_does_not_repeat_its_value() {
        let error = secrets().own("database").await.unwrap().json::<Vec<String>>().unwrap_err();
        assert!(!error.to_string().contains("\"a\""), "{error}");
    }

    #[tokio::test]
    async fn debug_output_shows_no_value() {
        let secret = secrets().own("database").await.unwrap();
        assert_eq!(format!("{secret:?}"), "Secret(/packytrace/test/passport/database v1)");
    }
}
