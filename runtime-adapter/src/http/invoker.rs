//! One call of a function's HTTP handler within its limits: concurrency, deadline, panics, size.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use http::Response;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;
use tower::ServiceExt;

use super::answer;
use super::fault::Fault;

/// How long after the deadline a call is given up whose handler blocks its thread and so never
/// sees it.
const BACKSTOP: Duration = Duration::from_millis(20);

/// Calls a router within the manifest's limits.
#[derive(Clone)]
pub(crate) struct Invoker {
    router: Router,
    deadline: Duration,
    capacity: Arc<Semaphore>,
    concurrency: u32,
}

impl Invoker {
    pub(crate) fn new(router: Router, deadline: Duration, concurrency: u32) -> Self {
        let capacity = Arc::new(Semaphore::new(concurrency as usize));
        Self { router, deadline, capacity, concurrency }
    }

    /// The function's deadline.
    pub(crate) fn deadline(&self) -> Duration {
        self.deadline
    }

    /// Waits until no call runs.
    pub(crate) async fn finished(&self) {
        // fails only when the semaphore is closed, which nobody does
        drop(self.capacity.acquire_many(self.concurrency).await);
    }

    /// The function's answer. The call runs in a task of its own: as on Lambda, a client that goes
    /// away does not stop it, and a panic or a blocked thread is not the connection's.
    pub(crate) async fn call(
        &self,
        request: lambda_http::Request,
        deadline: Duration,
    ) -> Result<Response<Bytes>, Fault> {
        let permit = Arc::clone(&self.capacity).try_acquire_owned().map_err(|_| Fault::Busy)?;
        let call = tokio::spawn(within(deadline, self.router.clone(), request, permit));
        let abort = call.abort_handle();
        match timeout(deadline + BACKSTOP, call).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_panic)) => Err(Fault::Panicked),
            Err(_elapsed) => {
                abort.abort();
                Err(Fault::TimedOut)
            }
        }
    }
}

async fn within(
    deadline: Duration,
    router: Router,
    request: lambda_http::Request,
    permit: OwnedSemaphorePermit,
) -> Result<Response<Bytes>, Fault> {
    let answer = async {
        let Ok(response) = router.oneshot(request).await;
        let response = answer::collect(response).await?;
        answer::check(&response)?;
        Ok(response)
    };
    let answer = timeout(deadline, answer).await.unwrap_or(Err(Fault::TimedOut));
    drop(permit);
    answer
}
