//! The same axum router served by hyper alone and by the adapter, in turns, over sockets; more
//! peers (AWS' emulator, `cargo lambda watch`) by `--peer`. Prints medians.
//!
//! `cargo bench -p runtime-adapter --bench http -- [--seconds S] [--rounds R] [--peer …]`

#[path = "http/load.rs"]
mod load;
#[path = "http/peers.rs"]
mod peers;

use std::io::{self, Write};
use std::time::Duration;

use clap::Parser;

use load::Measured;
use peers::Peer;

const CONNECTIONS: [usize; 2] = [1, 32];

/// The arguments; `cargo bench` adds `--bench`.
#[derive(Parser)]
struct Bench {
    /// How long each measurement takes.
    #[arg(long, default_value_t = 3)]
    seconds: u64,
    /// How many measurements of each peer.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// A further peer: NAME=ADDRESS,METHOD,PATH[,FILE], the file being the body.
    #[arg(long = "peer")]
    peers: Vec<Peer>,
    /// Serves as this peer in place of measuring.
    #[arg(long, hide = true)]
    serve: Option<peers::Own>,
    #[arg(long = "bench", hide = true)]
    by_cargo: bool,
}

fn main() -> anyhow::Result<()> {
    let arguments = Bench::parse();
    match arguments.serve {
        Some(own) => tokio::runtime::Runtime::new()?.block_on(own.serve()),
        None => {
            tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(measure(arguments))
        }
    }
}

async fn measure(arguments: Bench) -> anyhow::Result<()> {
    let direct = peers::Own::Direct.spawn().await?;
    let adapter = peers::Own::Adapter.spawn().await?;
    let mut all: Vec<&Peer> = vec![&direct.peer, &adapter.peer];
    all.extend(&arguments.peers);
    let mut out = io::stdout();
    writeln!(
        out,
        "{:<16}{:>6}{:>12}{:>10}{:>10}{:>10}",
        "peer", "conns", "req/s", "p50 µs", "p99 µs", "failed"
    )?;
    for connections in CONNECTIONS {
        let mut measured: Vec<Vec<Measured>> = all.iter().map(|_| Vec::new()).collect();
        for _ in 0..arguments.rounds {
            for (peer, of_peer) in all.iter().zip(&mut measured) {
                of_peer.push(load::run(peer, connections, Duration::from_secs(arguments.seconds)).await?);
            }
        }
        let direct_rate = load::median(&measured[0]).per_second;
        for (peer, of_peer) in all.iter().zip(&measured) {
            let Measured { per_second, p50, p99, failed } = load::median(of_peer);
            let ratio = per_second / direct_rate;
            writeln!(
                out,
                "{:<16}{connections:>6}{per_second:>12.0}{p50:>10}{p99:>10}{failed:>10}   {ratio:.2} of direct",
                peer.name
            )?;
        }
    }
    writeln!(out, "resident memory: direct {} KiB, adapter {} KiB", direct.resident(), adapter.resident())?;
    Ok(())
}
