//! Who is measured: each a process of its own, with this program's router in it.

use std::iter;
use std::net::SocketAddr;
use std::process::Stdio;

use anyhow::Context;
use axum::routing::get;
use axum::{Json, Router};
use runtime_adapter::manifest::Manifest;
use runtime_adapter::{Function, Host, Metrics, Now};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::TcpListener;
use tokio::process::{Child, Command};

const DESCRIPTION: &str =
    "version: 1\nfunctions: { bench: { http: { timeout: 5s, memory: 128, concurrency: 512 } } }";

/// Somebody who answers HTTP.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) method: &'static str,
    pub(crate) path: String,
    pub(crate) body: Vec<u8>,
    pub(crate) calls_at_once: usize,
}

impl Peer {
    /// Who answers `GET /json` itself.
    pub(crate) fn plain(name: &str, address: String) -> Self {
        Self {
            name: name.to_owned(),
            address,
            method: "GET",
            path: "/json".to_owned(),
            body: Vec::new(),
            calls_at_once: usize::MAX,
        }
    }

    /// The bytes of its request.
    pub(crate) fn request(&self) -> Vec<u8> {
        let Self { address, method, path, body, .. } = self;
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {address}\r\nAccept: application/json\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        [head.as_bytes(), body].concat()
    }
}

/// Our own servers.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Own {
    /// hyper, through `axum::serve`.
    Direct,
    /// The adapter.
    Adapter,
    /// A function on Lambda: AWS's runtime asks for events.
    Lambda,
}

/// A peer's processes.
pub(crate) struct Served {
    pub(crate) peer: Peer,
    pub(crate) processes: Vec<Child>,
}

impl Served {
    /// KiB that the processes and those that they started hold.
    pub(crate) fn resident(&self) -> u64 {
        let ids: Vec<u32> = self.processes.iter().filter_map(Child::id).collect();
        ids.iter().flat_map(|id| iter::once(*id).chain(children(*id))).map(resident).sum()
    }
}

fn resident(id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or_default()
}

fn children(id: u32) -> Vec<u32> {
    let tasks = std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten();
    let children = tasks.filter_map(|task| std::fs::read_to_string(task.path().join("children")).ok());
    children
        .flat_map(|ids| ids.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>())
        .collect()
}

impl Own {
    fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Adapter => "adapter",
            Self::Lambda => "lambda",
        }
    }

    /// This program once more, to serve as this.
    pub(crate) fn command(self) -> anyhow::Result<Command> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["--serve", self.name()]).kill_on_drop(true);
        Ok(command)
    }

    /// Starts one that tells its address.
    pub(crate) async fn spawn(self) -> anyhow::Result<Served> {
        let mut process = self.command()?.stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().context("no output")?;
        let address = BufReader::new(output).lines().next_line().await?.context("no address")?;
        Ok(Served { peer: Peer::plain(self.name(), address), processes: vec![process] })
    }

    /// Serves until killed.
    pub(crate) async fn serve(self) -> anyhow::Result<()> {
        let any_port = SocketAddr::from(([127, 0, 0, 1], 0));
        match self {
            Self::Direct => {
                let listener = TcpListener::bind(any_port).await?;
                tell(listener.local_addr()?)?;
                axum::serve(listener, router()).await?;
            }
            Self::Adapter => {
                let running = runtime_adapter::start(function()?, host(any_port)?).await?;
                tell(running.http_address().context("no HTTP")?)?;
                std::future::pending::<()>().await;
            }
            Self::Lambda => runtime_adapter::run(function()?, host(any_port)?).await?,
        }
        Ok(())
    }
}

fn function() -> anyhow::Result<Function> {
    let description = Manifest::parse(DESCRIPTION)?.function("bench")?.clone();
    Ok(Function::new("bench").described_by(description).http(router()))
}

fn host(any_port: SocketAddr) -> anyhow::Result<Host> {
    Ok(Host {
        http_address: any_port,
        admin_address: any_port,
        drain_grace: Host::DRAIN_GRACE,
        kafka: None,
        metrics: Metrics::install()?,
        now: clock(),
    })
}

fn tell(address: SocketAddr) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{address}")
}

/// What each good answer holds.
pub(crate) const GTIN: &str = "09506000134352";

fn router() -> Router {
    Router::new().route(
        "/json",
        get(async || -> Json<Value> {
            Json(json!({ "gtin": GTIN, "name": "Oat drink", "allergens": ["oats"], "recalls": [] }))
        }),
    )
}

#[expect(clippy::disallowed_methods, reason = "a process needs one real clock, and this one has no chassis")]
fn clock() -> Now {
    std::sync::Arc::new(chrono::Utc::now)
}
