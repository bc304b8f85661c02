//! AWS's Runtime Interface Emulator with one function in it, one call at a time: its classic mode
//! breaks at a second one beside the first. It listens on loopback only.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use reqwest::Client;
use serde_json::Value;

/// Longer than any call takes, the first one with its start included.
const PATIENCE: Duration = Duration::from_mins(1);

/// A running emulator; ended with its function when dropped.
pub struct Emulator {
    process: Child,
    url: String,
    client: Client,
}

impl Emulator {
    /// An emulator that starts `command` at its first call.
    pub fn start(command: &Command) -> Result<Self> {
        let [port, api] = [free_port()?, free_port()?].map(|port| format!("127.0.0.1:{port}"));
        let mut emulator = Command::new(program()?);
        emulator
            .args(["--runtime-interface-emulator-address", &port, "--runtime-api-address", &api])
            .arg(command.get_program())
            .args(command.get_args())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        for (name, value) in command.get_envs() {
            emulator.env(name, value.unwrap_or_default());
        }
        let process = emulator.spawn().context("the emulator starts")?;
        let url = format!("http://{port}/2015-03-31/functions/function/invocations");
        Ok(Self { process, url, client: Client::builder().no_proxy().timeout(PATIENCE).build()? })
    }

    /// The function's answer to an event.
    pub async fn call(&mut self, event: &Value) -> Result<Value> {
        loop {
            match self.client.post(&self.url).body(event.to_string()).send().await {
                Ok(answer) => return Ok(serde_json::from_str(&answer.text().await?)?),
                // it has not begun to listen
                Err(error) if error.is_connect() && self.process.try_wait()?.is_none() => {
                    tokio::task::yield_now().await;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Stops the function where it stands, as Lambda does after each answer.
    pub fn freeze(&self) -> Result<()> {
        signal("STOP", self.function()?)
    }

    /// Lets it go on.
    pub fn thaw(&self) -> Result<()> {
        signal("CONT", self.function()?)
    }

    /// The process of the function: the emulator's only child.
    fn function(&self) -> Result<u32> {
        for task in fs::read_dir(format!("/proc/{}/task", self.process.id()))? {
            let children = fs::read_to_string(task?.path().join("children"))?;
            if let Some(child) = children.split_whitespace().next() {
                return Ok(child.parse()?);
            }
        }
        anyhow::bail!("the emulator has started no function")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // told to end, it kills its function; killed, it would leave it behind
        if signal("TERM", self.process.id()).is_ok() {
            self.process.wait().ok();
        }
    }
}

fn signal(signal: &str, process: u32) -> Result<()> {
    let sent = Command::new("kill").args(["-s", signal, &process.to_string()]).status()?;
    ensure!(sent.success(), "no process {process} to send {signal}");
    Ok(())
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

#[expect(clippy::disallowed_methods, reason = "tests are told by the Makefile where the emulator is")]
fn program() -> Result<PathBuf> {
    let program = std::env::var_os("LAMBDA_EMULATOR");
    program.map(PathBuf::from).context("LAMBDA_EMULATOR names no emulator: `make lambda-proof` does")
}

/// A command that sees another time: that of the clock plus the seconds that `offset` holds, read
/// anew at each look. libfaketime answers in place of the system.
pub fn at_another_time(command: &Command, offset: &Path, monotonic: MonotonicClock) -> Command {
    let mut shifted = Command::new("env");
    shifted
        .arg("LD_PRELOAD=libfaketimeMT.so.1")
        .arg(format!("LD_LIBRARY_PATH={}", library_folder().display()))
        .arg(format!("FAKETIME_TIMESTAMP_FILE={}", offset.display()))
        .args(["FAKETIME_NO_CACHE=1", "NO_FAKE_STAT=1"])
        .arg(match monotonic {
            MonotonicClock::GoesOn => "FAKETIME_DONT_FAKE_MONOTONIC=0",
            MonotonicClock::StandsStill => "FAKETIME_DONT_FAKE_MONOTONIC=1",
        })
        .arg(command.get_program())
        .args(command.get_args());
    shifted
}

/// What the monotonic clock does while a process is frozen.
#[derive(Clone, Copy, Debug)]
pub enum MonotonicClock {
    /// The process alone was frozen.
    GoesOn,
    /// The whole machine was.
    StandsStill,
}

/// Debian's folder for it.
fn library_folder() -> PathBuf {
    PathBuf::from(format!("/usr/lib/{}-linux-gnu/faketime", std::env::consts::ARCH))
}
