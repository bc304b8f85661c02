//! The same axum router served by hyper alone, by the adapter, and where they are named under AWS's
//! emulator and `cargo lambda watch`: in turns, over sockets. Prints medians.
//!
//! `cargo bench -p runtime-adapter --bench http -- [--seconds S] [--rounds R] [--emulator PROGRAM]
//! [--cargo-lambda PROGRAM]`

#[path = "http/emulators.rs"]
mod emulators;
#[path = "http/load.rs"]
mod load;
#[path = "http/peers.rs"]
mod peers;

use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Parser;

use load::Measured;

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
    /// AWS's Runtime Interface Emulator.
    #[arg(long)]
    emulator: Option<PathBuf>,
    /// cargo-lambda.
    #[arg(long)]
    cargo_lambda: Option<PathBuf>,
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
    let mut all = vec![peers::Own::Direct.spawn().await?, peers::Own::Adapter.spawn().await?];
    if let Some(program) = &arguments.emulator {
        all.push(emulators::aws(program).await?);
    }
    if let Some(program) = &arguments.cargo_lambda {
        all.push(emulators::cargo_lambda(program).await?);
    }
    let mut out = io::stdout();
    let [peer, conns, rate, p50, p99, failed] = ["peer", "conns", "req/s", "p50 µs", "p99 µs", "failed"];
    writeln!(out, "{peer:<14}{conns:>6}{rate:>10}{p50:>9}{p99:>9}{failed:>9}   of direct, by pairs")?;
    for connections in CONNECTIONS {
        let mut measured: Vec<Vec<Measured>> = all.iter().map(|_| Vec::new()).collect();
        for _ in 0..arguments.rounds {
            for (served, of_peer) in all.iter().zip(&mut measured) {
                let time = Duration::from_secs(arguments.seconds);
                of_peer.push(load::run(&served.peer, connections, time).await?);
            }
        }
        for (served, of_peer) in all.iter().zip(&measured) {
            let Measured { per_second, p50, p99, failed } = load::median(of_peer);
            let ratio = load::ratio(of_peer, &measured[0]);
            let name = &served.peer.name;
            writeln!(
                out,
                "{name:<14}{connections:>6}{per_second:>10.0}{p50:>9}{p99:>9}{failed:>9}   {ratio:.2}"
            )?;
        }
    }
    for served in &all {
        writeln!(out, "resident memory: {:<14}{:>8} KiB", served.peer.name, served.resident())?;
    }
    Ok(())
}
