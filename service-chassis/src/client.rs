//! Calls to other functions: signed, traced, within a time budget.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::connect::HttpConnector,
    rt::{TokioExecutor, TokioTimer},
};
use tokio::time::{Instant, sleep, timeout};

use crate::{
    caller::{self, OnBehalf, SignError, TokenSigner},
    trace::TraceContext,
};

/// While a function restarts its address refuses connections; nothing was sent, so any method
/// may be tried again for this long. A restart is latency, not failure.
const RESTART_PATIENCE: Duration = Duration::from_secs(3);
/// Pause between two such tries.
const RESTART_PAUSE: Duration = Duration::from_millis(50);
/// A connection that nobody has used for so long is closed by us: a function that leaves keeps its door open
/// for longer, so no call is sent to where nobody reads any more.
const IDLE: Duration = Duration::from_secs(1);

/// Why a call has no answer.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// The call could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// The other function cannot be reached.
    #[error("{callee} cannot be reached: {reason}")]
    Unreachable {
        /// Whom we called.
        callee: &'static str,
        /// The client's words.
        reason: String,
    },
    /// It took the call and broke off before it answered.
    #[error("{callee} broke off: {reason}")]
    Broken {
        /// Whom we called.
        callee: &'static str,
        /// The client's words.
        reason: String,
    },
    /// It did not answer within the budget.
    #[error("{callee} did not answer in time")]
    TimedOut {
        /// Whom we called.
        callee: &'static str,
    },
}

/// One call.
#[derive(Clone)]
pub struct Call {
    /// Method.
    pub method: Method,
    /// Path and query, percent-encoded, as they go on the wire.
    pub path_and_query: String,
    /// Headers beside the ones that the client sets itself.
    pub headers: HeaderMap,
    /// Body, possibly empty.
    pub body: Bytes,
}

/// Within which request, and for whom, a call is made.
#[derive(Clone, Debug)]
pub struct Context {
    /// The request id that the gateway gave.
    pub request_id: String,
    /// Trace of the request.
    pub trace: TraceContext,
    /// For whom.
    pub on_behalf: OnBehalf,
}

/// An HTTP client for everything that is not a function of ours (Keycloak, say): no redirects,
/// no proxy from the environment, a bounded time.
///
/// # Errors
/// When the TLS roots cannot be loaded.
pub fn http(budget: Duration) -> Result<reqwest::Client, reqwest::Error> {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .connect_timeout(Duration::from_secs(1))
        .timeout(budget)
        .build()
}

/// Calls one function. It stands on hyper's own client, because a path and query must arrive
/// byte for byte, and a URL parser would change some of them.
#[derive(Clone)]
pub struct Client {
    callee: &'static str,
    base: String,
    budget: Duration,
    http: hyper_util::client::legacy::Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    signer: TokenSigner,
}

impl Client {
    /// A client of `callee` at `base`, such as `http://passport:8080`, that waits for the head
    /// of an answer no longer than `budget`.
    ///
    /// # Errors
    /// When the TLS roots cannot be loaded.
    pub fn new(
        callee: &'static str,
        base: &str,
        budget: Duration,
        signer: TokenSigner,
    ) -> Result<Self, std::io::Error> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(Duration::from_secs(1)));
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_native_roots()?
            .https_or_http()
            .enable_http1()
            .wrap_connector(tcp);
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE)
            .build(connector);
        Ok(Self { callee, base: base.trim_end_matches('/').to_owned(), budget, http, signer })
    }

    /// Sends one call and gives the answer as it comes, whatever its status.
    pub async fn send(&self, call: Call, context: &Context) -> Result<http::Response<Incoming>, CallError> {
        let path = call.path_and_query.split('?').next().unwrap_or_default();
        let token = self
            .signer
            .sign(self.callee, call.method.as_str(), path, &context.request_id, &context.on_behalf)
            .await?;
        let mut request = http::Request::builder()
            .method(call.method)
            .uri(format!("{}{}", self.base, call.path_and_query))
            .body(Full::new(call.body))
            .map_err(|error| self.unreachable(&error))?;
        *request.headers_mut() = call.headers;
        inject(request.headers_mut(), &token, context);
        match timeout(self.budget, self.send_patiently(request)).await {
            Ok(Err(error)) if !error.is_connect() => Err(self.broken(&error)),
            Ok(answer) => answer.map_err(|error| self.unreachable(&error)),
            Err(_) => Err(CallError::TimedOut { callee: self.callee }),
        }
    }

    async fn send_patiently(
        &self,
        request: http::Request<Full<Bytes>>,
    ) -> Result<http::Response<Incoming>, hyper_util::client::legacy::Error> {
        let patience = Instant::now() + RESTART_PATIENCE;
        loop {
            match self.http.request(request.clone()).await {
                Err(error) if error.is_connect() && Instant::now() < patience => pause().await,
                answer => return answer,
            }
        }
    }

    fn unreachable(&self, error: &dyn std::error::Error) -> CallError {
        CallError::Unreachable { callee: self.callee, reason: reason(error) }
    }

    fn broken(&self, error: &dyn std::error::Error) -> CallError {
        CallError::Broken { callee: self.callee, reason: reason(error) }
    }
}

fn reason(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), ToString::to_string)
}

/// Sets what only we may set, after everything else is in place.
fn inject(headers: &mut HeaderMap, token: &str, context: &Context) {
    let behalf = &context.on_behalf;
    let set = [
        (caller::INTERNAL_TOKEN, Some(token.to_owned())),
        (caller::REQUEST_ID, Some(context.request_id.clone())),
        (caller::TRACEPARENT, Some(context.trace.child().to_string())),
        (caller::ACCOUNT_ID, behalf.account.map(|id| id.to_string())),
        (caller::VISITOR_ID, behalf.visitor.map(|id| id.to_string())),
        (caller::BRAND_ID, behalf.brand.as_ref().map(|scope| scope.brand.to_string())),
    ];
    for (name, value) in set {
        headers.remove(name);
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            headers.insert(name, value);
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "a refused connection has no signal to wait for")]
async fn pause() {
    sleep(RESTART_PAUSE).await;
}
