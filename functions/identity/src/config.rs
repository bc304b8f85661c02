//! Settings of identity, and the names of its secrets.
//!
//! Secrets under `/packytrace/{env}/identity/`: `database`, `kafka`, `internal-key`,
//! `keycloak-client` (signs the assertions of Identity's Keycloak client), `pseudonym-key`, `export-keys`
//! (wrap the data keys of exports).

use std::time::Duration;

use clap::{ArgAction, Args};
use url::Url;

/// One field, one setting.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Keycloak with its path, inside the network.
    #[arg(long, env = "KEYCLOAK_URL", default_value = "http://localhost:8480/auth")]
    pub keycloak_url: Url,

    /// The realm's public address, which is the audience of the client's assertions.
    #[arg(long, env = "KEYCLOAK_ISSUER", default_value = "http://localhost:8080/auth/realms/packytrace")]
    pub keycloak_issuer: String,

    /// The realm.
    #[arg(long, env = "KEYCLOAK_REALM", default_value = "packytrace")]
    pub keycloak_realm: String,

    /// Identity's client in that realm.
    #[arg(long, env = "KEYCLOAK_CLIENT", default_value = "packytrace-identity")]
    pub keycloak_client: String,

    /// Milliseconds that one call of Keycloak may take. Hashing a password takes most of it.
    #[arg(long, env = "KEYCLOAK_TIMEOUT_MS", default_value_t = 3_500)]
    pub keycloak_timeout_ms: u64,

    /// Address of fridge.
    #[arg(long, env = "FRIDGE_URL")]
    pub fridge_url: String,

    /// Whether Keycloak can send mail (the realm's `smtpServer`). With it, a new user gets a mail to
    /// confirm the address, and a registration is answered 202 whether or not the address is taken.
    /// Without it, the answer is 201, or 409 where it is taken.
    #[arg(long, env = "VERIFICATION_MAIL", default_value_t = false, action = ArgAction::Set)]
    pub verification_mail: bool,

    /// Address of passport.
    #[arg(long, env = "PASSPORT_URL")]
    pub passport_url: String,

    /// Address of personalization.
    #[arg(long, env = "PERSONALIZATION_URL")]
    pub personalization_url: String,

    /// Address of measurement.
    #[arg(long, env = "MEASUREMENT_URL")]
    pub measurement_url: String,

    /// Where each erasure is noted before it is answered, off the database's host: an absolute folder or
    /// `s3://bucket/prefix`. Without it a restored backup brings erased people back.
    #[arg(long, env = "ERASURE_LOG")]
    pub erasure_log: Option<String>,

    /// Another address of S3 than AWS's own.
    #[arg(long, env = "AWS_ENDPOINT_URL_S3")]
    pub s3_endpoint: Option<String>,

    /// Milliseconds that another service gets for its part of an export.
    #[arg(long, env = "EXPORT_TIMEOUT_MS", default_value_t = 5_000)]
    pub export_timeout_ms: u64,
}

impl Config {
    /// How long one call of Keycloak may take.
    pub fn keycloak_timeout(&self) -> Duration {
        Duration::from_millis(self.keycloak_timeout_ms)
    }

    /// How long another service gets for its part of an export.
    pub fn export_timeout(&self) -> Duration {
        Duration::from_millis(self.export_timeout_ms)
    }
}

#[cfg(test)]
mod tests {
    use service_chassis::settings;

    use super::*;

    #[test]
    fn every_setting_has_a_variable_and_a_sentence() {
        let settings = settings::describe::<Config>();
        assert_eq!(settings.len(), 13);
        for (variable, _, help) in settings {
            assert!(!help.is_empty(), "{variable} is not documented");
        }
    }
}
