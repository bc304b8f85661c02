//! Secrets from SSM Parameter Store: read by name and label, kept for half a minute, read
//! again by age at use, and kept when the store is away.
//!
//! `name:current` is asked for, because a plain read gives the latest version whether or not
//! an operator has made it current. A version that does not pass its [`Trial`] is not used: the one
//! before stays, and metrics and the log say so. Nothing here is ever logged but paths and versions.
//! Age goes by the wall clock, since the other one may stand still in a machine that is frozen.

mod store;
mod trial;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use arc_swap::ArcSwapOption;
use aws_lc_rs::rand;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use zeroize::Zeroizing;

use crate::clock::Clock;
use store::{CURRENT, Found, PREVIOUS, Source};

pub use trial::{Candidate, Trial, Unfit, key, ring, unchanged};

/// However often somebody has reason to doubt what we hold, the store is asked no more often.
const SOONEST_REREAD: Duration = Duration::from_secs(2);

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
    /// The version that counts does not work; the one before stays in use.
    #[error("version {version} of {path} is not used: {reason}")]
    Refused {
        /// The parameter's path.
        path: String,
        /// The version.
        version: i64,
        /// Why.
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
}

impl Secret {
    /// The version that the store counts, so that operators can see which one is in use.
    pub fn version(&self) -> i64 {
        self.version
    }

    /// The secret as a JSON document.
    ///
    /// # Errors
    /// [`SecretError::Malformed`], without the value.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, SecretError> {
        serde_json::from_str(&self.value).map_err(|_| SecretError::Malformed { path: self.path.clone() })
    }
}

