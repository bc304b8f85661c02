//! One connection to a broker: Kafka's framing, SASL/SCRAM-SHA-512, and requests in the newest
//! version that both sides speak (Kafka protocol guide, "Protocol Primitives", "SASL Authentication").

use std::{collections::HashMap, io, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use hyper_rustls::ConfigBuilderExt;
use kafka_protocol::{
    error::{ParseResponseErrorCode, ResponseError},
    messages::{
        ApiVersionsRequest, RequestHeader, ResponseHeader, SaslAuthenticateRequest, SaslHandshakeRequest,
    },
    protocol::{Decodable, Encodable, HeaderVersion, Message, Request, StrBytes, VersionRange},
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream, rustls};

use crate::{
    scram::{Login, Mechanism, ScramError},
    settings::KafkaAdmin,
};

/// How long one answer may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// The largest answer that is read.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// Why the broker did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum KafkaError {
    /// Nobody answers at any of the addresses.
    #[error("no Kafka broker answers at {address}")]
    Unreachable {
        /// The last address that was tried.
        address: String,
        /// What the system said.
        source: io::Error,
    },
    /// The connection broke, or an answer did not come in time.
    #[error("the connection to the broker broke")]
    Broken(#[from] io::Error),
    /// The broker's bytes are not the protocol.
    #[error("the broker and this program do not understand each other: {0}")]
    NotUnderstood(String),
    /// The broker is too old for this request, or too new.
    #[error("the broker does not offer {0} in a version that this program knows")]
    NotOffered(&'static str),
    /// `KAFKA_SECURITY_PROTOCOL` is none that we speak.
    #[error("KAFKA_SECURITY_PROTOCOL is sasl_plaintext or sasl_ssl, not {0}")]
    Protocol(String),
    /// The login failed.
    #[error("login at the broker: {0}")]
    Login(#[from] ScramError),
    /// The broker refuses.
    #[error("the broker refuses {what}: {reason}")]
    Refused {
        /// What was asked for.
        what: String,
        /// Its words.
        reason: String,
    },
}

trait Duplex: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Duplex for T {}

/// A broker that we are logged in at.
pub struct Broker {
    stream: Box<dyn Duplex>,
    correlation: i32,
    versions: HashMap<i16, VersionRange>,
}

impl Broker {
    /// Connects to the first of the addresses that answers, and logs in.
    pub async fn connect(admin: &KafkaAdmin) -> Result<Self, KafkaError> {
        let mut failure = KafkaError::NotUnderstood("KAFKA_BOOTSTRAP names no broker".to_owned());
        for address in admin.bootstrap.split(',').map(str::trim).filter(|address| !address.is_empty()) {
            match Self::open(address, &admin.protocol).await {
                Ok(stream) => return Self::log_in(stream, admin).await,
                Err(error @ KafkaError::Protocol(_)) => return Err(error),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    async fn open(address: &str, protocol: &str) -> Result<Box<dyn Duplex>, KafkaError> {
        let unreachable = |source| KafkaError::Unreachable { address: address.to_owned(), source };
        let connected = in_time(TcpStream::connect(address)).await.map_err(unreachable)?;
        match protocol.to_ascii_lowercase().as_str() {
            "sasl_plaintext" => Ok(Box::new(connected)),
            "sasl_ssl" => {
                let host = address.rsplit_once(':').map_or(address, |(host, _)| host);
                Ok(Box::new(encrypted(connected, host).await.map_err(unreachable)?))
            }
            _ => Err(KafkaError::Protocol(protocol.to_owned())),
        }
    }

    async fn log_in(stream: Box<dyn Duplex>, admin: &KafkaAdmin) -> Result<Self, KafkaError> {
        let mut broker = Self { stream, correlation: 0, versions: HashMap::new() };
        broker.learn_versions().await?;
        let mechanism = Mechanism::Sha512;
        let handshake = SaslHandshakeRequest::default().with_mechanism(mechanism.name().into());
        let offered = broker.ask(&handshake).await?;
        refused(offered.error_code, None, || format!("the login mechanism {}", mechanism.name()))?;

        let login = Login::begin(mechanism, &admin.username, &admin.password)?;
        let challenge = broker.authenticate(login.first_message()).await?;
        let (last, proven) = login.prove(&challenge)?;
        proven.check(&broker.authenticate(last).await?)?;
        Ok(broker)
    }

    async fn learn_versions(&mut self) -> Result<(), KafkaError> {
        // Every broker knows version 0 of this one request.
        self.versions.insert(ApiVersionsRequest::KEY, VersionRange { min: 0, max: 0 });
        let answer = self.ask(&ApiVersionsRequest::default()).await?;
        refused(answer.error_code, None, || "to name its versions".to_owned())?;
        self.versions = answer
            .api_keys
            .iter()
            .map(|api| (api.api_key, VersionRange { min: api.min_version, max: api.max_version }))
            .collect();
        Ok(())
    }

    async fn authenticate(&mut self, message: String) -> Result<String, KafkaError> {
        let request = SaslAuthenticateRequest::default().with_auth_bytes(Bytes::from(message));
        let answer = self.ask(&request).await?;
        refused(answer.error_code, answer.error_message, || "the login".to_owned())?;
        String::from_utf8(answer.auth_bytes.to_vec()).map_err(|_| ScramError::Malformed.into())
    }

    /// Sends a request and waits for its answer.
    pub async fn ask<R: Request>(&mut self, request: &R) -> Result<R::Response, KafkaError> {
        let version = self.version_of::<R>()?;
        self.correlation += 1;
        let header = RequestHeader::default()
            .with_request_api_key(R::KEY)
            .with_request_api_version(version)
            .with_correlation_id(self.correlation)
            .with_client_id(Some(StrBytes::from_static_str("packytrace-ops")));
        let mut frame = BytesMut::new();
        header.encode(&mut frame, R::header_version(version)).map_err(not_understood)?;
        request.encode(&mut frame, version).map_err(not_understood)?;

        let mut answer = in_time(self.exchange(&frame)).await?;
        let header = ResponseHeader::decode(&mut answer, R::Response::header_version(version))
            .map_err(not_understood)?;
        if header.correlation_id != self.correlation {
            return Err(KafkaError::NotUnderstood("an answer to something else".to_owned()));
        }
        R::Response::decode(&mut answer, version).map_err(not_understood)
    }

    fn version_of<R: Request>(&self) -> Result<i16, KafkaError> {
        let name = std::any::type_name::<R>().rsplit("::").next().unwrap_or_default();
        let theirs = self.versions.get(&R::KEY).ok_or(KafkaError::NotOffered(name))?;
        let both = <R as Message>::VERSIONS.intersect(theirs);
        if both.is_empty() { Err(KafkaError::NotOffered(name)) } else { Ok(both.max) }
    }

    /// One frame there and one back: each with its length before it.
    async fn exchange(&mut self, frame: &[u8]) -> io::Result<Bytes> {
        let length = i32::try_from(frame.len()).map_err(io::Error::other)?;
        self.stream.write_i32(length).await?;
        self.stream.write_all(frame).await?;
        self.stream.flush().await?;
        let length = usize::try_from(self.stream.read_i32().await?).unwrap_or(usize::MAX);
        if length > LARGEST_ANSWER {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the answer has no sensible length"));
        }
        let mut answer = BytesMut::zeroed(length);
        self.stream.read_exact(&mut answer).await?;
        Ok(answer.freeze())
    }
}

async fn encrypted(stream: TcpStream, host: &str) -> io::Result<TlsStream<TcpStream>> {
    let config = rustls::ClientConfig::builder().with_native_roots()?.with_no_client_auth();
    let name = rustls::pki_types::ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    in_time(TlsConnector::from(Arc::new(config)).connect(name, stream)).await
}

async fn in_time<T>(action: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    timeout(PATIENCE, action).await.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
}

fn not_understood(error: impl std::fmt::Display) -> KafkaError {
    KafkaError::NotUnderstood(error.to_string())
}

/// An error code of an answer as an error of ours.
pub(super) fn refused(
    code: i16,
    message: Option<StrBytes>,
    what: impl FnOnce() -> String,
) -> Result<(), KafkaError> {
    let Some(error) = code.err() else {
        return Ok(());
    };
    let reason = match (message, error) {
        (Some(message), _) if !message.is_empty() => message.to_string(),
        (_, ResponseError::Unknown(code)) => format!("error {code}"),
        (_, error) => error.to_string(),
    };
    Err(KafkaError::Refused { what: what(), reason })
}
