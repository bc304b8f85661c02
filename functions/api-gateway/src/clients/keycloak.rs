//! Keycloak's public keys: kept, and read again by age at use, because a process may have been
//! frozen since.

use std::{sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use bytes::BytesMut;
use chrono::{DateTime, TimeDelta, Utc};
use service_chassis::{client, clock::Clock};
use tokio::sync::Mutex;
use url::Url;

use crate::{
    domain::keys::{KeySet, KeySetError, VerifyingKey},
    error::Error,
};

/// Age after which the keys are read again, beside the request that noticed.
const REFRESH_AFTER: TimeDelta = TimeDelta::minutes(5);
/// Age after which keys that could not be read again are not believed any more.
const KEEP_FOR: TimeDelta = TimeDelta::hours(24);
/// The least time between two reads, whoever asks for unknown keys.
const PAUSE: TimeDelta = TimeDelta::seconds(10);
/// The same while there are no keys at all, so that a Keycloak that comes up is soon noticed.
const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(1);
/// How long one read may take.
const BUDGET: Duration = Duration::from_secs(2);
/// Largest key set in bytes.
const MAX_BYTES: usize = 256 * 1024;

/// Why a read of the keys failed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// No connection, no answer in time, or one that broke off.
    #[error("Keycloak's keys cannot be fetched: {0}")]
    Transport(#[from] reqwest::Error),
    /// Another answer than the keys. Redirects are not followed.
    #[error("Keycloak answered {0} instead of its keys")]
    Status(reqwest::StatusCode),
    /// More than [`MAX_BYTES`].
    #[error("Keycloak's keys are larger than {MAX_BYTES} bytes")]
    TooLarge,
    /// No key set, or none that can be used.
    #[error("Keycloak's keys are of no use: {0}")]
    KeySet(#[from] KeySetError),
}

/// Keycloak's public keys.
#[derive(Clone)]
pub struct Keycloak(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    url: Url,
    clock: Clock,
    loaded: ArcSwapOption<Loaded>,
    /// When the keys were last asked for. Who holds the lock asks; the others wait for the answer.
    last_try: Mutex<Option<DateTime<Utc>>>,
}

struct Loaded {
    keys: KeySet,
    at: DateTime<Utc>,
}

impl Keycloak {
    /// The keys that are published at `url`.
    pub fn new(url: Url, clock: Clock) -> Result<Self, FetchError> {
        let http = client::http(BUDGET)?;
        Ok(Self(Arc::new(Inner {
            http,
            url,
            clock,
            loaded: ArcSwapOption::empty(),
            last_try: Mutex::new(None),
        })))
    }

    /// Begins to read the keys, so that the first token need not wait for them.
    pub fn begin(&self) {
        let keycloak = self.clone();
        tokio::spawn(async move { keycloak.refresh(FIRST_PAUSE).await });
    }

    /// The key of this id; `None` when Keycloak has none of that name.
    pub async fn key(&self, key_id: &str) -> Result<Option<VerifyingKey>, Error> {
        let Some(loaded) = self.believed() else {
            self.refresh(FIRST_PAUSE).await;
            let loaded = self.believed().ok_or(Error::NoKeys)?;
            return Ok(loaded.keys.get(key_id).cloned());
        };
        if !within(loaded.at, self.0.clock.now(), REFRESH_AFTER) {
            self.refresh_beside();
        }
        if let Some(key) = loaded.keys.get(key_id) {
            return Ok(Some(key.clone()));
        }
        self.refresh(PAUSE).await;
        Ok(self.believed().and_then(|loaded| loaded.keys.get(key_id).cloned()))
    }

    /// The last good keys, unless they are too old.
    fn believed(&self) -> Option<Arc<Loaded>> {
        let loaded = self.0.loaded.load_full()?;
        within(loaded.at, self.0.clock.now(), KEEP_FOR).then_some(loaded)
    }

    /// Reads the keys again while the request that noticed goes on with the last good ones.
    fn refresh_beside(&self) {
        if let Ok(last_try) = self.0.last_try.try_lock()
            && self.may_try(*last_try, PAUSE)
        {
            let keycloak = self.clone();
            tokio::spawn(async move { keycloak.refresh(PAUSE).await });
        }
    }

    /// Reads the keys again, unless somebody did within `pause`.
    async fn refresh(&self, pause: TimeDelta) {
        let mut last_try = self.0.last_try.lock().await;
        if !self.may_try(*last_try, pause) {
            return;
        }
        let now = self.0.clock.now();
        *last_try = Some(now);
        match self.fetch().await {
            Ok(keys) => {
                self.0.loaded.store(Some(Arc::new(Loaded { keys, at: now })));
                metrics::gauge!("jwks_age_seconds").set(0.0);
            }
            Err(error) => self.alarm(&error, now),
        }
    }

    fn may_try(&self, last_try: Option<DateTime<Utc>>, pause: TimeDelta) -> bool {
        last_try.is_none_or(|at| !within(at, self.0.clock.now(), pause))
    }

    async fn fetch(&self) -> Result<KeySet, FetchError> {
        let mut answer = self.0.http.get(self.0.url.clone()).send().await?;
        if answer.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status(answer.status()));
        }
        let mut document = BytesMut::new();
        while let Some(chunk) = answer.chunk().await? {
            if document.len() + chunk.len() > MAX_BYTES {
                return Err(FetchError::TooLarge);
            }
            document.extend_from_slice(&chunk);
        }
        Ok(KeySet::parse(&document)?)
    }

    /// Says that the last good keys, if there are any, stay in use.
    fn alarm(&self, error: &FetchError, now: DateTime<Utc>) {
        metrics::counter!("jwks_fetch_failures_total").increment(1);
        let age = self.0.loaded.load().as_ref().map(|loaded| (now - loaded.at).as_seconds_f64());
        if let Some(seconds) = age {
            metrics::gauge!("jwks_age_seconds").set(seconds);
        }
        tracing::error!(%error, age_seconds = age, "Keycloak's keys could not be read; the last good ones stay in use");
    }
}

/// Whether `at` is less than `span` ago. A moment in the future, after a clock was set back, is not.
fn within(at: DateTime<Utc>, now: DateTime<Utc>, span: TimeDelta) -> bool {
    (TimeDelta::zero()..span).contains(&(now - at))
}
