//! One connection of the HTTP trigger, from its first byte to its close.

use std::convert::Infallible;
use std::error::Error;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use chrono::TimeDelta;
use http::header::{CONNECTION, HeaderValue};
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{HttpService, service_fn};
use lambda_http::RequestExt;
use lambda_http::lambda_runtime::{Config, Context};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::body::{self, Budget, Share};
use super::event::{self, Circumstances};
use super::fault::Fault;
use super::invoker::Invoker;
use super::patience::{Answering, Patient};
use super::{answer, log};
use crate::host::Now;
use crate::stop::Stop;
use crate::{identifiers, manifest};

/// All the headers of a request; one more byte is 431.
const HEAD_LIMIT: usize = 16 * 1024;

/// What all connections of a function share.
pub(crate) struct Service {
    pub(crate) invoker: Invoker,
    budget: Budget,
    config: Arc<Config>,
    now: Now,
}

/// How long a connection that has brought nothing yet may still bring its first request when the process is
/// to end: who has just been let in is about to ask. It is longer than our clients keep an idle connection.
const FIRST_REQUEST: Duration = Duration::from_millis(1_500);

/// Serves a connection until either side ends it, until its first answer after `leaving` was wished, or
/// until it has answered what it was at when `stop` was.
pub(crate) async fn serve(
    socket: TcpStream,
    peer: SocketAddr,
    service: Arc<Service>,
    leaving: Stop,
    mut stop: Stop,
) {
    let answering = Answering::default();
    let socket = Patient::new(socket, answering.clone());
    let asked = answering.clone();
    let serve = service_fn(move |request| {
        let guard = answering.begin();
        let (service, leaving) = (Arc::clone(&service), leaving.clone());
        async move {
            let mut response = service.answer(request, peer).await;
            if leaving.is_wished() {
                response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            drop(guard);
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .header_read_timeout(None)
        .max_buf_size(HEAD_LIMIT)
        .serve_connection(socket, serve);
    let mut connection = pin!(connection);
    let ended = tokio::select! {
        biased;
        ended = connection.as_mut() => ended,
        () = stop.wished() => end(connection, &asked).await,
    };
    if let Err(error) = ended {
        tracing::debug!(%error, %peer, "connection broke");
    }
}

/// Ends a connection after what it is at. Hyper would close one that has brought nothing yet at once.
async fn end<S>(
    mut connection: Pin<&mut http1::Connection<Patient, S>>,
    asked: &Answering,
) -> hyper::Result<()>
where
    S: HttpService<Incoming, ResBody = Full<Bytes>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
{
    if !asked.has_begun()
        && let Ok(ended) = timeout(FIRST_REQUEST, connection.as_mut()).await
    {
        return ended;
    }
    connection.as_mut().graceful_shutdown();
    connection.await
}

impl Service {
    pub(crate) fn new(router: Router, function: &manifest::Function, now: Now) -> Self {
        let limits = &function.http;
        let mut config = Config::default();
        config.function_name.clone_from(&function.name);
        config.memory = i32::try_from(limits.memory).unwrap_or(i32::MAX);
        "$LATEST".clone_into(&mut config.version);
        Self {
            invoker: Invoker::new(router, limits.timeout, limits.concurrency),
            budget: Budget::of(limits.memory),
            config: Arc::new(config),
            now,
        }
    }

    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Full<Bytes>> {
        let begun = Instant::now();
        let circumstances = Circumstances {
            source: peer.ip().to_canonical(),
            time: (self.now)(),
            request_id: identifiers::request_id(),
        };
        let method = request.method().clone();
        let response = match self.call(request, &circumstances).await {
            Ok(response) => answer::as_from_lambda(&method, response).await,
            Err(fault) => {
                let mut answer = fault.answer(circumstances.request_id);
                if matches!(fault, Fault::Malformed(_)) {
                    // whoever writes such requests may mean something else by what follows
                    answer.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
                }
                answer
            }
        };
        log::request(&method, &response, begun.elapsed());
        response.map(Full::new)
    }

    async fn call(
        &self,
        request: Request<Incoming>,
        circumstances: &Circumstances,
    ) -> Result<Response<Bytes>, Fault> {
        let (request, _share) = self.request(request, circumstances).await?;
        self.invoker.call(request, self.invoker.deadline()).await
    }

    /// The request that `lambda_http` would build from the payload that API Gateway would make of
    /// this one, and its share of the memory for bodies.
    pub(crate) async fn request(
        &self,
        request: Request<Incoming>,
        circumstances: &Circumstances,
    ) -> Result<(lambda_http::Request, Share), Fault> {
        let (parts, body) = request.into_parts();
        let (bytes, share) = body::read(&parts.headers, body, &self.budget).await?;
        let event = event::of_request(parts, circumstances)?;
        let request = event::with_body(event::into_request(event)?, bytes);
        Ok((request.with_lambda_context(self.context(circumstances)), share))
    }

    /// The invocation's context as the Lambda runtime gives it.
    fn context(&self, circumstances: &Circumstances) -> Context {
        let deadline = TimeDelta::from_std(self.invoker.deadline()).unwrap_or_default();
        let mut context = Context::default();
        context.request_id = circumstances.request_id.to_string();
        context.deadline =
            u64::try_from((circumstances.time + deadline).timestamp_millis()).unwrap_or_default();
        context.env_config = Arc::clone(&self.config);
        context
    }
}
