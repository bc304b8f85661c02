//! How a function starts: the same steps for all seven.

use std::{collections::HashMap, process::ExitCode, sync::Arc, time::Duration};

use runtime_adapter::{
    Credentials, CredentialsSource, Function, Host, KafkaConnection, KafkaTransport, Metrics,
    manifest::{self, Manifest, ManifestError},
};
use shared_contracts::{openapi::ContractError, routes};
use sqlx::PgPool;
use tokio::runtime::Runtime;

use crate::{
    caller::{self, Callers, TokenSigner},
    client::Client,
    clock::Clock,
    database,
    ids::Ids,
    invoke::{self, Stranger, Task},
    outbox::Outbox,
    producer::{self, KafkaUser, Producer},
    secrets::{SecretError, Secrets},
    settings::{self, Platform},
    store::Schema,
    telemetry,
};

/// Why a function does not start. The message is for the operator who reads its last log line.
#[derive(Debug, thiserror::Error)]
pub enum BootError {
    /// A setting is missing or does not parse.
    #[error("settings: {0}")]
    Settings(#[from] clap::Error),
    /// A secret is missing or malformed.
    #[error("secrets: {0}")]
    Secret(#[from] SecretError),
    /// The database settings are wrong.
    #[error("database: {0}")]
    Database(#[from] database::DatabaseError),
    /// The manifest cannot be read, or has no such function.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The manifest does not say what the code asks for.
    #[error("manifest: {0}")]
    NotInManifest(String),
    /// The contracts do not parse.
    #[error(transparent)]
    Contracts(#[from] ContractError),
    /// Certificates, sockets and the like.
    #[error("system: {0}")]
    System(#[from] std::io::Error),
    /// The runtime ended with an error.
    #[error(transparent)]
    Run(#[from] runtime_adapter::RunError),
    /// The invocation has no answer.
    #[error(transparent)]
    Invoke(#[from] invoke::InvocationError),
    /// What only this function needs.
    #[error("{0}")]
    Own(String),
}

/// What a function gets to build itself from.
pub struct Boot {
    /// The function's name, as in the manifest.
    pub name: &'static str,
    /// What the place says where it runs.
    pub platform: Platform,
    /// The time.
    pub clock: Clock,
    /// Ids.
    pub ids: Ids,
    /// The function's secrets.
    pub secrets: Secrets,
    manifest: Manifest,
    metrics: Metrics,
}

/// How long a handler that blocks its thread may still hold the process after the end.
const LAST_GRACE: Duration = Duration::from_secs(1);

/// The whole `main` of a function: it serves, or carries out one invocation and ends.
pub fn main<F>(name: &'static str, start: impl FnOnce(Boot) -> F) -> ExitCode
where
    F: Future<Output = Result<Function, BootError>>,
{
    let task = Task::of_command_line(name);
    telemetry::start(task.logs());
    let outcome = Runtime::new().map_err(BootError::from).and_then(|runtime| {
        let outcome = runtime.block_on(carry_out(task, name, start));
        runtime.shutdown_timeout(LAST_GRACE);
        outcome
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(%error, "the function stops");
            ExitCode::FAILURE
        }
    }
}

async fn carry_out<F>(task: Task, name: &'static str, start: impl FnOnce(Boot) -> F) -> Result<(), BootError>
where
    F: Future<Output = Result<Function, BootError>>,
{
    let platform: Platform = settings::read(name)?;
    match task {
        Task::Serve => {
            let boot = Boot::new(name, platform, HashMap::new()).await?;
            let (host, fresh) = (boot.host(), boot.fresh_secrets()?);
            let function = start(boot).await?;
            // On Lambda, where a process stands still between calls, age at use alone counts.
            if !runtime_adapter::on_lambda() {
                tokio::spawn(fresh);
            }
            Ok(runtime_adapter::run(function, host).await?)
        }
        Task::Invoke(invocation) => {
            let callers = edges_to(&Manifest::embedded()?, name)?;
            let stranger = Stranger::of(&invocation, &platform, name, &callers)?;
            let given = stranger.iter().flat_map(Stranger::public_keys).collect();
            let boot = Boot::new(name, platform, given).await?;
            let clock = boot.clock.clone();
            let function = start(boot).await?;
            Ok(invoke::run(&function, &invocation, &clock, stranger.as_ref()).await?)
        }
    }
}

impl Boot {
    async fn new(
        name: &'static str,
        platform: Platform,
        given: HashMap<String, String>,
    ) -> Result<Self, BootError> {
        let clock = Clock::system();
        let max_age = platform.secrets_max_age();
        let secrets = Secrets::connect(&platform.environment, name, max_age, &clock, given).await;
        let manifest = Manifest::embedded()?;
        let metrics = Metrics::install()?;
        secrets.try_by("internal-key", caller::trial(name, &secrets));
        secrets.try_by("kafka", producer::trial(&platform));
        begin_counting();
        Ok(Self { name, platform, clock, ids: Ids::system(), secrets, manifest, metrics })
    }

    /// The function's own settings.
    pub fn settings<T: clap::Args>(&self) -> Result<T, BootError> {
        Ok(settings::read(self.name)?)
    }

    /// The pool of the function's database, as its restricted role.
    pub async fn database(&self) -> Result<PgPool, BootError> {
        let described = self.described_database()?;
        Ok(database::pool(&self.platform, &self.secrets, &described.database, &described.role).await?)
    }

    /// The function's outbox, whose sending starts now. On Lambda the process freezes after each
    /// answer: there the function also sends before it ([`Outbox::send_before_freeze`]).
    pub fn outbox(&self, schema: Schema, database: &PgPool) -> Outbox {
        let producer = Producer::new(&self.platform, self.secrets.clone());
        tokio::spawn(producer.clone().keep_current());
        let outbox = Outbox::new(schema, database.clone(), producer);
        tokio::spawn(outbox.clone().keep_sending());
        outbox
    }

    /// Signs the function's internal tokens.
    pub fn signer(&self) -> TokenSigner {
        TokenSigner::new(self.name, self.secrets.clone(), self.clock.clone(), self.ids.clone())
    }

    /// A client of another function, which the manifest must name among the calls of this one.
    pub fn client(&self, callee: &'static str, base: &str, budget: Duration) -> Result<Client, BootError> {
        if !self.described()?.calls.contains_key(callee) {
            return Err(BootError::NotInManifest(format!("{} does not call {callee}", self.name)));
        }
        Ok(Client::new(callee, base, budget, self.signer())?)
    }

    /// Checks the internal tokens of whoever the manifest lets call this function.
    pub fn callers(&self) -> Result<Callers, BootError> {
        let edges = edges_to(&self.manifest, self.name)?;
        Ok(Callers::new(self.name, self.secrets.clone(), self.clock.clone(), edges))
    }

    /// Reads every secret of the function before it is too old. It runs when the function has said how
    /// each of them is tried.
    fn fresh_secrets(&self) -> Result<impl Future<Output = ()> + use<>, BootError> {
        let own = self.described()?.secrets.clone();
        let callers = edges_to(&self.manifest, self.name)?.into_keys();
        let shared = callers.map(|caller| format!("internal-keys/{caller}")).collect();
        Ok(self.secrets.clone().keep_fresh(own, shared))
    }

    fn described(&self) -> Result<&manifest::Function, BootError> {
        Ok(self.manifest.function(self.name)?)
    }

    fn described_database(&self) -> Result<&manifest::Database, BootError> {
        self.described()?
            .database
            .as_ref()
            .ok_or_else(|| BootError::NotInManifest(format!("{} owns no database", self.name)))
    }

    /// The broker, for a function whose manifest has mappings.
    fn kafka(&self) -> Option<KafkaConnection> {
        self.described().ok().filter(|described| !described.kafka.is_empty())?;
        let secrets = self.secrets.clone();
        let credentials: CredentialsSource = Arc::new(move || {
            let secrets = secrets.clone();
            Box::pin(async move {
                let secret = secrets.own("kafka").await?;
                let KafkaUser { username, password } = secret.json()?;
                Ok(Credentials { username, password, version: secret.version() })
            })
        });
        let tls = self.platform.kafka_security_protocol.eq_ignore_ascii_case("sasl_ssl");
        Some(KafkaConnection {
            bootstrap: self.platform.kafka_bootstrap.clone(),
            group: self.name.to_owned(),
            transport: if tls { KafkaTransport::Tls } else { KafkaTransport::Plaintext },
            credentials: Some(credentials),
        })
    }

    fn host(&self) -> Host {
        let clock = self.clock.clone();
        Host {
            http_address: self.platform.http_address,
            admin_address: self.platform.admin_address,
            drain_grace: Duration::from_secs(self.platform.drain_seconds),
            kafka: self.kafka(),
            metrics: self.metrics.clone(),
            now: Arc::new(move || clock.now()),
        }
    }
}

/// What should never happen stands at 0 from the start: Prometheus sees an increase only of what was there.
fn begin_counting() {
    for name in [
        "identity_header_mismatches_total",
        "internal_calls_refused_total",
        "outbox_send_failures_total",
        "secret_read_failures_total",
    ] {
        metrics::counter!(name).increment(0);
    }
}

/// By calling function: the methods and path templates that it may ask for.
pub type Edges = HashMap<String, Vec<(String, String)>>;

/// The routes of `callee` that each other function may ask for, as the manifest says.
pub fn edges_to(manifest: &Manifest, callee: &str) -> Result<Edges, BootError> {
    let public = routes::public()?;
    let mut edges = HashMap::new();
    for function in &manifest.functions {
        let mut allowed = Vec::new();
        for call in function.calls.get(callee).into_iter().flatten() {
            match call {
                manifest::Call::Public => allowed.extend(
                    public
                        .iter()
                        .filter(|route| route.owner == callee || route.then.as_deref() == Some(callee))
                        .map(|route| (route.method.as_str().to_owned(), route.path.clone())),
                ),
                manifest::Call::Route { method, path } => allowed.push((method.to_string(), path.clone())),
            }
        }
        if !allowed.is_empty() {
            edges.insert(function.name.clone(), allowed);
        }
    }
    Ok(edges)
}
