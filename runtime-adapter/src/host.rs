//! Running a function: on Lambda if its runtime is there, else as a process of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::admin::{self, Admin};
use crate::function::{BoxError, Function};
use crate::manifest::{self, ManifestError};
use crate::schedule::trigger::Trigger;
use crate::stop::{Stop, Stopper};
use crate::{http, kafka, lambda};

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

/// Gives the credentials that are valid now; asked when connecting and every 30 s, so that a
/// rotation needs no restart.
pub type CredentialsSource = Arc<dyn Fn() -> BoxFuture<'static, Result<Credentials, BoxError>> + Send + Sync>;

/// A SASL user.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// The principal.
    pub username: String,
    /// Its password.
    pub password: String,
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
    /// Signals cannot be listened to.
    #[error("cannot listen for signals: {0}")]
    Signals(#[source] std::io::Error),
    /// Lambda's runtime interface failed.
    #[error("the Lambda runtime ended: {0}")]
    Lambda(#[source] BoxError),
}

/// A running function on a host.
pub struct Running {
    http_address: Option<SocketAddr>,
    admin_address: SocketAddr,
    stop: Stopper,
    triggers: JoinSet<()>,
    attendants: JoinSet<()>,
    grace: Duration,
}

impl Running {
    /// Where HTTP requests arrive; `None` for a function without HTTP handler.
    pub fn http_address(&self) -> Option<SocketAddr> {
        self.http_address
    }

    /// Where health, readiness and metrics are answered.
    pub fn admin_address(&self) -> SocketAddr {
        self.admin_address
    }

    /// Stops accepting, finishes what has begun, leaves the consumer group; returns within the
    /// host's grace time.
    pub async fn drain(mut self) {
        tracing::info!(grace = ?self.grace, "draining");
        self.stop.wish();
        let finished = async { while self.triggers.join_next().await.is_some() {} };
        match timeout(self.grace, finished).await {
            Ok(()) => tracing::info!("drained"),
            Err(_elapsed) => tracing::warn!("the grace time is over; what still runs is dropped"),
        }
        self.triggers.shutdown().await;
        self.attendants.shutdown().await;
    }
}

/// Starts the function's triggers on this host.
pub async fn start(function: Function, host: Host) -> Result<Running, RunError> {
    let description = function.description()?;
    check(&function, &description, &host)?;
    allow_many_connections();
    let (stop, stopping) = Stop::pair();
    let mut triggers = JoinSet::new();
    let mut attendants = JoinSet::new();

    let (admin_listener, admin_address) = listen(host.admin_address).await?;
    let admin =
        Admin { metrics: host.metrics.clone(), ready: function.ready.clone(), stop: stopping.clone() };
    attendants.spawn(attend(admin_listener, admin));
    attendants.spawn(keep_metrics(host.metrics.clone()));

    let mut http_address = None;
    if let Some(router) = function.http.clone() {
        let (listener, address) = listen(host.http_address).await?;
        http_address = Some(address);
        let service = http::connection::Service::new(router, &description, host.now.clone());
        triggers.spawn(http::trigger::run(listener, service, stopping.clone()));
    }
    if let Some(handler) = &function.schedule {
        for schedule in &description.schedules {
            let trigger = Trigger {
                function: function.name(),
                schedule: schedule.clone(),
                handler: handler.clone(),
                last_runs: function.last_runs.clone(),
                now: host.now.clone(),
            };
            triggers.spawn(trigger.run(stopping.clone()));
        }
    }
    if let (Some(handler), Some(connection)) = (function.kafka.clone(), host.kafka.clone())
        && !description.kafka.is_empty()
    {
        let mappings = description.kafka.clone();
        let trigger = kafka::Trigger::new(function.name(), mappings, handler, connection, host.now.clone());
        triggers.spawn(trigger.run(stopping.clone()));
    }
    let shown = http_address.map(tracing::field::display);
    tracing::info!(function = function.name(), http_address = shown, %admin_address, "running");
    Ok(Running { http_address, admin_address, stop, triggers, attendants, grace: host.drain_grace })
}

/// Takes all the descriptors that the system allows: many shells allow 1,024 at first, and a
/// thousand slow clients must not keep a fast one out.
fn allow_many_connections() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    if let Err(error) = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum }) {
        tracing::warn!(%error, "the limit of open descriptors stays");
    }
}

/// A trigger of the manifest needs its handler, and a mapping its broker.
fn check(function: &Function, description: &manifest::Function, host: &Host) -> Result<(), RunError> {
    let mismatch = |problem| Err(RunError::Mismatch { function: function.name().to_owned(), problem });
    if !description.kafka.is_empty() && function.kafka.is_none() {
        return mismatch("has Kafka mappings in the manifest and no handler for them");
    }
    if !description.kafka.is_empty() && host.kafka.is_none() {
        return mismatch("has Kafka mappings in the manifest and no broker");
    }
    if !description.schedules.is_empty() && function.schedule.is_none() {
        return mismatch("has schedules in the manifest and no handler for them");
    }
    Ok(())
}

async fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), RunError> {
    let failed = |source| RunError::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    Ok((listener, bound))
}

async fn attend(listener: TcpListener, admin: Admin) {
    if let Err(error) = axum::serve(listener, admin::router(admin)).await {
        tracing::error!(%error, "the admin port is closed");
    }
}

async fn keep_metrics(metrics: Metrics) {
    let mut ticks = tokio::time::interval(Duration::from_secs(5));
    loop {
        ticks.tick().await;
        metrics.upkeep();
    }
}

/// Runs the function until the process is told to stop: on Lambda if `AWS_LAMBDA_RUNTIME_API` is
/// set, else with the triggers of this host.
pub async fn run(function: Function, host: Host) -> Result<(), RunError> {
    if lambda::on_lambda() {
        return lambda::run(&function, host.now).await;
    }
    let mut terminate = signal(SignalKind::terminate()).map_err(RunError::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(RunError::Signals)?;
    let running = start(function, host).await?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    running.drain().await;
    Ok(())
}
