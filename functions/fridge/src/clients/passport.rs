//! Passport: what an account scanned.

use http::{HeaderMap, Method, StatusCode};
use service_chassis::client::{Call, Client, Context};
use shared_contracts::passport::ScanSnapshot;
use uuid::Uuid;

use super::body;
use crate::error::Error;

/// Passport, as fridge asks it.
#[derive(Clone)]
pub struct Passport(Client);

impl Passport {
    /// Asked through this client.
    pub fn new(client: Client) -> Self {
        Self(client)
    }

    /// What the account of the context scanned; 404 when it is not its scan.
    pub async fn snapshot(&self, scan_id: Uuid, context: &Context) -> Result<ScanSnapshot, Error> {
        let call = Call {
            method: Method::GET,
            path_and_query: format!("/internal/v1/scans/{scan_id}/snapshot"),
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
        };
        let answer = self.0.send(call, context).await?;
        match answer.status() {
            StatusCode::OK => {
                let body =
                    body(answer).await.ok_or_else(|| Error::PassportAnswer("half a body".to_owned()))?;
                serde_json::from_slice(&body).map_err(|error| Error::PassportAnswer(error.to_string()))
            }
            StatusCode::NOT_FOUND => Err(Error::NotFound),
            StatusCode::SERVICE_UNAVAILABLE => {
                Err(Error::Request(Box::new(service_chassis::problem::Problem::unavailable())))
            }
            other => Err(Error::PassportAnswer(other.to_string())),
        }
    }
}
