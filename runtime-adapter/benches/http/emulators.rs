//! The other ways to run a Lambda function on one machine: AWS's Runtime Interface Emulator and
//! `cargo lambda watch`, each with this program as its function.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{Interval, interval, timeout};

use super::load;
use super::peers::{Own, Peer, Served};

const PATIENCE: Duration = Duration::from_secs(30);

/// AWS's emulator. It has no HTTP of its own: it is sent events. It breaks at a second call beside the
/// first, so it is never given one; its mode for several calls starts programs in `/var/task` only.
pub(crate) async fn aws(program: &Path) -> anyhow::Result<Served> {
    let (address, api) = (free_address()?, free_address()?);
    let mut emulator = Command::new(program);
    emulator.args(["--runtime-interface-emulator-address", &address, "--runtime-api-address", &api]).args([
        std::env::current_exe()?,
        PathBuf::from("--serve"),
        PathBuf::from("lambda"),
    ]);
    let event = json!({
        "version": "2.0", "rawPath": "/json", "rawQueryString": "",
        "headers": { "host": "bench", "accept": "application/json" },
        "requestContext": { "stage": "$default", "http": { "method": "GET", "path": "/json" } },
        "isBase64Encoded": false,
    });
    let peer = Peer {
        name: "aws emulator".to_owned(),
        address,
        method: "POST",
        path: "/2015-03-31/functions/function/invocations".to_owned(),
        body: event.to_string().into_bytes(),
        calls_at_once: 1,
    };
    answering(Served { peer, processes: vec![quiet(&mut emulator).spawn()?] }).await
}

/// `cargo lambda watch`, which gives the function's API and leaves its start to us.
pub(crate) async fn cargo_lambda(program: &Path) -> anyhow::Result<Served> {
    let address = free_address()?;
    let (host, port) = address.split_once(':').unwrap_or_default();
    let mut watch = Command::new(program);
    watch
        .args(["lambda", "watch", "--only-lambda-apis", "--invoke-address", host, "--invoke-port", port])
        .current_dir(env!("CARGO_MANIFEST_DIR"));
    let watch = quiet(&mut watch).spawn()?;
    let mut ticks = interval(Duration::from_millis(20));
    until(&mut ticks, async || TcpStream::connect(&address).await.is_ok()).await?;
    let mut function = Own::Lambda.command()?;
    function
        .env("AWS_LAMBDA_RUNTIME_API", format!("http://{address}/.rt"))
        .envs([("AWS_LAMBDA_FUNCTION_NAME", "_"), ("AWS_LAMBDA_FUNCTION_VERSION", "1")])
        .envs([("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"), ("AWS_LAMBDA_MAX_CONCURRENCY", "32")]);
    let processes = vec![watch, quiet(&mut function).spawn()?];
    answering(Served { peer: Peer::plain("cargo lambda", address), processes }).await
}

fn quiet(command: &mut Command) -> &mut Command {
    command.stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true)
}

/// Waits for the first good answer.
async fn answering(served: Served) -> anyhow::Result<Served> {
    let mut ticks = interval(Duration::from_millis(100));
    until(&mut ticks, async || load::answers(&served.peer).await).await?;
    Ok(served)
}

async fn until(ticks: &mut Interval, holds: impl AsyncFn() -> bool) -> anyhow::Result<()> {
    let waiting = async {
        while !holds().await {
            ticks.tick().await;
        }
    };
    Ok(timeout(PATIENCE, waiting).await?)
}

fn free_address() -> anyhow::Result<String> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.to_string())
}
