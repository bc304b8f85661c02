//! Who is measured: our two servers, as processes of their own, and others by address.

use std::net::SocketAddr;
use std::process::Stdio;
use std::str::FromStr;

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
    method: String,
    path: String,
    body: Vec<u8>,
}

impl Peer {
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

impl FromStr for Peer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (name, rest) = text.split_once('=').ok_or("NAME=ADDRESS,METHOD,PATH[,FILE]")?;
        let mut parts = rest.splitn(4, ',').map(str::to_owned);
        let (Some(address), Some(method), Some(path)) = (parts.next(), parts.next(), parts.next()) else {
            return Err("ADDRESS,METHOD,PATH are needed".to_owned());
        };
        let body = parts.next().map(std::fs::read).transpose().map_err(|error| error.to_string())?;
        Ok(Self { name: name.to_owned(), address, method, path, body: body.unwrap_or_default() })
    }
}

/// Our own servers.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum Own {
    /// hyper, through `axum::serve`.
    Direct,
    /// The adapter.
    Adapter,
}

/// A server's process.
pub(crate) struct Served {
    pub(crate) peer: Peer,
    process: Child,
}

impl Served {
    /// KiB that the process holds.
    pub(crate) fn resident(&self) -> u64 {
        let id = self.process.id().unwrap_or_default();
        let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok()).unwrap_or_default()
    }
}

impl Own {
    fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Adapter => "adapter",
        }
    }

    /// Starts this program once more, as a server.
    pub(crate) async fn spawn(self) -> anyhow::Result<Served> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--serve", self.name()])
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let output = process.stdout.take().context("no output")?;
        let address = BufReader::new(output).lines().next_line().await?.context("no address")?;
        let name = self.name().to_owned();
        let peer =
            Peer { name, address, method: "GET".to_owned(), path: "/json".to_owned(), body: Vec::new() };
        Ok(Served { peer, process })
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
                let description = Manifest::parse(DESCRIPTION)?.function("bench")?.clone();
                let function = Function::new("bench").described_by(description).http(router());
                let host = Host {
                    http_address: any_port,
                    admin_address: any_port,
                    drain_grace: Host::DRAIN_GRACE,
                    kafka: None,
                    metrics: Metrics::install()?,
                    now: clock(),
                };
                let running = runtime_adapter::start(function, host).await?;
                tell(running.http_address().context("no HTTP")?)?;
                std::future::pending::<()>().await;
            }
        }
        Ok(())
    }
}

fn tell(address: SocketAddr) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{address}")
}

fn router() -> Router {
    Router::new().route("/json", get(async || -> Json<Value> {
        Json(json!({ "gtin": "09506000134352", "name": "Oat drink", "allergens": ["oats"], "recalls": [] }))
    }))
}

#[expect(clippy::disallowed_methods, reason = "a process needs one real clock, and this one has no chassis")]
fn clock() -> Now {
    std::sync::Arc::new(chrono::Utc::now)
}
