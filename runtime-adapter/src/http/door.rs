//! The door of the HTTP trigger: one address, shared with the process that follows.

use std::io;
use std::net::SocketAddr;

use nix::libc::{sock_filter, sock_fprog};
use nix::sys::socket::{setsockopt, sockopt};
use tokio::net::{TcpListener, TcpSocket};

/// Connections that wait at the door until they are taken.
const BACKLOG: u32 = 1024;

/// The successor's place among those who listen at an address: the system numbers them as they came, and who
/// leaves was the first.
const SUCCESSOR: u32 = 1;

/// Classic BPF's instruction that answers with its own constant (`BPF_RET | BPF_K`).
const ANSWER: u16 = 0x06;

/// A listener that shares its address with others of its kind (`SO_REUSEPORT`): a successor is at the door before
/// we leave, and nobody is refused in between. Two processes with the same settings by mistake do not go
/// unnoticed: the admin port is one's alone.
pub(crate) fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.set_reuseaddr(true)?;
    socket.set_reuseport(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Lets all new connections go to the successor, so that none is in this listener's queue when it closes: the
/// system would reset it. Where there is no successor they come here as before.
pub(crate) fn show_newcomers_to_the_successor(listener: &TcpListener) {
    let mut always = [sock_filter { code: ANSWER, jt: 0, jf: 0, k: SUCCESSOR }];
    let program = sock_fprog { len: 1, filter: always.as_mut_ptr() };
    if let Err(error) = setsockopt(listener, sockopt::AttachReusePortCbpf, &program) {
        tracing::warn!(%error, "newcomers are shared with the successor until the end");
    }
}
