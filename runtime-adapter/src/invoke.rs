//! Calling a handler without any server: `<function> invoke`, and tests.

use std::fmt;
use std::io::{self, Write};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayV2httpResponse;
use aws_lambda_events::encodings::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{HOST, HeaderName, HeaderValue, SET_COOKIE};
use http::{HeaderMap, Request, Response, StatusCode};
use lambda_http::lambda_runtime::Context;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::Instant;

use crate::dispatch::{DispatchError, Dispatcher};
use crate::function::{BoxError, Function};
use crate::host::Now;
use crate::http::event::{self, Circumstances};
use crate::identifiers;
use crate::manifest::ManifestError;

/// What to call: the arguments of `<function> invoke`.
#[derive(Clone, Debug, clap::Args)]
pub struct Invocation {
    /// A file with any Lambda event (HTTP, Kafka or schedule) as JSON; `-` is standard input.
    #[arg(long, value_name = "FILE", required_unless_present = "http", conflicts_with_all = ["http", "headers", "body"])]
    pub event: Option<PathBuf>,
    /// A request in place of an event, for example 'GET /01/09506000134352'.
    #[arg(long, value_name = "METHOD TARGET")]
    pub http: Option<RequestLine>,
    /// A header of the request; may be repeated.
    #[arg(long = "header", value_name = "NAME: VALUE")]
    pub headers: Vec<Header>,
    /// The request's body; '@file' reads it from a file.
    #[arg(long)]
    pub body: Option<String>,
    /// Who asks: signs the request as the gateway or a function would. Refused outside tests.
    #[arg(long = "as", value_name = "visitor:ID|account:ID|function:NAME", conflicts_with = "event")]
    pub caller: Option<Caller>,
}

/// A method and a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestLine {
    method: http::Method,
    target: http::Uri,
}

/// A name and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    name: HeaderName,
    value: HeaderValue,
}

/// Who an invocation pretends to come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A visitor, through the gateway.
    Visitor(String),
    /// An account, through the gateway.
    Account(String),
    /// Another function.
    Function(String),
}

/// What an invocation gave.
#[derive(Debug)]
pub struct Outcome {
    /// The answer.
    pub answer: Answer,
    /// How long the handler took.
    pub duration: Duration,
    /// The most memory that this process has held, in bytes; 0 where the system does not tell.
    pub peak_memory: u64,
}

