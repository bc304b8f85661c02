//! The listener of the HTTP trigger.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connection::{self, Service};
use super::door;
use crate::stop::Stop;

/// How long, at most, the door stays open when the process is to end. Each answer says then that it is its
/// connection's last, so a client learns of the end by an answer, not by a request that nobody reads any
/// more. Whoever keeps an idle connection for less than this never meets its end: our own clients and Caddy
/// keep one for a second.
const LAST_ANSWERS: Duration = Duration::from_millis(1_500);

/// How long the door stays open at least, once newcomers are shown to the successor: for those who were
/// half-way in.
const HALF_WAY_IN: Duration = Duration::from_millis(50);

/// How long no connection is taken when the system has no descriptor for one.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Serves until `stop`, then takes connections for one last answer each until there are none (new ones go to the
/// successor, if there is one), and finishes what has begun. From the moment that `leaving` is wished, which may be long before, each answer is the
/// last of its connection.
pub(crate) async fn run(listener: TcpListener, service: Service, leaving: Stop, mut stop: Stop) {
    let (close, closing) = Stop::pair();
    let service = Arc::new(service);
    let mut room = Room { service: Arc::clone(&service), connections: JoinSet::new(), leaving, closing };
    tokio::select! {
        never = room.take_connections(&listener) => match never {},
        () = stop.wished() => {}
    }
    door::show_newcomers_to_the_successor(&listener);
    let _let_in = timeout(HALF_WAY_IN, room.take_connections(&listener)).await;
    let _settled = timeout(LAST_ANSWERS, room.take_the_last(&listener)).await;
    room.take_those_at_the_door(listener);
    close.wish();
    while room.connections.join_next().await.is_some() {}
    service.invoker.finished().await;
}

/// The connections that are served.
struct Room {
    service: Arc<Service>,
    connections: JoinSet<()>,
    leaving: Stop,
    closing: Stop,
}

impl Room {
    async fn take_connections(&mut self, listener: &TcpListener) -> Infallible {
        loop {
            self.turn(listener).await;
        }
    }

    async fn take_the_last(&mut self, listener: &TcpListener) {
        while !self.connections.is_empty() {
            self.turn(listener).await;
        }
    }

    async fn turn(&mut self, listener: &TcpListener) {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((socket, peer)) => self.serve(socket, peer),
                Err(error) => rest(&error).await,
            },
            Some(_ended) = self.connections.join_next() => {}
        }
    }

    /// Closes the door. The system would reset connections that it has made and nobody has taken, so they
    /// are taken first, with no moment in between.
    fn take_those_at_the_door(&mut self, listener: TcpListener) {
        let Ok(listener) = listener.into_std() else { return };
        while let Ok((socket, peer)) = listener.accept() {
            if let Ok(socket) = socket.set_nonblocking(true).and_then(|()| TcpStream::from_std(socket)) {
                self.serve(socket, peer);
            }
        }
    }

    fn serve(&mut self, socket: TcpStream, peer: SocketAddr) {
        let (leaving, closing) = (self.leaving.clone(), self.closing.clone());
        let service = Arc::clone(&self.service);
        self.connections.spawn(connection::serve(without_delay(socket), peer, service, leaving, closing));
    }
}

/// Answers are written whole; waiting to fill a packet only delays them.
fn without_delay(socket: TcpStream) -> TcpStream {
    if let Err(error) = socket.set_nodelay(true) {
        tracing::debug!(%error, "TCP_NODELAY");
    }
    socket
}

/// A connection that broke before it was taken is nothing; a lack of descriptors needs time.
#[expect(
    clippy::disallowed_methods,
    reason = "descriptors come back when other connections end, which nobody signals"
)]
async fn rest(error: &io::Error) {
    if error.kind() != io::ErrorKind::ConnectionAborted {
        tracing::warn!(%error, "cannot take a connection");
        tokio::time::sleep(OUT_OF_DESCRIPTORS).await;
    }
}
