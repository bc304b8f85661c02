//! The world around the gateway, and how tests ask it.

pub(crate) mod ask;
pub(crate) mod identity;
pub(crate) mod keycloak;
pub(crate) mod passport;

use std::{num::NonZeroU32, sync::Arc, time::Duration};

use api_gateway::{
    app::{self, App},
    clients::{Identity, Keycloak, Services},
    config::Config,
    domain::routes::Table,
};
use axum::Router;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use service_chassis::{client::Client, clock::Clock, ids::Ids, layers, testing::Authority};
use shared_contracts::routes::{self, Method, Route, Who};

use ask::Ask;
use identity::FakeIdentity;
use keycloak::FakeKeycloak;
use passport::FakePassport;

pub(crate) const PUBLIC_URL: &str = "http://pt.example";
pub(crate) const ISSUER: &str = "http://pt.example/auth/realms/packytrace";

/// A gateway at work, and its surroundings.
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) keycloak: FakeKeycloak,
    pub(crate) passport: FakePassport,
    pub(crate) identity: FakeIdentity,
    pub(crate) router: Router,
}

/// How one test's world differs from the ordinary one.
pub(crate) struct Setup {
    pub(crate) config: Config,
    /// The secret `visitor-keys`: the current key's id, then all ids.
    pub(crate) ring: (&'static str, &'static [&'static str]),
    /// Another address of passport than that of [`FakePassport`].
    pub(crate) passport_url: Option<String>,
    /// Another address of identity than that of [`FakeIdentity`].
    pub(crate) identity_url: Option<String>,
    /// Where the keys are read, if not at [`FakeKeycloak`].
    pub(crate) jwks_url: Option<String>,
}

impl World {
    /// The ordinary world.
    pub(crate) async fn new() -> Self {
        Self::with(|_| {}).await
    }

    /// A world that differs.
    pub(crate) async fn with(differ: impl FnOnce(&mut Setup)) -> Self {
        let mut setup = Setup {
            config: config(),
            ring: ("k1", &["k1"]),
            passport_url: None,
            identity_url: None,
            jwks_url: None,
        };
        differ(&mut setup);
        let (clock, ids) = (Clock::fixed(start()), Ids::system());
        let authority = Authority::new(&clock, &ids)
            .unwrap()
            .with("/packytrace/test/api-gateway/visitor-keys", &ring(setup.ring));
        let keycloak = FakeKeycloak::start().await;
        let passport = FakePassport::start(authority.callers("passport").unwrap()).await;

        let identity = FakeIdentity::start(authority.callers("identity").unwrap()).await;
        let identity_url = setup.identity_url.unwrap_or_else(|| identity.url.clone());
        let to_identity =
            |budget| Client::new("identity", &identity_url, budget, authority.signer("api-gateway")).unwrap();

        let base = setup.passport_url.unwrap_or_else(|| passport.url.clone());
        let budget = setup.config.upstream_timeout();
        let client = Client::new("passport", &base, budget, authority.signer("api-gateway")).unwrap();
        let jwks_url = setup.jwks_url.unwrap_or_else(|| keycloak.url.clone());
        let mut app = App::new(
            &setup.config,
            &clock,
            &ids,
            &authority.secrets("api-gateway"),
            Keycloak::new(jwks_url.parse().unwrap(), clock.clone()).unwrap(),
            Services::new([("passport", client), ("identity", to_identity(budget))], &clock),
            Identity::new(
                to_identity(Identity::QUICK),
                to_identity(Identity::PATIENT),
                clock.clone(),
                ids.clone(),
            ),
        )
        .unwrap();
        app.routes = Arc::new(Table::new(with_closed_routes()).unwrap());
        app.ready().await.unwrap();
        let router = layers::public(app::router(app), clock.clone(), ids);
        Self { clock, keycloak, passport, identity, router }
    }

    /// Begins a `GET`.
    pub(crate) fn get(&self, target: &str) -> Ask {
        Ask::new(self.router.clone(), http::Method::GET, target)
    }

    /// Begins a `POST`.
    pub(crate) fn post(&self, target: &str) -> Ask {
        self.ask(http::Method::POST, target).header("content-type", "application/json")
    }

    /// Begins any request.
    pub(crate) fn ask(&self, method: http::Method, target: &str) -> Ask {
        Ask::new(self.router.clone(), method, target)
    }

    /// Moves the clock.
    pub(crate) fn advance(&self, by: TimeDelta) {
        self.clock.advance(by);
    }
}

/// When every test begins.
pub(crate) fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_341_600, 0).unwrap()
}

fn config() -> Config {
    let plenty = NonZeroU32::new(1_000_000).unwrap();
    Config {
        public_url: PUBLIC_URL.parse().unwrap(),
        keycloak_issuer: ISSUER.to_owned(),
        keycloak_jwks_url: "http://set.below".parse().unwrap(),
        allowed_azp: vec!["packytrace-web".to_owned(), "packytrace-test".to_owned()],
        allowed_origins: vec!["https://app.example".to_owned()],
        passport_url: "set below".to_owned(),
        fridge_url: "asked by no test".to_owned(),
        identity_url: "set below".to_owned(),
        personalization_url: "http://nobody.asks".to_owned(),
        brand_analytics_url: "nobody asks".to_owned(),
        upstream_timeout_ms: Duration::from_secs(5).as_millis().try_into().unwrap(),
        rate_limit_per_address: plenty,
        rate_limit_per_account: plenty,
        rate_limit_per_visitor: plenty,
        rate_limit_registrations: plenty,
        rate_limit_scans: plenty,
        trusted_proxy: true,
    }
}

fn ring((current, ids): (&str, &[&str])) -> String {
    use base64::{Engine, prelude::BASE64_STANDARD};
    let key = |id: &&str| BASE64_STANDARD.encode(id.bytes().cycle().take(32).collect::<Vec<_>>());
    let keys: serde_json::Map<_, _> = ids.iter().map(|id| ((*id).to_owned(), key(id).into())).collect();
    json!({ "current": current, "keys": keys }).to_string()
}

/// The contract's routes, and routes of the tests' own behind passport: for accounts, for
/// administrators, for brands.
fn with_closed_routes() -> Vec<Route> {
    let closed = |method, path: &str, who| Route {
        method,
        path: path.to_owned(),
        owner: "passport".to_owned(),
        then: None,
        who,
        limit: None,
        body_limit: 64,
        issues_visitor: false,
        operation_id: "test".to_owned(),
    };
    let mut all = routes::public().unwrap();
    all.push(closed(Method::Get, "/api/v1/test/account", Who::Account));
    all.push(closed(Method::Put, "/api/v1/test/account", Who::Account));
    all.push(closed(Method::Get, "/api/v1/test/admin", Who::Admin));
    all.push(closed(Method::Get, "/api/v1/test/brand", Who::Brand));
    all
}
