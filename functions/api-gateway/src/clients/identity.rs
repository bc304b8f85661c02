//! What the gateway asks Identity for itself: the brand of an account, whether a browser is the
//! account that signed in on it, and which tokens are void.

use std::{collections::HashSet, sync::Arc, time::Duration};

use arc_swap::ArcSwapOption;
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use quick_cache::sync::Cache;
use serde::de::DeserializeOwned;
use service_chassis::{
    breaker::{Breaker, Outcome},
    caller::{BrandScope, OnBehalf},
    canonical,
    client::{Call, CallError, Client, Context},
    clock::Clock,
    ids::Ids,
    trace::TraceContext,
};
use shared_contracts::identity::{BrandScope as ScopeBody, LinkAnswer, Revocations};
use tokio::time::Instant;
use uuid::Uuid;

use super::SILENT_CALLS;
use crate::error::Error;

/// How long a brand scope is believed.
const SCOPE_LIFE: TimeDelta = TimeDelta::seconds(5);
/// Age after which the void tokens are asked for again, beside the request that noticed.
const REFRESH_AFTER: TimeDelta = TimeDelta::seconds(4);
/// Age after which a request waits for the new list: a process may have been frozen.
const STALE_AFTER: TimeDelta = TimeDelta::seconds(8);
/// The least time between two tries while Identity is away.
const PAUSE: TimeDelta = TimeDelta::seconds(3);
/// The host asks this often by itself.
const TICK: Duration = Duration::from_secs(4);
/// Tokens that were issued longer ago have expired: an hour, and clocks that differ.
const TOKEN_LIFE: TimeDelta = TimeDelta::minutes(70);
/// Accounts and visitors that are remembered.
const REMEMBERED: usize = 50_000;
/// Largest answer in bytes: many thousand revocations.
const MAX_BYTES: usize = 4 * 1024 * 1024;

/// Whose a browser is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Link {
    /// The account that signed in on it.
    Ours,
    /// Another account.
    OfAnother,
    /// Identity did not say.
    Unknown,
}

/// Accounts whose tokens are void, by digest.
struct Revoked {
    accounts: HashSet<String>,
    at: DateTime<Utc>,
}

/// Identity, asked by the gateway itself.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    /// For what a scan must not wait for.
    quick: Client,
    /// For what is no answer without it.
    patient: Client,
    clock: Clock,
    ids: Ids,
    breaker: Breaker,
    scopes: Cache<Uuid, (BrandScope, DateTime<Utc>)>,
    /// Accounts by visitor.
    linked: Cache<Uuid, Uuid>,
    revoked: ArcSwapOption<Revoked>,
    /// When the void tokens were last asked for. Who holds the lock asks.
    last_try: tokio::sync::Mutex<Option<DateTime<Utc>>>,
}

impl Identity {
    /// How long Identity gets for what a scan must not wait for.
    pub const QUICK: Duration = Duration::from_millis(200);
    /// How long it gets for the brand of an account, and beside requests.
    pub const PATIENT: Duration = Duration::from_secs(2);

    /// Identity behind clients with these budgets.
    pub fn new(quick: Client, patient: Client, clock: Clock, ids: Ids) -> Self {
        Self(Arc::new(Inner {
            quick,
            patient,
            breaker: Breaker::new(SILENT_CALLS, clock.clone()),
            clock,
            ids,
            scopes: Cache::new(REMEMBERED),
            linked: Cache::new(REMEMBERED),
            revoked: ArcSwapOption::empty(),
            last_try: tokio::sync::Mutex::default(),
        }))
    }

    /// Begins to ask for void tokens, and goes on as long as the process lives.
    pub fn begin(&self) {
        let identity = self.clone();
        tokio::spawn(async move {
            loop {
                identity.refresh(&identity.0.patient, TimeDelta::seconds(1)).await;
                tokio::time::sleep_until(Instant::now() + TICK).await;
            }
        });
    }

    /// The brand of an account and what it may do there; `None` when it has none.
    pub async fn brand_scope(&self, account: Uuid, context: &Context) -> Result<Option<BrandScope>, Error> {
        let now = self.0.clock.now();
        if let Some((scope, at)) = self.0.scopes.get(&account)
            && within(at, now, SCOPE_LIFE)
        {
            return Ok(Some(scope));
        }
        let path = format!("/internal/v1/accounts/{account}/brand-scope");
        let Some(body) = self.ask::<ScopeBody>(&self.0.patient, Method::GET, path, context).await? else {
            return Ok(None);
        };
        let scope = BrandScope { brand: body.brand_id, role: body.role.as_str().to_owned() };
        self.0.scopes.insert(account, (scope.clone(), now));
        Ok(Some(scope))
    }

