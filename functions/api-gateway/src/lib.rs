//! The public front door: it decides who asks, refuses what must not pass, and hands the rest to
//! the function that owns it.

pub mod app;
pub mod auth;
pub mod clients;
pub mod config;
pub mod domain;
pub mod error;
pub mod routes;

use service_chassis::{Boot, BootError, layers, runtime::Function, secrets};

use crate::{
    app::App,
    clients::{Identity, Keycloak, Services},
    config::Config,
    domain::visitor::{Ring, RingSecret},
};

/// Builds the function.
#[expect(clippy::unused_async, reason = "the chassis awaits every function's start")]
pub async fn start(boot: Boot) -> Result<Function, BootError> {
    let config: Config = boot.settings()?;
    boot.secrets.try_by("visitor-keys", secrets::ring(|ring: RingSecret| Ring::new(ring).is_ok()));
    metrics::counter!("tokens_refused_total").increment(0);
    let passport = boot.client("passport", &config.passport_url, config.upstream_timeout())?;
    let identity = boot.client("identity", &config.identity_url, config.upstream_timeout())?;
    let personalization =
        boot.client("personalization", &config.personalization_url, config.upstream_timeout())?;
    let fridge = boot.client("fridge", &config.fridge_url, config.upstream_timeout())?;
    let analytics = boot.client("brand-analytics", &config.brand_analytics_url, config.upstream_timeout())?;
    let services = Services::new(
        [
            ("passport", passport),
            ("identity", identity),
            ("personalization", personalization),
            ("fridge", fridge),
            ("brand-analytics", analytics),
        ],
        &boot.clock,
    );
    let quick = boot.client("identity", &config.identity_url, Identity::QUICK)?;
    let patient = boot.client("identity", &config.identity_url, Identity::PATIENT)?;
    let identity = Identity::new(quick, patient, boot.clock.clone(), boot.ids.clone());
    let keycloak = Keycloak::new(config.keycloak_jwks_url.clone(), boot.clock.clone())
        .map_err(|error| BootError::Own(error.to_string()))?;
    let app = App::new(&config, &boot.clock, &boot.ids, &boot.secrets, keycloak, services, identity)
        .map_err(|error| BootError::Own(error.to_string()))?;
    app.keycloak.begin();
    app.identity.begin();
    let router = layers::public(app::router(app.clone()), boot.clock.clone(), boot.ids.clone());
    Ok(Function::new(boot.name).http(router).ready(move || {
        let app = app.clone();
        async move { Ok(app.ready().await?) }
    }))
}
