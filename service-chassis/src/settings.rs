//! Settings: one documented field each, read from the environment when a function starts.
//!
//! A function's own settings are a `clap::Args` struct whose fields name their variable; the
//! ones that every function has stand here. Secrets are not settings: see [`crate::secrets`].

use std::{net::SocketAddr, time::Duration};

use clap::{Args, Command};

/// What every function is told by the place where it runs.
#[derive(Args, Clone, Debug)]
pub struct Platform {
    /// Name of the environment: the second part of every SSM path.
    #[arg(long, env = "PACKYTRACE_ENV")]
    pub environment: String,

    /// Address of the function's HTTP trigger on a host.
    #[arg(long, env = "HTTP_ADDRESS", default_value = "0.0.0.0:8080")]
    pub http_address: SocketAddr,

    /// Address of health, readiness and metrics on a host; never public.
    #[arg(long, env = "ADMIN_ADDRESS", default_value = "0.0.0.0:9090")]
    pub admin_address: SocketAddr,

    /// Seconds that requests in flight get to finish after SIGTERM.
    #[arg(long, env = "DRAIN_SECONDS", default_value_t = 25)]
    pub drain_seconds: u64,

    /// Postgres host.
    #[arg(long, env = "POSTGRES_HOST", default_value = "localhost")]
    pub postgres_host: String,

    /// Postgres port.
    #[arg(long, env = "POSTGRES_PORT", default_value_t = 5432)]
    pub postgres_port: u16,

    /// TLS towards Postgres: `disable`, `prefer`, `require`, `verify-ca` or `verify-full`.
    #[arg(long, env = "POSTGRES_SSL_MODE", default_value = "prefer")]
    pub postgres_ssl_mode: String,

    /// Connections that one process keeps at most.
    #[arg(long, env = "POSTGRES_CONNECTIONS", default_value_t = 10)]
    pub postgres_connections: u32,

    /// Kafka brokers, `host:port` joined by commas.
    #[arg(long, env = "KAFKA_BOOTSTRAP", default_value = "localhost:9092")]
    pub kafka_bootstrap: String,

    /// Kafka's security protocol: `sasl_plaintext` inside a private network, `sasl_ssl` beyond it.
    #[arg(long, env = "KAFKA_SECURITY_PROTOCOL", default_value = "sasl_plaintext")]
    pub kafka_security_protocol: String,

    /// Seconds after which a secret is read again.
    #[arg(long, env = "SECRETS_MAX_AGE_SECONDS", default_value_t = 30)]
    pub secrets_max_age_seconds: u64,
}

impl Platform {
    /// The age after which a secret is read again.
    pub fn secrets_max_age(&self) -> Duration {
        Duration::from_secs(self.secrets_max_age_seconds)
    }
}

/// Reads a settings struct from the environment.
///
/// # Errors
/// A variable that is missing or does not parse, in clap's words, which name it.
pub fn read<T: Args>(function: &'static str) -> Result<T, clap::Error> {
    let command = T::augment_args(Command::new(function));
    let matches = command.try_get_matches_from([function])?;
    T::from_arg_matches(&matches)
}

/// The settings of a struct as `(variable, default, help)`: the source of the reference page.
pub fn describe<T: Args>() -> Vec<(String, Option<String>, String)> {
    let command = T::augment_args(Command::new("settings"));
    command
        .get_arguments()
        .filter_map(|argument| {
            let variable = argument.get_env()?.to_string_lossy().into_owned();
            let default = argument.get_default_values().first().map(|v| v.to_string_lossy().into_owned());
            let help = argument.get_help().map(ToString::to_string).unwrap_or_default();
            Some((variable, default, help))
        })
        .collect()
}

/// Platform settings that point nowhere, in the environment `test`.
#[cfg(any(test, feature = "testing"))]
pub fn defaults() -> Platform {
    use clap::FromArgMatches;
    let command = Platform::augment_args(Command::new("test"));
    let matches = command.get_matches_from(["test", "--environment", "test"]);
    Platform::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_platform_setting_has_a_variable_and_a_sentence() {
        let settings = describe::<Platform>();
        assert!(settings.len() >= 10);
        for (variable, _, help) in settings {
            assert!(!help.is_empty(), "{variable} is not documented");
        }
    }
}
