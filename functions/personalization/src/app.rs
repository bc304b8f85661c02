//! What handlers may use, and the table of contents.

use std::sync::Arc;

use axum::{
    Router,
    routing::{get, post},
};
use service_chassis::{
    clock::Clock, ids::Ids, outbox::Outbox, sealed::KeyRing, secrets::Secrets, store::Schema,
};
use sqlx::PgPool;

use crate::{
    clients::Identity,
    domain::rule_set::Published,
    error::Error,
    routes::{export, household, profile, verdict_rules, verdicts},
};

/// What handlers may use.
#[derive(Clone)]
pub struct App {
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// Secrets, the keys of profiles among them.
    pub secrets: Secrets,
    /// The schema `personalization`, as `personalization_svc`.
    pub database: PgPool,
    /// Its name, for the chassis' tables.
    pub schema: Schema,
    /// Events on their way to Kafka.
    pub outbox: Outbox,
    /// Who knows what people consent to.
    pub identity: Identity,
    /// The published rules.
    pub rules: Arc<Published>,
}

impl App {
    /// The keys that profiles are sealed with.
    pub async fn keys(&self) -> Result<KeyRing, Error> {
        Ok(self.secrets.own("profile-keys").await?.json()?)
    }
}

/// The routes.
pub fn router(app: App) -> Router {
    let member = get(household::read).put(household::put).delete(household::erase);
    Router::new()
        .route("/api/v1/me/profile", get(profile::read).put(profile::put).delete(profile::erase))
        .route("/api/v1/me/household/profiles", get(household::list).post(household::add))
        .route("/api/v1/me/household/profiles/{profile_id}", member)
        .route("/api/v1/verdict-rules", get(verdict_rules::list))
        .route("/api/v1/verdict-rules/{version}", get(verdict_rules::read))
        .route("/internal/v1/verdicts", post(verdicts::judge))
        .route("/internal/v1/accounts/{account_id}/export", get(export::read))
        .with_state(app)
}
