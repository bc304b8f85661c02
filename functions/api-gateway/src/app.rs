//! What handlers may use, and the table of contents.

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post},
};
use service_chassis::{clock::Clock, ids::Ids, secrets::Secrets};
use shared_contracts::{openapi::ContractError, routes};

use crate::{
    auth::{Limits, Visitors},
    clients::{Identity, Keycloak, Services},
    config::Config,
    domain::{
        address::Proxy,
        cors::Origins,
        routes::{Table, TableError},
        token::Rules,
    },
    error::Error,
    routes::{
        forward, front_door, healthz,
        openapi::{self, Contract},
        sign_out,
    },
};

/// Why the gateway cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The contracts do not parse.
    #[error(transparent)]
    Contract(#[from] ContractError),
    /// The contracts make no route table.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// What handlers may use.
#[derive(Clone)]
pub struct App {
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The function's secrets.
    pub secrets: Secrets,
    /// The public routes.
    pub routes: Arc<Table>,
    /// The public contract.
    pub contract: Contract,
    /// Origins whose pages may call us.
    pub origins: Arc<Origins>,
    /// Whose tokens are believed.
    pub rules: Arc<Rules>,
    /// Keycloak's keys.
    pub keycloak: Keycloak,
    /// Visitor IDs.
    pub visitors: Visitors,
    /// How much one address, account or visitor may ask.
    pub limits: Arc<Limits>,
    /// Whether `X-Forwarded-For` has a word of ours.
    pub proxy: Proxy,
    /// The functions behind us.
    pub services: Services,
    /// Brands, linked visitors, erased accounts.
    pub identity: Identity,
}

impl App {
    /// The gateway with these settings.
    pub fn new(
        config: &Config,
        clock: &Clock,
        ids: &Ids,
        secrets: &Secrets,
        keycloak: Keycloak,
        services: Services,
        identity: Identity,
    ) -> Result<Self, BuildError> {
        let rules = Rules { issuer: config.keycloak_issuer.clone(), clients: config.allowed_azp.clone() };
        Ok(Self {
            clock: clock.clone(),
            ids: ids.clone(),
            secrets: secrets.clone(),
            routes: Arc::new(Table::new(routes::public()?)?),
            contract: Contract::published()?,
            origins: Arc::new(Origins::new(config.origins())),
            rules: Arc::new(rules),
            keycloak,
            visitors: Visitors::new(secrets.clone(), config.cookie()),
            limits: Arc::new(Limits::new(config)),
            proxy: config.proxy(),
            services,
            identity,
        })
    }

    /// Whether the gateway can do its work: its own secrets are there. Keycloak is not asked:
    /// without it, visitors and everybody who is signed in can still be served.
    pub async fn ready(&self) -> Result<(), Error> {
        self.secrets.own("internal-key").await?;
        self.visitors.ring().await?;
        Ok(())
    }
}

/// The routes. All of them stand behind the front door, and what the gateway does not answer
/// itself is forwarded to its owner.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/healthz", get(healthz::read))
        .route("/api/v1/openapi.json", get(openapi::read))
        .route("/api/v1/visitor/sign-out", post(sign_out::leave))
        .fallback(forward::any)
        .layer(middleware::from_fn_with_state(app.clone(), front_door::open))
        .with_state(app)
}