#[cfg(test)]
impl Secret {
    /// A version that no store has.
    pub(crate) fn example(value: &serde_json::Value) -> Arc<Self> {
        secret("/packytrace/test/x/y", (value.to_string(), 1))
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
    trials: Mutex<HashMap<String, Trial>>,
}

/// What is known of one secret.
#[derive(Default)]
struct Cell {
    last_good: ArcSwapOption<Secret>,
    /// When the store was last asked, whatever it said.
    looked_at: ArcSwapOption<DateTime<Utc>>,
    looking: tokio::sync::Mutex<()>,
}

impl Cell {
    /// How long before `now` the store was asked; for ever, if never or if the clock was set back since.
    fn age(&self, now: DateTime<Utc>) -> Duration {
        let looked_at = self.looked_at.load();
        looked_at.as_ref().and_then(|at| (now - **at).to_std().ok()).unwrap_or(Duration::MAX)
    }
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
            trials: Mutex::default(),
        }))
    }

    /// From now on a version of the own secret `name` counts only when it has passed this.
    pub fn try_by(&self, name: &str, trial: Trial) {
        let mut trials = self.0.trials.lock().unwrap_or_else(PoisonError::into_inner);
        trials.insert(self.own_path(name), trial);
    }

    /// The function's own secret `name`.
    pub async fn own(&self, name: &str) -> Result<Arc<Secret>, SecretError> {
        self.get(&self.own_path(name)).await
    }

    /// What all functions may read: `shared/{name}`.
    pub async fn shared(&self, name: &str) -> Result<Arc<Secret>, SecretError> {
        self.get(&self.shared_path(name)).await
    }

    /// Reads the own secret `name` again at once: a credential from it was refused.
    pub async fn refresh_own(&self, name: &str) -> Result<Arc<Secret>, SecretError> {
        self.refresh(&self.own_path(name)).await
    }

    /// Reads what all share again at once: a key is not in the set that we hold.
    pub async fn refresh_shared(&self, name: &str) -> Result<Arc<Secret>, SecretError> {
        self.refresh(&self.shared_path(name)).await
    }

    /// The host's loop: reads these secrets, own and shared, before they are too old, so that hardly
    /// any request has to. Ends with the process.
    pub async fn keep_fresh(self, own: Vec<String>, shared: Vec<String>) {
        let own = own.iter().map(|name| self.own_path(name));
        let paths: Vec<String> = own.chain(shared.iter().map(|name| self.shared_path(name))).collect();
        loop {
            for path in &paths {
                let cell = self.cell(path);
                let _turn = cell.looking.lock().await;
                // what went wrong is logged there; what we have goes on
                self.look(&cell, path).await.ok();
            }
            tokio::time::sleep_until(Instant::now() + self.0.max_age.mul_f64(jitter())).await;
        }
    }

    fn own_path(&self, name: &str) -> String {
        format!("/packytrace/{}/{}/{name}", self.0.environment, self.0.function)
    }

    fn shared_path(&self, name: &str) -> String {
        format!("/packytrace/{}/shared/{name}", self.0.environment)
    }

    async fn get(&self, path: &str) -> Result<Arc<Secret>, SecretError> {
        let cell = self.cell(path);
        match cell.last_good.load_full() {
            Some(secret) if cell.age(self.0.clock.now()) < self.0.max_age => Ok(secret),
            // Stale: one caller reads again, the others go on with the last good value.
            Some(secret) => match cell.looking.try_lock() {
                Ok(_turn) => Ok(self.look(&cell, path).await.unwrap_or(secret)),
                Err(_) => Ok(secret),
            },
            None => {
                let _turn = cell.looking.lock().await;
                match cell.last_good.load_full() {
                    Some(secret) => Ok(secret),
                    None => self.look(&cell, path).await,
                }
            }
        }
    }

    async fn refresh(&self, path: &str) -> Result<Arc<Secret>, SecretError> {
        let cell = self.cell(path);
        let _turn = cell.looking.lock().await;
        match cell.last_good.load_full() {
            Some(secret) if cell.age(self.0.clock.now()) < SOONEST_REREAD => Ok(secret),
            _ => self.look(&cell, path).await,
        }
    }

    fn cell(&self, path: &str) -> Arc<Cell> {
        let mut cells = self.0.cells.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(cells.entry(path.to_owned()).or_default())
    }

    /// Asks the store. A version that is not in use yet is tried first.
    async fn look(&self, cell: &Cell, path: &str) -> Result<Arc<Secret>, SecretError> {
        let found = self.0.source.read(path, CURRENT).await;
        cell.looked_at.store(Some(Arc::new(self.0.clock.now())));
        let found = found.inspect_err(|error| {
            tracing::warn!(path, %error, "a secret could not be read; the last good value stays in use");
            metrics::counter!("secret_read_failures_total").increment(1);
        })?;
        let counts = found.1;
        let new = match cell.last_good.load_full() {
            Some(used) if used.version == found.1 && *used.value == found.0 => used,
            used => self.take(path, found, used).await?,
        };
        metrics::gauge!("secret_version", "path" => path.to_owned()).set(number(new.version));
        if new.version == counts {
            metrics::gauge!("secret_refused_version", "path" => path.to_owned()).set(0.0);
        }
        cell.last_good.store(Some(Arc::clone(&new)));
        Ok(new)
    }

    /// The version that is to be used: what was found, if it works. At the start there is none to
    /// stay with: then the one before is tried, and what was found is better than nothing.
    async fn take(
        &self,
        path: &str,
        found: Found,
        used: Option<Arc<Secret>>,
    ) -> Result<Arc<Secret>, SecretError> {
        let new = secret(path, found);
        let Err(unfit) = self.attempt(path, &new, used.as_ref()).await else {
            tracing::info!(path, version = new.version, "a secret is in use");
            return Ok(new);
        };
        if matches!(unfit, Unfit::Unknown(_)) && used.is_none() {
            return Ok(new);
        }
        let version = new.version;
        match &unfit {
            Unfit::Unknown(_) => tracing::warn!(path, version, %unfit, "a secret is not used yet"),
            Unfit::Wrong(_) => {
                tracing::error!(path, version, %unfit, "security: the current version of a secret is refused");
                metrics::gauge!("secret_refused_version", "path" => path.to_owned()).set(number(version));
            }
        }
        if used.is_none()
            && let Ok(found) = self.0.source.read(path, PREVIOUS).await
        {
            let before = secret(path, found);
            if self.attempt(path, &before, None).await.is_ok() {
                return Ok(before);
            }
        }
        Err(SecretError::Refused { path: path.to_owned(), version, reason: unfit.to_string() })
    }

    async fn attempt(&self, path: &str, new: &Arc<Secret>, used: Option<&Arc<Secret>>) -> Result<(), Unfit> {
        let trial = self.0.trials.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        match trial {
            Some(trial) => trial(Candidate { new: Arc::clone(new), used: used.cloned() }).await,
            None => Ok(()),
        }
    }
}

fn secret(path: &str, (value, version): Found) -> Arc<Secret> {
    Arc::new(Secret { path: path.to_owned(), value: Zeroizing::new(value), version })
}

/// Between a half and nine tenths, so that instances do not ask all at once.
fn jitter() -> f64 {
    let mut byte = [0_u8];
    rand::fill(&mut byte).ok();
    0.5 + f64::from(byte[0]) / 640.0
}

#[expect(clippy::cast_precision_loss, reason = "SSM counts versions from 1, and none reaches 2^53")]
fn number(version: i64) -> f64 {
    version as f64
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
