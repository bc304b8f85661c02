//! Settings of passport, and the names of its secrets.
//!
//! Secrets under `/packytrace/{env}/passport/`: `database`, `kafka`, `internal-key`,
//! `signing-key`.

use std::time::Duration;

use clap::Args;

/// One field, one setting.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Public address of the web app and the resolver, without a slash at its end.
    #[arg(long, env = "PUBLIC_URL", default_value = "http://localhost:8080")]
    pub public_url: String,

    /// Address of personalization.
    #[arg(long, env = "PERSONALIZATION_URL")]
    pub personalization_url: String,

    /// Milliseconds that a scan waits for its verdict.
    #[arg(long, env = "VERDICT_TIMEOUT_MS", default_value_t = 250)]
    pub verdict_timeout_ms: u64,

    /// Who runs this resolver.
    #[command(flatten)]
    pub operator: Operator,
}

impl Config {
    /// How long a scan waits for its verdict.
    pub fn verdict_timeout(&self) -> Duration {
        Duration::from_millis(self.verdict_timeout_ms)
    }
}

/// What `/.well-known/gs1resolver` says of who runs the resolver.
#[derive(Args, Clone, Debug, Default)]
pub struct Operator {
    /// Name of the resolver.
    #[arg(long, env = "RESOLVER_NAME", default_value = "PackyTrace")]
    pub resolver_name: String,

    /// Name of the person or company that runs it.
    #[arg(long, env = "RESOLVER_CONTACT", default_value = "PackyTrace")]
    pub resolver_contact: String,

    /// Telephone number, such as `tel:+47-55-00-00-00`.
    #[arg(long, env = "RESOLVER_TELEPHONE")]
    pub resolver_telephone: Option<String>,

    /// Street and number.
    #[arg(long, env = "RESOLVER_STREET")]
    pub resolver_street: Option<String>,

    /// Postal code.
    #[arg(long, env = "RESOLVER_POSTAL_CODE")]
    pub resolver_postal_code: Option<String>,

    /// Town.
    #[arg(long, env = "RESOLVER_LOCALITY")]
    pub resolver_locality: Option<String>,

    /// State or province.
    #[arg(long, env = "RESOLVER_REGION")]
    pub resolver_region: Option<String>,

    /// Country.
    #[arg(long, env = "RESOLVER_COUNTRY")]
    pub resolver_country: Option<String>,

    /// Address of the terms under which the resolver may be used.
    #[arg(long, env = "RESOLVER_TERMS_URL")]
    pub resolver_terms_url: Option<String>,
}
