//! Patience with slow clients ends: a request's head has 10 s from its first byte, an idle
//! keep-alive connection three minutes (longer than Caddy or our own clients keep one, so that
//! they close first), and a client that takes nothing of its answer for 30 s is left. The same socket
//! turns hyper's own refusals into problems.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Buf, Bytes};
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::{Instant, Sleep, sleep_until};

use super::refusal;

const HEAD_WITHIN: Duration = Duration::from_secs(10);
const IDLE_WITHIN: Duration = Duration::from_mins(3);
const WRITE_WITHIN: Duration = Duration::from_secs(30);

/// Whether a request of the connection is being answered, so that bytes that arrive are not a
/// head's; whether any was since the last head began, so that what is written is its answer; and whether
/// there was one at all.
#[derive(Clone, Default)]
pub(crate) struct Answering(Arc<State>);

#[derive(Default)]
struct State {
    now: AtomicBool,
    owed: AtomicBool,
    ever: AtomicBool,
}

impl Answering {
    /// From the head's end until the guard is dropped.
    pub(crate) fn begin(&self) -> AnsweringGuard {
        self.0.now.store(true, Ordering::Relaxed);
        self.0.owed.store(true, Ordering::Relaxed);
        self.0.ever.store(true, Ordering::Relaxed);
        AnsweringGuard(self.clone())
    }

    /// Whether the connection has brought a request yet.
    pub(crate) fn has_begun(&self) -> bool {
        self.0.ever.load(Ordering::Relaxed)
    }
}

/// Ends what [`Answering::begin`] began.
pub(crate) struct AnsweringGuard(Answering);

impl Drop for AnsweringGuard {
    fn drop(&mut self) {
        self.0.0.now.store(false, Ordering::Relaxed);
    }
}

/// A socket whose reads and writes fail when patience ends.
pub(crate) struct Patient {
    socket: TokioIo<TcpStream>,
    answering: Answering,
    read: Deadline,
    in_head: bool,
    write: Deadline,
    /// What is left to write in place of hyper's own refusal.
    refusal: Option<Bytes>,
}

impl Patient {
    pub(crate) fn new(socket: TcpStream, answering: Answering) -> Self {
        Self {
            socket: TokioIo::new(socket),
            answering,
            // a connection that brings nothing at all is slow, not idle
            read: Deadline::after(HEAD_WITHIN),
            in_head: true,
            write: Deadline::default(),
            refusal: None,
        }
    }

    /// Writes a problem where hyper refuses a head of its own accord; `None` for an answer.
    fn poll_refuse(&mut self, context: &mut Context<'_>, refused: &[u8]) -> Option<Poll<io::Result<usize>>> {
        if self.refusal.is_none() && !self.answering.0.owed.load(Ordering::Relaxed) {
            self.refusal = refusal::as_problem(refused);
        }
        let left = self.refusal.as_mut()?;
        while !left.is_empty() {
            match Pin::new(&mut self.socket).poll_write(context, left) {
                Poll::Ready(Ok(0)) => return Some(Poll::Ready(Err(io::ErrorKind::WriteZero.into()))),
                Poll::Ready(Ok(written)) => left.advance(written),
                failed_or_pending => return Some(failed_or_pending),
            }
        }
        self.refusal = None;
        Some(Poll::Ready(Ok(refused.len())))
    }

    fn written<T>(&mut self, context: &mut Context<'_>, written: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.write.clear();
            return written;
        }
        self.write.set_if_clear(WRITE_WITHIN);
        if self.write.has_passed(context) { timed_out() } else { Poll::Pending }
    }
}

impl Read for Patient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let read = Pin::new(&mut this.socket).poll_read(context, buffer);
        if this.answering.0.now.load(Ordering::Relaxed) {
            this.read.clear();
            this.in_head = false;
        } else if read.is_ready() {
            if !this.in_head {
                this.in_head = true;
                this.answering.0.owed.store(false, Ordering::Relaxed);
                this.read = this.read.take_with(HEAD_WITHIN);
            }
        } else {
            this.read.set_if_clear(IDLE_WITHIN);
            if this.read.has_passed(context) {
                return timed_out();
            }
        }
        read
    }
}

impl Write for Patient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let refused = self.poll_refuse(context, bytes);
        let written = refused.unwrap_or_else(|| Pin::new(&mut self.socket).poll_write(context, bytes));
        self.written(context, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.socket.is_write_vectored()
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let refused = match slices {
            [head] => self.poll_refuse(context, head),
            _ => None,
        };
        let socket = Pin::new(&mut self.socket);
        let written = refused.unwrap_or_else(|| socket.poll_write_vectored(context, slices));
        self.written(context, written)
    }
}

fn timed_out<T>() -> Poll<io::Result<T>> {
    Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
}

/// A moment that is moved at every request and almost never reached: the timer behind it is only
/// touched when it must fire earlier, or has.
#[derive(Default)]
struct Deadline {
    at: Option<Instant>,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Deadline {
    fn after(patience: Duration) -> Self {
        Self { at: Some(Instant::now() + patience), timer: None }
    }

    /// The same timer with a new moment.
    fn take_with(&mut self, patience: Duration) -> Self {
        Self { timer: self.timer.take(), ..Self::after(patience) }
    }

    fn clear(&mut self) {
        self.at = None;
    }

    fn set_if_clear(&mut self, patience: Duration) {
        if self.at.is_none() {
            self.at = Some(Instant::now() + patience);
        }
    }

    /// Whether the moment is over; if not, the task is woken then.
    fn has_passed(&mut self, context: &mut Context<'_>) -> bool {
        let Some(at) = self.at else { return false };
        let timer = self.timer.get_or_insert_with(|| Box::pin(sleep_until(at)));
        if timer.deadline() > at {
            timer.as_mut().reset(at);
        }
        while timer.as_mut().poll(context).is_ready() {
            if timer.deadline() >= at {
                return true;
            }
            timer.as_mut().reset(at);
        }
        false
    }
}
