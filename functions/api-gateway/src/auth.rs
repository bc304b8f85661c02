//! Who asks: the account of a believed token, the visitor of a genuine cookie, and how much each
//! of them may ask.

use std::{net::IpAddr, sync::Arc};

use arc_swap::ArcSwapOption;
use http::HeaderMap;
use service_chassis::{
    audit::{self, Actor},
    caller::BrandScope,
    client::Context,
    secrets::Secrets,
};
use shared_contracts::routes::Limit;
use uuid::Uuid;

use crate::{
    app::App,
    clients::Link,
    config::Config,
    domain::{
        address,
        rate::{Limiter, Rate},
        routes::Closed,
        token::{self, Account, Refusal, Unverified},
        visitor::{Cookie, Ring, Visitor},
    },
    error::Error,
};

/// Who asks. Both, one, or nobody in particular.
#[derive(Clone, Copy, Debug)]
pub struct Who {
    /// The account whose token is believed.
    pub account: Option<Account>,
    /// The visitor whose cookie is genuine.
    pub visitor: Option<Visitor>,
}

/// Who asks with these headers. A bad token is an error even where none is needed; a bad cookie
/// is no cookie.
pub async fn who(app: &App, headers: &HeaderMap) -> Result<Who, Error> {
    let account = account(app, headers).await.inspect_err(report)?;
    Ok(Who { account, visitor: app.visitors.of(headers).await? })
}

async fn account(app: &App, headers: &HeaderMap) -> Result<Option<Account>, Error> {
    let Some(token) = token::bearer(headers)? else { return Ok(None) };
    let unverified = Unverified::parse(token)?;
    let key = app.keycloak.key(unverified.key_id()).await?.ok_or(Refusal::UnknownKey)?;
    let verified = unverified.verify(&key)?;
    let account = app.rules.account(&verified, app.clock.now().timestamp())?;
    if app.identity.is_revoked(account.id).await {
        return Err(Refusal::Revoked.into());
    }
    Ok(Some(account))
}

/// The id that a browser goes on with when its account is not the one that its Visitor ID belongs
/// to. Identity being away changes nothing; the next request asks again.
pub async fn replaced(app: &App, who: &Who, context: &Context) -> Option<Uuid> {
    let (account, visitor) = (who.account.as_ref()?, who.visitor.as_ref()?);
    match app.identity.link(account.id, visitor.id, context).await {
        Link::OfAnother => Some(app.ids.random()),
        Link::Ours | Link::Unknown => None,
    }
}

/// The brand of the account, which a route for brands needs.
pub async fn brand(app: &App, who: &Who, context: &Context) -> Result<BrandScope, Error> {
    let account = who.account.as_ref().ok_or(Error::Closed(Closed::Unauthenticated))?;
    app.identity.brand_scope(account.id, context).await?.ok_or(Error::Closed(Closed::Forbidden))
}

/// Operators learn why a token was refused; whoever sent it does not.
fn report(error: &Error) {
    if let Error::Token(refusal) = error {
        metrics::counter!("tokens_refused_total").increment(1);
        audit::record("token_refused", Actor::Anybody, &refusal.to_string());
    }
}

/// Visitor IDs, with the keys that the secret `visitor-keys` holds now.
#[derive(Clone)]
pub struct Visitors {
    secrets: Secrets,
    cookie: Cookie,
    /// The ring, with the version of the secret that it was made of.
    ready: Arc<ArcSwapOption<(i64, Ring)>>,
}

impl Visitors {
    /// Visitors who carry this cookie.
    pub fn new(secrets: Secrets, cookie: Cookie) -> Self {
        Self { secrets, cookie, ready: Arc::default() }
    }

    /// The visitor of a request.
    async fn of(&self, headers: &HeaderMap) -> Result<Option<Visitor>, Error> {
        match self.cookie.value(headers) {
            Some(value) => Ok(self.ring().await?.1.read(value)),
            None => Ok(None),
        }
    }

    /// The `Set-Cookie` line of a visitor.
    pub async fn line(&self, id: Uuid) -> Result<Option<String>, Error> {
        Ok(self.ring().await?.1.write(id).map(|value| self.cookie.line(&value)))
    }

    /// The `Set-Cookie` line that takes the cookie away.
    pub fn gone(&self) -> String {
        self.cookie.gone()
    }

    /// The keys of now.
    pub async fn ring(&self) -> Result<Arc<(i64, Ring)>, Error> {
        let secret = self.secrets.own("visitor-keys").await?;
        if let Some(ready) = self.ready.load_full()
            && ready.0 == secret.version()
        {
            return Ok(ready);
        }
        let ready = Arc::new((secret.version(), Ring::new(secret.json()?)?));
        self.ready.store(Some(Arc::clone(&ready)));
        Ok(ready)
    }
}

/// How much one address, account or visitor may ask of this process. Each process counts for
/// itself: with several, or on Lambda, the limit holds for each of them.
pub struct Limits {
    addresses: Limiter<Option<IpAddr>>,
    accounts: Limiter<Uuid>,
    visitors: Limiter<Uuid>,
    registrations: Limiter<Option<IpAddr>>,
    scans: Limiter<Option<IpAddr>>,
}

impl Limits {
    /// The limits of the settings.
    pub fn new(config: &Config) -> Self {
        Self {
            addresses: Limiter::new(Rate::per_second(config.rate_limit_per_address)),
            accounts: Limiter::new(Rate::per_second(config.rate_limit_per_account)),
            visitors: Limiter::new(Rate::per_second(config.rate_limit_per_visitor)),
            registrations: Limiter::new(Rate::per_minute(config.rate_limit_registrations)),
            scans: Limiter::new(Rate::per_second(config.rate_limit_scans)),
        }
    }

    /// Counts a request of an address, and what the route limits beside that; requests without an
    /// address share a bucket.
    pub fn address(&self, address: Option<IpAddr>, limit: Option<Limit>, now: i64) -> Result<(), Error> {
        let network = address.map(address::network);
        self.addresses.take(network, now).map_err(Error::TooMany)?;
        let own = match limit {
            None => return Ok(()),
            Some(Limit::Registrations) => &self.registrations,
            Some(Limit::Scans) => &self.scans,
        };
        own.take(network, now).map_err(Error::TooMany)
    }

    /// Counts a request of a person.
    pub fn person(&self, who: &Who, now: i64) -> Result<(), Error> {
        if let Some(account) = &who.account {
            self.accounts.take(account.id, now).map_err(Error::TooMany)?;
        }
        if let Some(visitor) = &who.visitor {
            self.visitors.take(visitor.id, now).map_err(Error::TooMany)?;
        }
        Ok(())
    }
}