    /// Links a visitor to the account that signed in on its browser; asked once.
    pub async fn link(&self, account: Uuid, visitor: Uuid, context: &Context) -> Link {
        if self.0.linked.get(&visitor) == Some(account) {
            return Link::Ours;
        }
        let path = format!("/internal/v1/visitors/{visitor}/link");
        match self.ask::<LinkAnswer>(&self.0.quick, Method::PUT, path, context).await {
            Ok(Some(LinkAnswer::Linked)) => {
                self.0.linked.insert(visitor, account);
                Link::Ours
            }
            Ok(Some(LinkAnswer::BelongsToAnother)) => Link::OfAnother,
            // No account of that id: whoever signed in has not registered.
            Ok(None) => Link::Unknown,
            Err(error) => {
                metrics::counter!("visitor_links_missed_total").increment(1);
                tracing::warn!(%error, "a visitor could not be linked; the next request tries again");
                Link::Unknown
            }
        }
    }

    /// Whether the tokens of an account are void. While Identity is away, the last list counts.
    pub async fn is_revoked(&self, account: Uuid) -> bool {
        let now = self.0.clock.now();
        match self.0.revoked.load_full() {
            Some(known) if within(known.at, now, REFRESH_AFTER) => {}
            Some(known) if within(known.at, now, STALE_AFTER) => {
                let identity = self.clone();
                tokio::spawn(async move { identity.refresh(&identity.0.patient, PAUSE).await });
            }
            _ => self.refresh(&self.0.quick, PAUSE).await,
        }
        let revoked = self.0.revoked.load();
        revoked
            .as_ref()
            .is_some_and(|known| !known.accounts.is_empty() && known.accounts.contains(&digest_of(account)))
    }

    /// Asks for void tokens again, unless somebody is at it or was within `pause`.
    async fn refresh(&self, client: &Client, pause: TimeDelta) {
        let Ok(mut last_try) = self.0.last_try.try_lock() else { return };
        let now = self.0.clock.now();
        if last_try.is_some_and(|at| within(at, now, pause)) {
            return;
        }
        *last_try = Some(now);
        let since = (now - TOKEN_LIFE).to_rfc3339_opts(SecondsFormat::Secs, true);
        let context = Context {
            request_id: self.0.ids.next(now).to_string(),
            trace: TraceContext::start(),
            on_behalf: OnBehalf::default(),
        };
        let path = format!("/internal/v1/revocations?since={since}");
        match self.ask::<Revocations>(client, Method::GET, path, &context).await {
            Ok(Some(answer)) => {
                let accounts = answer.accounts.into_iter().collect();
                self.0.revoked.store(Some(Arc::new(Revoked { accounts, at: now })));
                metrics::gauge!("revocations_age_seconds").set(0.0);
            }
            Ok(None) => self.alarm(&"Identity has no such route", now),
            Err(error) => self.alarm(&error, now),
        }
    }

    /// Says that the last list stays in use.
    fn alarm(&self, error: &dyn std::fmt::Display, now: DateTime<Utc>) {
        metrics::counter!("revocation_fetch_failures_total").increment(1);
        let age = self.0.revoked.load().as_ref().map(|known| (now - known.at).as_seconds_f64());
        if let Some(seconds) = age {
            metrics::gauge!("revocations_age_seconds").set(seconds);
        }
        tracing::warn!(%error, age_seconds = age, "void tokens could not be asked for; the last list stays in use");
    }

    /// One call; `None` for 404.
    async fn ask<T: DeserializeOwned>(
        &self,
        client: &Client,
        method: Method,
        path_and_query: String,
        context: &Context,
    ) -> Result<Option<T>, Error> {
        self.0.breaker.enter().map_err(Error::Resting)?;
        let call = Call { method, path_and_query, headers: HeaderMap::new(), body: Bytes::new() };
        let answer = client.send(call, context).await;
        match &answer {
            Ok(_) => self.0.breaker.learn(Outcome::Answered),
            // Our own fault says nothing about the service.
            Err(CallError::Sign(_)) => {}
            Err(_) => self.0.breaker.learn(Outcome::Silent),
        }
        let answer = answer.map_err(Error::Identity)?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(Error::IdentitySays(status)),
        }
        let body = Limited::new(answer.into_body(), MAX_BYTES).collect().await;
        let body = body.map_err(|_| Error::IdentitySays(StatusCode::OK))?.to_bytes();
        serde_json::from_slice(&body).map(Some).map_err(|_| Error::IdentitySays(StatusCode::OK))
    }
}

/// What Identity names an account by in its list.
pub fn digest_of(account: Uuid) -> String {
    canonical::sha256_hex(account.to_string().as_bytes())
}

/// Whether `at` is less than `span` ago. A moment in the future, after a clock was set back, is not.
fn within(at: DateTime<Utc>, now: DateTime<Utc>, span: TimeDelta) -> bool {
    (TimeDelta::zero()..span).contains(&(now - at))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_named_as_identity_names_it() {
        assert_eq!(
            digest_of(Uuid::nil()),
            "12b9377cbe7e5c94e8a70d9d23929523d14afa954793130f8a3959c7b849aca8"
        );
    }
}
