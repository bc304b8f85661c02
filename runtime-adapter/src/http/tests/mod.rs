//! The differential proof: for the same bytes on the wire, our conversion and `lambda_http`'s
//! reading of API Gateway's payload 2.0 give the same request.

mod generated;
mod picked;
mod wire;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use bytes::Bytes;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use lambda_http::RequestExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::connection::Service;
use super::event::Circumstances;
use super::fault::Fault;
use crate::manifest::Manifest;

const MANIFEST: &str =
    "version: 1\nfunctions: { fixture: { http: { timeout: 5s, memory: 512, concurrency: 1 } } }";

type Converted = Result<lambda_http::Request, Fault>;

/// A socket that converts what it receives and tells the result.
struct Converter {
    address: SocketAddr,
    converted: mpsc::UnboundedReceiver<Converted>,
}

fn circumstances() -> Circumstances {
    Circumstances {
        source: [127, 0, 0, 1].into(),
        time: wire::TIME.parse().unwrap(),
        request_id: wire::REQUEST_ID.parse().unwrap(),
    }
}

impl Converter {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (sender, converted) = mpsc::unbounded_channel();
        let manifest = Manifest::parse(MANIFEST).unwrap();
        let now = Arc::new(|| wire::TIME.parse().unwrap());
        let service = Arc::new(Service::new(Router::new(), &manifest.functions[0], now));
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (service, sender) = (Arc::clone(&service), sender.clone());
                let convert = service_fn(move |request| {
                    let (service, sender) = (Arc::clone(&service), sender.clone());
                    async move {
                        let converted = service.request(request, &circumstances()).await;
                        sender.send(converted.map(|(request, _share)| request)).unwrap();
                        Ok::<_, std::convert::Infallible>(http::Response::new(Full::new(Bytes::new())))
                    }
                });
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), convert));
            }
        });
        Self { address, converted }
    }

    /// What our conversion makes of these bytes; `None` where hyper refuses them itself.
    async fn convert(&mut self, raw: &[u8]) -> Option<Converted> {
        let mut socket = TcpStream::connect(self.address).await.unwrap();
        let (mut reads, mut writes) = socket.split();
        let mut answer = [0; 512];
        // an answer may come before all is sent; then nobody reads the rest
        let (_sent, read) = tokio::join!(writes.write_all(raw), reads.read(&mut answer));
        assert!(read.unwrap() > 0, "no answer");
        self.converted.try_recv().ok()
    }

    async fn assert_same(&mut self, raw: &[u8]) {
        let shown = String::from_utf8_lossy(&raw[..raw.len().min(2000)]).into_owned();
        let ours = self.convert(raw).await.unwrap_or_else(|| panic!("hyper refuses {shown:?}"));
        let ours = ours.unwrap_or_else(|fault| panic!("{fault:?} for {shown:?}"));
        let payload = wire::payload(raw).to_string();
        let theirs = lambda_http::request::from_str(&payload).unwrap();
        assert_eq!(Seen::of(&ours), Seen::of(&theirs), "{shown:?}");
    }
}

/// Everything of a request that a handler can see.
#[derive(Debug, PartialEq)]
struct Seen {
    method: http::Method,
    uri: String,
    version: http::Version,
    headers: http::HeaderMap,
    raw_path: String,
    query: Vec<(String, Vec<String>)>,
    path_parameters: usize,
    stage_variables: usize,
    context: serde_json::Value,
    body: lambda_http::Body,
}

impl Seen {
    fn of(request: &lambda_http::Request) -> Self {
        let parameters = request.query_string_parameters();
        let mut query: Vec<_> = parameters
            .iter()
            .map(|(key, _)| {
                let values = parameters.all(key).unwrap_or_default();
                (key.to_owned(), values.into_iter().map(str::to_owned).collect())
            })
            .collect();
        query.sort();
        Self {
            method: request.method().clone(),
            uri: request.uri().to_string(),
            version: request.version(),
            headers: request.headers().clone(),
            raw_path: request.raw_http_path().to_owned(),
            query,
            path_parameters: request.path_parameters().iter().count(),
            stage_variables: request.stage_variables().iter().count(),
            context: serde_json::to_value(request.request_context()).unwrap(),
            body: request.body().clone(),
        }
    }
}
