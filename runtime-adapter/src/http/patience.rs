//! Patience with slow clients ends: a request's head has 10 s from its first byte, and a client
//! that takes nothing of its answer for 30 s is left. Idle keep-alive connections are not slow;
//! hyper's own timer closes those much later.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep};

const HEAD_WITHIN: Duration = Duration::from_secs(10);
const WRITE_WITHIN: Duration = Duration::from_secs(30);

/// Whether a request of the connection is being answered, so that bytes that arrive are not a
/// head's.
#[derive(Clone, Default)]
pub(crate) struct Answering(Arc<AtomicBool>);

impl Answering {
    /// From the head's end to the answer's begin.
    pub(crate) fn begin(&self) -> AnsweringGuard {
        self.0.store(true, Ordering::Relaxed);
        AnsweringGuard(self.clone())
    }
}

/// Ends what [`Answering::begin`] began.
pub(crate) struct AnsweringGuard(Answering);

impl Drop for AnsweringGuard {
    fn drop(&mut self) {
        self.0.0.store(false, Ordering::Relaxed);
    }
}

/// A connection whose reads and writes fail when patience ends.
pub(crate) struct Patient {
    socket: TokioIo<TcpStream>,
    answering: Answering,
    head: Timer,
    write: Timer,
}

impl Patient {
    pub(crate) fn new(socket: TcpStream, answering: Answering) -> Self {
        let socket = TokioIo::new(socket);
        Self { socket, answering, head: Timer::new(HEAD_WITHIN), write: Timer::new(WRITE_WITHIN) }
    }
}

impl Read for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        mut buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let answering = self.answering.0.load(Ordering::Relaxed);
        if answering {
            self.head.stop();
        } else if self.head.has_fired(context) {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let room = buffer.remaining();
        // reborrowed by hand: the cursor has no public reborrow, but a sub-cursor over the same
        // buffer is what TokioIo fills
        ready!(Pin::new(&mut self.socket).poll_read(context, buffer))?;
        Poll::Ready(Ok(()))
    }
}
