//! Memory over many requests; `SOAK_REQUESTS` makes it the million of `make soak`.

use std::net::SocketAddr;

use tokio::process::Command;

use crate::processes::Process;
use crate::support::{Client, fixture};

const REQUESTS: usize = 20_000;
const CONNECTIONS: usize = 32;

/// What an allocator may keep of a process that has settled, in KiB.
const SLACK: u64 = 4 * 1024;

#[expect(clippy::disallowed_methods, reason = "tests have no settings but the environment")]
fn requests() -> usize {
    std::env::var("SOAK_REQUESTS").ok().and_then(|requests| requests.parse().ok()).unwrap_or(REQUESTS)
}

fn resident(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().strip_suffix(" kB").unwrap().trim().parse().unwrap()
}

/// Bodies of several sizes, answers of several kinds, and a fault now and then.
async fn ask(address: SocketAddr, requests: usize) {
    let clients = (0..CONNECTIONS).map(|_| async {
        let mut client = Client::connect(address).await;
        for number in 0..requests / CONNECTIONS {
            let body = "x".repeat(number % 2_000);
            let usual = ["/echo", "/hello/you", "/answers/binary"][number % 3];
            let path = if number % 100 == 99 { "/panic" } else { usual };
            let method = if path == "/echo" { "POST" } else { "GET" };
            let head = format!("{method} {path}?n={number} HTTP/1.1\r\nHost: h\r\n");
            let request = format!("{head}Content-Length: {}\r\n\r\n{body}", body.len());
            let answer = client.exchange(request.as_bytes()).await;
            assert_eq!(answer.status, if path == "/panic" { 502 } else { 200 });
        }
    });
    futures::future::join_all(clients).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_flat_over_many_requests() {
    let mut process =
        Process::start_by(Command::new(fixture()).env("RUST_LOG", "off,runtime_adapter::running=info")).await;
    let (id, address) = (process.child.id().unwrap(), process.http);
    let measured = async {
        ask(address, requests() / 5).await;
        let settled = resident(id);
        ask(address, requests()).await;
        (settled, resident(id))
    };
    tokio::select! {
        (settled, after) = measured => {
            assert!(after <= settled + SLACK, "{settled} KiB became {after} KiB");
        }
        () = process.read_away() => panic!("the process ended"),
    }
}
