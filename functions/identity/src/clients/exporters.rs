//! Every service that holds data of people, asked for its part of an export.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use service_chassis::client::{Call, CallError, Client, Context};
use shared_contracts::identity::ExportPart;
use uuid::Uuid;

/// Largest part in bytes: no answer of a function is larger on Lambda.
const LARGEST_PART: usize = 6 * 1024 * 1024;

/// Why there is no part.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// No answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Another answer than a part.
    #[error("{service} answered {status}")]
    Status {
        /// Who.
        service: &'static str,
        /// What.
        status: StatusCode,
    },
    /// A part that cannot be read.
    #[error("the part of {service} cannot be read")]
    Unreadable {
        /// Whose.
        service: &'static str,
    },
}

/// The services that hold data of people.
#[derive(Clone, Default)]
pub struct Exporters(Arc<Vec<(&'static str, Client)>>);

impl Exporters {
    /// These services.
    pub fn new(clients: impl IntoIterator<Item = (&'static str, Client)>) -> Self {
        Self(Arc::new(clients.into_iter().collect()))
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// Asks the service at `index` for its part; `None` when it holds nothing of the account.
    pub async fn part(
        &self,
        index: usize,
        account: Uuid,
        context: &Context,
    ) -> Result<Option<ExportPart>, ExportError> {
        let Some((service, client)) = self.0.get(index) else { return Ok(None) };
        let call = Call {
            method: Method::GET,
            path_and_query: format!("/internal/v1/accounts/{account}/export"),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        let answer = client.send(call, context).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(None),
            status => return Err(ExportError::Status { service, status }),
        }
        let unreadable = |()| ExportError::Unreadable { service };
        let body = Limited::new(answer.into_body(), LARGEST_PART).collect().await;
        let body = body.map_err(|_| unreadable(()))?.to_bytes();
        serde_json::from_slice(&body).map(Some).map_err(|_| unreadable(()))
    }
}