/// An invocation's answer.
#[derive(Debug)]
pub enum Answer {
    /// To `--http`.
    Http(Response<Bytes>),
    /// To `--event`: Lambda's JSON.
    Event(Box<RawValue>),
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum InvokeError {
    /// A file cannot be read.
    #[error("cannot read {file}: {source}")]
    Read {
        /// Its name.
        file: String,
        /// What the system says.
        source: io::Error,
    },
    /// The event is no JSON.
    #[error("the event is no JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// The request makes no URL.
    #[error("the request's target or headers are unusable")]
    Request,
    /// Nobody signs for this caller.
    #[error("cannot be called as {caller}: {source}")]
    Signature {
        /// Which caller.
        caller: Caller,
        /// Why not.
        source: BoxError,
    },
    /// The function is not in the manifest.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The handler gave none.
    #[error(transparent)]
    Dispatch(#[from] DispatchError),
}

/// Carries out `<function> invoke`. `sign` gives the headers that prove a caller of this request; it
/// refuses where that is not allowed.
pub async fn invoke(
    function: &Function,
    invocation: &Invocation,
    now: Now,
    sign: impl AsyncFn(&Caller, &Request<Bytes>) -> Result<HeaderMap, BoxError>,
) -> Result<Outcome, InvokeError> {
    let begun = Instant::now();
    let answer = match &invocation.http {
        Some(line) => {
            let request = invocation.request(line, sign).await?;
            Answer::Http(call_http(function, now, request).await?)
        }
        None => Answer::Event(call_event(function, now, &invocation.read_event()?).await?),
    };
    Ok(Outcome { answer, duration: begun.elapsed(), peak_memory: peak_memory() })
}

/// A function's answer to any Lambda event, as on Lambda.
pub async fn event(function: &Function, now: Now, event: &Value) -> Result<Value, InvokeError> {
    let answer = call_event(function, now, &to_raw_value(event)?).await?;
    Ok(serde_json::from_str(answer.get())?)
}

/// A function's answer to a request, by way of an API Gateway event.
pub async fn http(
    function: &Function,
    now: Now,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, InvokeError> {
    call_http(function, now, request).await
}

async fn call_event(function: &Function, now: Now, event: &RawValue) -> Result<Box<RawValue>, InvokeError> {
    let mut context = Context::default();
    context.request_id = identifiers::request_id().to_string();
    Ok(Dispatcher::new(function, now)?.call(event, context).await?)
}

async fn call_http(
    function: &Function,
    now: Now,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, InvokeError> {
    let circumstances =
        Circumstances { source: [127, 0, 0, 1].into(), time: now(), request_id: identifiers::request_id() };
    let (mut parts, body) = request.into_parts();
    parts.headers.entry(HOST).or_insert(HeaderValue::from_static("localhost"));
    let mut event = event::of_request(parts, &circumstances).map_err(|_| InvokeError::Request)?;
    match event::body_of(&event.headers, body) {
        Body::Text(text) => event.body = Some(text),
        Body::Binary(bytes) => {
            event.body = Some(STANDARD.encode(bytes));
            event.is_base64_encoded = true;
        }
        _ => {}
    }
    let answer = call_event(function, now, &to_raw_value(&event)?).await?;
    response(serde_json::from_str(answer.get())?)
}

/// The response that a Function URL makes of Lambda's answer.
fn response(answer: ApiGatewayV2httpResponse) -> Result<Response<Bytes>, InvokeError> {
    let bytes = match answer.body.unwrap_or_default() {
        Body::Text(text) if answer.is_base64_encoded => {
            STANDARD.decode(text).map_err(|_| InvokeError::Request)?
        }
        Body::Text(text) => text.into_bytes(),
        Body::Binary(bytes) => bytes,
        _ => Vec::new(),
    };
    let mut response = Response::new(Bytes::from(bytes));
    let status = u16::try_from(answer.status_code).map_err(|_| InvokeError::Request)?;
    *response.status_mut() = StatusCode::from_u16(status).map_err(|_| InvokeError::Request)?;
    *response.headers_mut() = answer.headers;
    for cookie in answer.cookies {
        let cookie = HeaderValue::try_from(cookie).map_err(|_| InvokeError::Request)?;
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

impl Invocation {
    async fn request(
        &self,
        line: &RequestLine,
        sign: impl AsyncFn(&Caller, &Request<Bytes>) -> Result<HeaderMap, BoxError>,
    ) -> Result<Request<Bytes>, InvokeError> {
        let mut request = Request::new(self.read_body()?);
        *request.method_mut() = line.method.clone();
        *request.uri_mut() = line.target.clone();
        for Header { name, value } in &self.headers {
            request.headers_mut().append(name, value.clone());
        }
        if let Some(caller) = &self.caller {
            let signed = sign(caller, &request).await;
            let signed =
                signed.map_err(|source| InvokeError::Signature { caller: caller.clone(), source })?;
            request.headers_mut().extend(signed);
        }
        Ok(request)
    }

    fn read_body(&self) -> Result<Bytes, InvokeError> {
        let Some(body) = &self.body else { return Ok(Bytes::new()) };
        match body.strip_prefix('@') {
            Some(file) => {
                let read = std::fs::read(file);
                read.map(Bytes::from).map_err(|source| InvokeError::Read { file: file.to_owned(), source })
            }
            None => Ok(Bytes::from(body.clone())),
        }
    }

    fn read_event(&self) -> Result<Box<RawValue>, InvokeError> {
        let file = self.event.clone().unwrap_or_else(|| PathBuf::from("-"));
        let read = if file.as_os_str() == "-" {
            io::read_to_string(io::stdin())
        } else {
            std::fs::read_to_string(&file)
        };
        let text = read.map_err(|source| InvokeError::Read { file: file.display().to_string(), source })?;
        Ok(serde_json::from_str(&text)?)
    }
}

impl Outcome {
    /// Writes the answer: for a request as it would stand on the wire, for an event as JSON.
    pub fn write_answer(&self, out: &mut impl Write) -> io::Result<()> {
        match &self.answer {
            Answer::Http(response) => {
                writeln!(out, "HTTP/1.1 {}", response.status())?;
                for (name, value) in response.headers() {
                    writeln!(out, "{name}: {}", String::from_utf8_lossy(value.as_bytes()))?;
                }
                writeln!(out)?;
                out.write_all(response.body())?;
                if response.body().is_empty() { Ok(()) } else { writeln!(out) }
            }
            Answer::Event(answer) => writeln!(out, "{answer}"),
        }
    }

    /// Duration and memory, in one line.
    pub fn measures(&self) -> String {
        let millis = self.duration.as_secs_f64() * 1000.0;
        let mebibytes = self.peak_memory / (1024 * 1024);
        format!("{millis:.1} ms, peak memory {mebibytes} MiB")
    }
}

/// The high-water mark that Linux keeps of this process.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok());
    kibibytes.unwrap_or_default() * 1024
}

impl FromStr for RequestLine {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (method, target) = line.trim().split_once(' ').unwrap_or(("GET", line.trim()));
        let method = method.parse().map_err(|_| format!("{method:?} is no method"))?;
        let target = target.trim();
        if !target.starts_with('/') {
            return Err(format!("{target:?} is no path: it begins with /"));
        }
        let target = target.parse().map_err(|error| format!("{target:?} is no target: {error}"))?;
        Ok(Self { method, target })
    }
}

impl FromStr for Header {
    type Err = String;

    fn from_str(line: &str) -> Result<Self, Self::Err> {
        let (name, value) = line.split_once(':').ok_or_else(|| format!("{line:?} has no colon"))?;
        let name = name.trim().parse().map_err(|_| format!("{name:?} is no header's name"))?;
        let value = value.trim().parse().map_err(|_| format!("{value:?} is no header's value"))?;
        Ok(Self { name, value })
    }
}

impl FromStr for Caller {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.split_once(':') {
            Some(("visitor", id)) if !id.is_empty() => Ok(Self::Visitor(id.to_owned())),
            Some(("account", id)) if !id.is_empty() => Ok(Self::Account(id.to_owned())),
            Some(("function", name)) if !name.is_empty() => Ok(Self::Function(name.to_owned())),
            _ => Err(format!("{text:?} is neither visitor:ID nor account:ID nor function:NAME")),
        }
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Visitor(id) => write!(formatter, "visitor:{id}"),
            Self::Account(id) => write!(formatter, "account:{id}"),
            Self::Function(name) => write!(formatter, "function:{name}"),
        }
    }
}
