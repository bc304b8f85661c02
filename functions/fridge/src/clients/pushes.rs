//! Web Push: messages that wait are sent, to addresses of the public internet only.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use chrono::TimeDelta;
use http::{StatusCode, header};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use service_chassis::{
    clock::Clock,
    secrets::{SecretError, Secrets},
};
use sqlx::PgPool;
use tokio::sync::Notify;

use crate::{
    config::Config,
    domain::{
        push::{self, Browser, PushError, VapidKey},
        token,
    },
    error::Error,
    store::{self, push::Waiting},
};

/// Messages of one turn.
const BATCH: i64 = 50;
/// A push service gets so long.
const BUDGET: Duration = Duration::from_secs(5);
/// A message that was not taken is tried again after so long, and so often.
const PAUSE: TimeDelta = TimeDelta::minutes(2);
const TRIES: i32 = 5;
/// For how long a push service keeps a message for a browser that is off, in seconds.
const KEPT: &str = "86400";

/// There is no client for push services.
#[derive(Debug, thiserror::Error)]
#[error("no client for push services: {0}")]
pub struct NoPushes(#[from] reqwest::Error);

/// Why a message is still with us.
enum Unsent {
    /// The browser is gone.
    Gone,
    /// Another time, perhaps.
    Later(String),
}

/// Sends what waits in `fridge.pushes`.
#[derive(Clone)]
pub struct Pushes {
    database: PgPool,
    secrets: Secrets,
    clock: Clock,
    config: Arc<Config>,
    http: reqwest::Client,
    queued: Arc<Notify>,
}

/// Finds addresses as the system does, and keeps those of the public internet.
struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|found| push::is_public(found.ip())).collect();
            if public.is_empty() {
                return Err("the host has no public address".into());
            }
            Ok(Box::new(public.into_iter()) as Addrs)
        })
    }
}

impl Pushes {
    /// A sender; nothing is sent before it is asked to.
    ///
    /// # Errors
    /// When the TLS roots cannot be loaded.
    pub fn new(
        database: &PgPool,
        secrets: &Secrets,
        clock: &Clock,
        config: &Arc<Config>,
    ) -> Result<Self, NoPushes> {
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .https_only(true)
            .dns_resolver(Arc::new(PublicOnly))
            .connect_timeout(Duration::from_secs(2))
            .timeout(BUDGET)
            .build()?;
        Ok(Self {
            database: database.clone(),
            secrets: secrets.clone(),
            clock: clock.clone(),
            config: Arc::clone(config),
            http,
            queued: Arc::default(),
        })
    }

    /// Says that messages were queued; returns at once.
    pub fn send_soon(&self) {
        self.queued.notify_one();
    }

    /// The host's loop: sends when something was queued. The schedule does the rest.
    pub async fn keep_sending(self) {
        loop {
            self.queued.notified().await;
            if let Err(error) = self.send_waiting().await {
                tracing::warn!(%error, "messages to browsers wait for the schedule");
            }
        }
    }

    /// Our own key.
    pub async fn key(&self) -> Result<VapidKey, SecretError> {
        self.secrets.own("vapid-key").await?.json()
    }

    /// Sends every message that is due.
    pub async fn send_waiting(&self) -> Result<(), Error> {
        loop {
            let mut conn = self.database.acquire().await?;
            let waiting = store::push::take(&mut conn, self.clock.now(), PAUSE, BATCH).await?;
            if waiting.is_empty() {
                return Ok(());
            }
            drop(conn);
            let key = self.key().await.map_err(|error| Error::Own(error.to_string()))?;
            for message in waiting {
                let outcome = self.send(&key, &message).await;
                self.settle(&message, outcome).await?;
            }
        }
    }

    async fn settle(&self, message: &Waiting, outcome: Result<(), Unsent>) -> Result<(), Error> {
        let mut conn = self.database.acquire().await?;
        match outcome {
            Ok(()) => store::push::remove(&mut conn, message.push_id).await?,
            Err(Unsent::Gone) => store::push::forget(&mut conn, &message.endpoint).await?,
            Err(Unsent::Later(reason)) => {
                tracing::warn!(reason, attempts = message.attempts, "a message was not taken");
                if message.attempts >= TRIES {
                    store::push::remove(&mut conn, message.push_id).await?;
                }
            }
        }
        Ok(())
    }

    async fn send(&self, key: &VapidKey, message: &Waiting) -> Result<(), Unsent> {
        let request = self.request(key, message).map_err(|error| match error {
            PushError::Own => Unsent::Later(error.to_string()),
            PushError::Endpoint | PushError::Keys => Unsent::Gone,
        })?;
        let later = |error: reqwest::Error| Unsent::Later(error.without_url().to_string());
        let answer = self.http.execute(request.build().map_err(later)?).await.map_err(later)?;
        match answer.status() {
            status if status.is_success() => Ok(()),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(Unsent::Gone),
            status => Err(Unsent::Later(status.to_string())),
        }
    }

    /// The request of RFC 8030, section 5.
    fn request(&self, key: &VapidKey, message: &Waiting) -> Result<reqwest::RequestBuilder, PushError> {
        let url = push::endpoint(&message.endpoint, &self.config.push_hosts)?;
        let salt = token::random().map_err(|_| PushError::Own)?;
        let sealed = Browser::read(&message.keys)?.seal(&push::message(message.kind), salt)?;
        let word = key.authorization(&url, &self.config.push_contact, self.clock.now())?;
        Ok(self
            .http
            .post(url)
            .header(header::AUTHORIZATION, word)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header("ttl", KEPT)
            .header("urgency", "normal")
            .body(sealed))
    }
}
