//! Settings of passport, and the names of its secrets.
//!
//! Secrets under `/packytrace/{env}/passport/`: `database`, `kafka`, `internal-key`.

use clap::Args;

/// One field, one setting.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Public address of the web app and the resolver, without a slash at its end.
    #[arg(long, env = "PUBLIC_URL", default_value = "http://localhost:8080")]
    pub public_url: String,
}
