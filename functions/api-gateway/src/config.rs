//! Settings of the gateway, and the names of its secrets.
//!
//! Secrets under `/packytrace/{env}/api-gateway/`: `internal-key`, `visitor-keys`.

use std::{num::NonZeroU32, time::Duration};

use clap::{ArgAction, Args};
use url::Url;

use crate::domain::{address::Proxy, visitor::Cookie};

/// One field, one setting.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Where people reach PackyTrace. Its scheme decides which Visitor ID cookie is set.
    #[arg(long, env = "PUBLIC_URL")]
    pub public_url: Url,

    /// The exact `iss` of access tokens: the realm's public address.
    #[arg(long, env = "KEYCLOAK_ISSUER")]
    pub keycloak_issuer: String,

    /// Where the realm's public keys are read, inside the network.
    #[arg(long, env = "KEYCLOAK_JWKS_URL")]
    pub keycloak_jwks_url: Url,

    /// Keycloak clients (`azp`) whose tokens are taken, joined by commas.
    #[arg(long, env = "ALLOWED_AZP", default_value = "packytrace-web", value_delimiter = ',')]
    pub allowed_azp: Vec<String>,

    /// Origins beside that of `PUBLIC_URL` whose pages may call us, joined by commas.
    #[arg(long, env = "ALLOWED_ORIGINS", default_value = "", value_delimiter = ',')]
    pub allowed_origins: Vec<String>,

    /// Address of passport.
    #[arg(long, env = "PASSPORT_URL")]
    pub passport_url: String,

    /// Address of fridge.
    #[arg(long, env = "FRIDGE_URL")]
    pub fridge_url: String,

    /// Address of identity.
    #[arg(long, env = "IDENTITY_URL")]
    pub identity_url: String,

    /// Address of personalization.
    #[arg(long, env = "PERSONALIZATION_URL")]
    pub personalization_url: String,

    /// Address of brand-analytics.
    #[arg(long, env = "BRAND_ANALYTICS_URL")]
    pub brand_analytics_url: String,

    /// Milliseconds that a function gets to begin its answer.
    #[arg(long, env = "UPSTREAM_TIMEOUT_MS", default_value_t = 5_000)]
    pub upstream_timeout_ms: u64,

    /// Requests a second from one address (one /64 of IPv6), counted in each process.
    #[arg(long, env = "RATE_LIMIT_PER_ADDRESS", default_value = "50")]
    pub rate_limit_per_address: NonZeroU32,

    /// Requests a second of one account, counted in each process.
    #[arg(long, env = "RATE_LIMIT_PER_ACCOUNT", default_value = "50")]
    pub rate_limit_per_account: NonZeroU32,

    /// Requests a second of one visitor, counted in each process.
    #[arg(long, env = "RATE_LIMIT_PER_VISITOR", default_value = "50")]
    pub rate_limit_per_visitor: NonZeroU32,

    /// Registrations a minute from one address, counted in each process.
    #[arg(long, env = "RATE_LIMIT_REGISTRATIONS", default_value = "5")]
    pub rate_limit_registrations: NonZeroU32,

    /// Scans a second from one address, counted in each process.
    #[arg(long, env = "RATE_LIMIT_SCANS", default_value = "20")]
    pub rate_limit_scans: NonZeroU32,

    /// Whether only our own proxy reaches this function, so that the last entry of
    /// `X-Forwarded-For` is the client's address.
    #[arg(long, env = "TRUSTED_PROXY", default_value_t = true, action = ArgAction::Set)]
    pub trusted_proxy: bool,
}

impl Config {
    /// How long a function gets to begin its answer.
    pub fn upstream_timeout(&self) -> Duration {
        Duration::from_millis(self.upstream_timeout_ms)
    }

    /// Every origin whose pages may call us, as a browser serialises it.
    pub fn origins(&self) -> Vec<String> {
        let ours = self.public_url.origin().ascii_serialization();
        let others = self.allowed_origins.iter().filter(|origin| !origin.is_empty()).cloned();
        std::iter::once(ours).chain(others).collect()
    }

    /// The Visitor ID cookie that suits the public address.
    pub fn cookie(&self) -> Cookie {
        if self.public_url.scheme() == "https" { Cookie::OverTls } else { Cookie::Plain }
    }

    /// Whether `X-Forwarded-For` has a word of ours.
    pub fn proxy(&self) -> Proxy {
        if self.trusted_proxy { Proxy::Ours } else { Proxy::None }
    }
}

#[cfg(test)]
mod tests {
    use service_chassis::settings;

    use super::*;

    #[test]
    fn every_setting_has_a_variable_and_a_sentence() {
        let settings = settings::describe::<Config>();
        assert_eq!(settings.len(), 17);
        for (variable, _, help) in settings {
            assert!(!help.is_empty(), "{variable} is not documented");
        }
    }
}
