//! Running a function: on Lambda if its runtime is there, else as a process of its own.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::admin::{self, Admin};
use crate::function::Function;
use crate::host::{Host, Metrics, RunError};
use crate::pulse::Pulse;
use crate::schedule::trigger::Trigger;
use crate::stop::{Stop, Stopper};
use crate::{http, kafka, lambda, manifest};

/// Schedules and batches have this part of the grace time before the door closes in spite of them.
const WORKERS_SHARE: u32 = 2;

/// A running function on a host.
pub struct Running {
    http_address: Option<SocketAddr>,
    admin_address: SocketAddr,
    stop: Stopper,
    close: Stopper,
    /// The HTTP trigger, which outlasts the workers.
    door: JoinSet<()>,
    /// Schedules and Kafka.
    workers: JoinSet<()>,
    attendants: JoinSet<()>,
    grace: Duration,
    _pulse: Pulse,
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

    /// Finishes what has begun, leaves the consumer group, stops accepting; returns within the host's
    /// grace time. The door closes last: while a batch is finished, requests are still answered, and
    /// the next process has only its own start to make up for.
    pub async fn drain(mut self) {
        tracing::info!(grace = ?self.grace, "draining");
        self.stop.wish();
        let (door, workers, close) = (&mut self.door, &mut self.workers, &self.close);
        let finished = async {
            let worked = timeout(self.grace / WORKERS_SHARE, all_of(workers)).await;
            close.wish();
            all_of(door).await;
            if worked.is_err() {
                all_of(workers).await;
            }
        };
        match timeout(self.grace, finished).await {
            Ok(()) => tracing::info!("drained"),
            Err(_elapsed) => tracing::warn!("the grace time is over; what still runs is dropped"),
        }
        self.door.shutdown().await;
        self.workers.shutdown().await;
        self.attendants.shutdown().await;
    }
}

async fn all_of(tasks: &mut JoinSet<()>) {
    while tasks.join_next().await.is_some() {}
}

/// Starts the function's triggers on this host.
pub async fn start(function: Function, host: Host) -> Result<Running, RunError> {
    let description = function.description()?;
    check(&function, &description, &host)?;
    allow_many_connections();
    let (stop, stopping) = Stop::pair();
    let (close, closing) = Stop::pair();
    let admin_listener = TcpListener::bind(host.admin_address).await;
    let (admin_listener, admin_address) = listening(host.admin_address, admin_listener)?;
    let mut attendants = JoinSet::new();
    let admin =
        Admin { metrics: host.metrics.clone(), ready: function.ready.clone(), stop: stopping.clone() };
    attendants.spawn(attend(admin_listener, admin));
    attendants.spawn(keep_metrics(host.metrics.clone()));
    let mut running = Running {
        http_address: None,
        admin_address,
        stop,
        close,
        door: JoinSet::new(),
        workers: JoinSet::new(),
        attendants,
        grace: host.drain_grace,
        _pulse: Pulse::start().map_err(RunError::Thread)?,
    };
    running.start_http(&function, &description, &host, stopping.clone(), closing)?;
    running.start_schedules(&function, &description, &host, &stopping);
    running.start_kafka(&function, &description, &host, &stopping);
    let http_address = running.http_address.map(tracing::field::display);
    tracing::info!(function = function.name(), http_address, %admin_address, "running");
    Ok(running)
}

impl Running {
    fn start_http(
        &mut self,
        function: &Function,
        description: &manifest::Function,
        host: &Host,
        leaving: Stop,
        stop: Stop,
    ) -> Result<(), RunError> {
        let Some(router) = function.http.clone() else { return Ok(()) };
        let (listener, address) = listening(host.http_address, http::door::listen(host.http_address))?;
        self.http_address = Some(address);
        http::fault::begin_counting();
        let service = http::connection::Service::new(router, description, host.now.clone());
        self.door.spawn(http::trigger::run(listener, service, leaving, stop));
        Ok(())
    }

    fn start_schedules(
        &mut self,
        function: &Function,
        description: &manifest::Function,
        host: &Host,
        stop: &Stop,
    ) {
        let Some(handler) = &function.schedule else { return };
        for schedule in &description.schedules {
            let trigger = Trigger {
                function: function.name(),
                schedule: schedule.clone(),
                handler: handler.clone(),
                last_runs: function.last_runs.clone(),
                now: host.now.clone(),
            };
            self.workers.spawn(trigger.run(stop.clone()));
        }
    }

    fn start_kafka(
        &mut self,
        function: &Function,
        description: &manifest::Function,
        host: &Host,
        stop: &Stop,
    ) {
        let (Some(handler), Some(connection)) = (&function.kafka, &host.kafka) else { return };
        if description.kafka.is_empty() {
            return;
        }
        for mapping in &description.kafka {
            metrics::counter!("kafka_dead_letters_total", "topic" => mapping.topic.clone()).increment(0);
        }
        let trigger = kafka::Trigger::new(
            function.name(),
            description.kafka.clone(),
            handler.clone(),
            connection.clone(),
            host.now.clone(),
        );
        self.workers.spawn(trigger.run(stop.clone()));
    }
}

/// Takes all the descriptors that the system allows: many shells allow 1,024 at first, and a
/// thousand slow clients must not keep a fast one out.
fn allow_many_connections() {
    let taken = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, allowed)| setrlimit(Resource::RLIMIT_NOFILE, allowed, allowed));
    if let Err(error) = taken {
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

fn listening(
    address: SocketAddr,
    listener: io::Result<TcpListener>,
) -> Result<(TcpListener, SocketAddr), RunError> {
    let failed = |source| RunError::Listen { address, source };
    let listener = listener.map_err(failed)?;
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
