//! Bytes on a socket, as no well-behaved client writes them, and what comes back.

use std::time::Duration;

use futures::{StreamExt, stream};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use url::Url;

use crate::STACK;

/// Nothing more is expected after so long without a byte.
const QUIET: Duration = Duration::from_secs(8);

/// Where attackers knock: at the public door, and at the gateway behind it, which must hold alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Door {
    Caddy,
    Gateway,
}

impl Door {
    pub(crate) const BOTH: [Self; 2] = [Self::Caddy, Self::Gateway];

    fn address(self) -> (String, u16) {
        let url = match self {
            Self::Caddy => STACK.base_url.clone(),
            Self::Gateway => STACK.function("api-gateway").unwrap().url.clone(),
        };
        let url = Url::parse(&url).unwrap();
        (url.host_str().unwrap().to_owned(), url.port_or_known_default().unwrap())
    }

    /// Everything that comes back for these bytes until the other side closes or says no more.
    pub(crate) async fn exchange(self, bytes: &[u8]) -> Vec<u8> {
        let mut socket = TcpStream::connect(self.address()).await.unwrap();
        // whoever refuses early may have closed before all was written
        let written = socket.write_all(bytes).await;
        let mut came = Vec::new();
        let mut buffer = vec![0; 16 * 1024];
        while let Ok(Ok(read @ 1..)) = timeout(QUIET, socket.read(&mut buffer)).await {
            came.extend_from_slice(&buffer[..read]);
        }
        drop(written);
        came
    }
}

/// The statuses of the answers in what came back.
pub(crate) fn statuses(came: &[u8]) -> Vec<u16> {
    let text = String::from_utf8_lossy(came);
    let status = |answer: &str| answer.get(..3).and_then(|status| status.parse().ok());
    text.split("HTTP/1.1 ").skip(1).chain(text.split("HTTP/1.0 ").skip(1)).filter_map(status).collect()
}

/// Whether the caller was told no, in whatever words, or the connection was closed without a word; an
/// error of ours is no such answer.
pub(crate) fn is_refusal(statuses: &[u16]) -> bool {
    statuses.iter().all(|status| matches!(status, 400..=499 | 501 | 505))
}

/// Tries attacks at both doors, many at once; what `judge` objects to is the answer.
pub(crate) async fn try_all<A: Clone + Send + Sync>(
    attacks: &[A],
    bytes: impl Fn(&A) -> Vec<u8>,
    judge: impl Fn(&A, Door, &[u8]) -> Option<String>,
) -> Vec<String> {
    let tries: Vec<_> = attacks.iter().flat_map(|attack| Door::BOTH.map(|door| (attack, door))).collect();
    stream::iter(tries)
        .map(async |(attack, door)| {
            let came = door.exchange(&bytes(attack)).await;
            judge(attack, door, &came)
        })
        .buffer_unordered(16)
        .filter_map(async |objection| objection)
        .collect()
        .await
}
