//! What a host gives a function.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::function::BoxError;
use crate::manifest::ManifestError;

/// The current time; tests fix it.
pub type Now = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// What a host gives a function. The chassis fills it from settings; on Lambda only `now` counts.
#[derive(Clone)]
pub struct Host {
    /// Where HTTP requests arrive; port 0 takes a free one.
    pub http_address: SocketAddr,
    /// Where `GET /health`, `/ready` and `/metrics` are answered; private.
    pub admin_address: SocketAddr,
    /// How long a stopping process may finish what it has begun; 25 s is [`Host::DRAIN_GRACE`].
    pub drain_grace: Duration,
    /// The broker, for functions with Kafka mappings.
    pub kafka: Option<KafkaConnection>,
    /// The metrics of this process.
    pub metrics: Metrics,
    /// The clock of request contexts and schedules.
    pub now: Now,
}

impl Host {
    /// What stays of the 30 s that Docker and systemd give a stopping process.
    pub const DRAIN_GRACE: Duration = Duration::from_secs(25);
}

/// How to reach the broker.
#[derive(Clone)]
pub struct KafkaConnection {
    /// `host:port`, several with commas.
    pub bootstrap: String,
    /// The consumer group.
    pub group: String,
    /// Whether the way to the broker is encrypted.
    pub transport: KafkaTransport,
    /// SASL SCRAM-SHA-512 credentials; `None` for a broker without authentication.
    pub credentials: Option<CredentialsSource>,
}

/// Whether the way to the broker is encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KafkaTransport {
    /// Inside one host.
    Plaintext,
    /// With the system's certificate authorities.
    Tls,
}

/// Gives the credentials that are valid now; asked when connecting and every second, so that a
/// rotation needs no restart.
pub type CredentialsSource = Arc<dyn Fn() -> BoxFuture<'static, Result<Credentials, BoxError>> + Send + Sync>;

/// A SASL user.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The principal.
    pub username: String,
    /// Its password.
    pub password: String,
    /// Counted by whoever gives it; the metrics say which one is in use.
    pub version: i64,
}

/// The metrics of this process, rendered for Prometheus.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Makes this process's `metrics` macros count. Once in a process.
    pub fn install() -> Result<Self, RunError> {
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(
                Matcher::Suffix("_seconds".to_owned()),
                &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0],
            )?
            .install_recorder()?;
        Ok(Self(handle))
    }

    /// The metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        self.0.render()
    }

    /// Folds what histograms have gathered; without it they grow while nobody scrapes.
    pub(crate) fn upkeep(&self) {
        self.0.run_upkeep();
    }
}

/// Why a function does not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The manifest does not describe it.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// An address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The function and its description do not fit.
    #[error("function {function:?} {problem}")]
    Mismatch {
        /// Whose.
        function: String,
        /// What does not fit.
        problem: &'static str,
    },
    /// The metrics recorder is installed already.
    #[error(transparent)]
    Metrics(#[from] metrics_exporter_prometheus::BuildError),
    /// The system gives no thread.
    #[error("cannot start a thread: {0}")]
    Thread(#[source] std::io::Error),
    /// Signals cannot be listened to.
    #[error("cannot listen for signals: {0}")]
    Signals(#[source] std::io::Error),
    /// Lambda's runtime interface failed.
    #[error("the Lambda runtime ended: {0}")]
    Lambda(#[source] BoxError),
}
