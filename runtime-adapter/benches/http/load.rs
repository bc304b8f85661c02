//! A load of keep-alive connections, each with one request at a time.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::peers::{GTIN, Peer};

/// One measurement.
#[derive(Clone, Copy, Default)]
pub(crate) struct Measured {
    pub(crate) per_second: f64,
    pub(crate) p50: u64,
    pub(crate) p99: u64,
    pub(crate) failed: usize,
}

/// Loads a peer for so long.
pub(crate) async fn run(peer: &Peer, connections: usize, time: Duration) -> anyhow::Result<Measured> {
    let until = Instant::now() + time;
    let mut loads = JoinSet::new();
    for _ in 0..connections.min(peer.calls_at_once) {
        loads.spawn(connection(peer.address.clone(), peer.request(), until));
    }
    let (mut micros, mut failed) = (Vec::new(), 0);
    while let Some(load) = loads.join_next().await {
        let (of_connection, failed_there) = load??;
        micros.extend(of_connection);
        failed += failed_there;
    }
    micros.sort_unstable();
    let at = |percent: usize| micros.get(micros.len() * percent / 100).copied().unwrap_or_default();
    let per_second = f64::from(u32::try_from(micros.len())?) / time.as_secs_f64();
    Ok(Measured { per_second, p50: at(50), p99: at(99), failed })
}

async fn connection(address: String, request: Vec<u8>, until: Instant) -> anyhow::Result<(Vec<u64>, usize)> {
    let mut socket = TcpStream::connect(&address).await?;
    socket.set_nodelay(true)?;
    let (mut micros, mut failed) = (Vec::new(), 0);
    let mut answer = Vec::with_capacity(4096);
    while Instant::now() < until {
        let begun = Instant::now();
        socket.write_all(&request).await?;
        answer.clear();
        if is_good(&mut socket, &mut answer).await? {
            micros.push(u64::try_from(begun.elapsed().as_micros())?);
        } else {
            // it may have closed: what comes next is another request
            failed += 1;
            socket = TcpStream::connect(&address).await?;
        }
    }
    Ok((micros, failed))
}

/// Whether one request is well answered.
pub(crate) async fn answers(peer: &Peer) -> bool {
    let exchange = async {
        let mut socket = TcpStream::connect(&peer.address).await?;
        socket.write_all(&peer.request()).await?;
        is_good(&mut socket, &mut Vec::new()).await
    };
    matches!(timeout(Duration::from_secs(2), exchange).await, Ok(Ok(true)))
}

/// Reads an answer by its length; whether it is a 200 with what the router answers in it.
async fn is_good(socket: &mut TcpStream, answer: &mut Vec<u8>) -> anyhow::Result<bool> {
    loop {
        if let Some(end) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            let head = std::str::from_utf8(&answer[..end])?.to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let Some(length) = length.and_then(|length| length.parse::<usize>().ok()) else {
                return Ok(false);
            };
            while answer.len() < end + 4 + length {
                if socket.read_buf(answer).await? == 0 {
                    return Ok(false);
                }
            }
            let body = &answer[end + 4..];
            let is_ours = body.windows(GTIN.len()).any(|bytes| bytes == GTIN.as_bytes());
            return Ok(is_ours && head.starts_with("http/1.1 200"));
        }
        if socket.read_buf(answer).await? == 0 {
            return Ok(false);
        }
    }
}

/// The measurement whose rate is in the middle.
pub(crate) fn median(measured: &[Measured]) -> Measured {
    let mut sorted = measured.to_vec();
    sorted.sort_by(|one, other| one.per_second.total_cmp(&other.per_second));
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

/// The median of what each round's rate is beside that of another peer in the same round: the machine
/// has better and worse seconds, which meet both.
pub(crate) fn ratio(measured: &[Measured], beside: &[Measured]) -> f64 {
    let pairs = measured.iter().zip(beside);
    let mut ratios: Vec<f64> = pairs.map(|(one, other)| one.per_second / other.per_second).collect();
    ratios.sort_by(f64::total_cmp);
    ratios.get(ratios.len() / 2).copied().unwrap_or_default()
}
