//! The listener of the HTTP trigger.

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::connection::{self, Service};
use crate::stop::Stop;

/// How long before the door closes each answer says that it is the connection's last. A client that keeps
/// a busy connection learns of the end by an answer, not by a request that nobody reads any more.
const LAST_ANSWERS: Duration = Duration::from_millis(300);

/// How long no connection is taken when the system has no descriptor for one.
const OUT_OF_DESCRIPTORS: Duration = Duration::from_millis(50);

/// Serves until `stop`, then takes connections for one last answer each, and finishes what has begun.
/// From the moment that `leaving` is wished, which may be long before, each answer is the last of its
/// connection.
pub(crate) async fn run(listener: TcpListener, service: Service, leaving: Stop, mut stop: Stop) {
    let (close, closing) = Stop::pair();
    let service = Arc::new(service);
    let connections = JoinSet::new();
    let mut door = Door { listener, service: Arc::clone(&service), connections, leaving, closing };
    tokio::select! {
        never = door.take_connections() => match never {},
        () = stop.wished() => {}
    }
    let _settled = timeout(LAST_ANSWERS, door.take_connections()).await;
    let Door { listener, mut connections, .. } = door;
    drop(listener);
    close.wish();
    while connections.join_next().await.is_some() {}
    service.invoker.finished().await;
}

struct Door {
    listener: TcpListener,
    service: Arc<Service>,
    connections: JoinSet<()>,
    leaving: Stop,
    closing: Stop,
}

impl Door {
    async fn take_connections(&mut self) -> Infallible {
        loop {
            tokio::select! {
                accepted = self.listener.accept() => match accepted {
                    Ok((socket, peer)) => {
                        let service = Arc::clone(&self.service);
                        let (leaving, closing) = (self.leaving.clone(), self.closing.clone());
                        let socket = without_delay(socket);
                        self.connections.spawn(connection::serve(socket, peer, service, leaving, closing));
                    }
                    Err(error) => rest(&error).await,
                },
                Some(_ended) = self.connections.join_next() => {}
            }
        }
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
