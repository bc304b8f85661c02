//! What handlers may use, and the table of contents.

use std::sync::Arc;

use axum::{
    Router,
    routing::{delete, get, patch, post, put},
};
use service_chassis::{
    clock::Clock, ids::Ids, objects::Objects, outbox::Outbox, sealed::KeyRing, secrets::Secrets,
    store::Schema,
};
use sqlx::PgPool;

use crate::{
    clients::{ClientKeys, Exporters, Keycloak},
    domain::{
        pseudonym::{KeySecret, Pseudonyms},
        registration::{Answers, Step},
    },
    error::Error,
    routes::{accounts, brands, consents, erasures, exports, internal, jwks, me},
};

/// Says after which step of a registration the process shall seem to die. Nothing does, but tests.
pub type Seam = Arc<dyn Fn(Step) -> Result<(), Error> + Send + Sync>;

/// What handlers may use.
#[derive(Clone)]
pub struct App {
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The function's secrets.
    pub secrets: Secrets,
    /// The schema `identity`, as `identity_svc`.
    pub database: PgPool,
    /// Its name, for the chassis' tables.
    pub schema: Schema,
    /// Events on their way to Kafka.
    pub outbox: Outbox,
    /// Credentials and sessions.
    pub keycloak: Keycloak,
    /// What Keycloak knows us by.
    pub client_keys: ClientKeys,
    /// Who holds data of people.
    pub exporters: Exporters,
    /// The services that confirm an erasure, as the manifest says.
    pub confirmers: Arc<Vec<String>>,
    /// Where erasures are noted off this host.
    pub erasure_log: Option<Objects>,
    /// What a registration is answered with.
    pub answers: Answers,
    /// Where tests interrupt a registration.
    pub seam: Seam,
}

impl App {
    /// The keys that exports are sealed with.
    pub async fn export_keys(&self) -> Result<KeyRing, Error> {
        Ok(self.secrets.own("export-keys").await?.json()?)
    }

    /// Pseudonyms with the key of now.
    pub async fn pseudonyms(&self) -> Result<Pseudonyms, Error> {
        Ok(Pseudonyms::new(&self.secrets.own("pseudonym-key").await?.json::<KeySecret>()?)?)
    }
}

/// The routes.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/api/v1/accounts", post(accounts::register))
        .route("/api/v1/me", get(me::read).patch(me::change).delete(erasures::erase_account))
        .route("/api/v1/visitor", delete(erasures::erase_visitor))
        .route("/api/v1/erasures/{erasure_id}", get(erasures::read))
        .route("/api/v1/me/export", post(exports::begin))
        .route("/api/v1/me/exports/{job_id}", get(exports::read))
        .route("/api/v1/jobs/{job_id}", get(exports::job))
        .route("/api/v1/me/consents", get(consents::list))
        .route("/api/v1/me/consents/history", get(consents::history))
        .route("/api/v1/me/consents/{purpose}", put(consents::decide))
        .route("/api/v1/visitor/consents", get(consents::list_of_visitor))
        .route("/api/v1/visitor/consents/{purpose}", put(consents::decide_as_visitor))
        .route("/api/v1/brand", get(brands::own))
        .route("/api/v1/admin/brands", get(brands::list).post(brands::make))
        .route("/api/v1/admin/brands/{brand_id}", patch(brands::change))
        .route("/api/v1/admin/brands/{brand_id}/users", get(brands::users).post(brands::appoint))
        .route("/api/v1/admin/brands/{brand_id}/users/{account_id}", delete(brands::dismiss))
        .route("/internal/v1/accounts/{account_id}/brand-scope", get(internal::brand_scope))
        .route("/internal/v1/accounts/{account_id}/consents/{purpose}", get(internal::consent))
        .route("/internal/v1/accounts/{account_id}/settings", get(internal::settings))
        .route("/internal/v1/visitors/{visitor_id}/link", put(internal::link))
        .route("/internal/v1/revocations", get(internal::revocations))
        .with_state(app)
}

/// What Keycloak reads, without an internal token.
pub fn published(app: App) -> Router {
    Router::new().route("/.well-known/jwks.json", get(jwks::read)).with_state(app)
}
