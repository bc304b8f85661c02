//! Whom personalization asks: Identity, for consent. Each time anew, because a withdrawal counts at
//! once.

use std::time::Duration;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::{HeaderMap, Method, StatusCode};
use http_body_util::{BodyExt, Limited};
use service_chassis::{
    caller::Caller,
    client::{Call, CallError, Client, Context},
};
use shared_contracts::identity::{ConsentAnswer, Purpose};
use tokio::time::timeout;
use uuid::Uuid;

/// Largest answer in bytes.
const LARGEST: usize = 16 * 1024;

/// Why it is not known whether there is consent. Then there is none.
#[derive(Debug, thiserror::Error)]
pub enum ConsentError {
    /// No answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// Another answer than one about consent.
    #[error("identity answered {0}")]
    Status(StatusCode),
    /// An answer that cannot be read.
    #[error("identity's answer cannot be read")]
    Unreadable,
    /// Not in time.
    #[error("identity did not answer in time")]
    Late,
}

/// What a person has said of Health Profiles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Yes, at this moment.
    Granted(DateTime<Utc>),
    /// No, or nothing.
    Missing,
}

/// Identity.
#[derive(Clone)]
pub struct Identity {
    client: Client,
    hurried: Duration,
}

impl Identity {
    /// Through this client, whose budget is that of storing; verdicts wait no longer than `hurried`.
    pub fn new(client: Client, hurried: Duration) -> Self {
        Self { client, hurried }
    }

    /// Whether the account consents to a Health Profile, now.
    pub async fn consent(&self, account: Uuid, caller: &Caller) -> Result<Consent, ConsentError> {
        let call = Call {
            method: Method::GET,
            path_and_query: format!(
                "/internal/v1/accounts/{account}/consents/{}",
                Purpose::HealthProfile.as_str()
            ),
            headers: HeaderMap::new(),
            body: Bytes::new(),
        };
        let context = Context {
            request_id: caller.request_id.clone(),
            trace: caller.trace,
            on_behalf: caller.on_behalf.clone(),
        };
        let answer = self.client.send(call, &context).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(Consent::Missing),
            status => return Err(ConsentError::Status(status)),
        }
        let body = Limited::new(answer.into_body(), LARGEST).collect().await;
        let body = body.map_err(|_| ConsentError::Unreadable)?.to_bytes();
        let answer: ConsentAnswer = serde_json::from_slice(&body).map_err(|_| ConsentError::Unreadable)?;
        Ok(match (answer.granted, answer.changed_at) {
            (true, Some(at)) => Consent::Granted(at),
            _ => Consent::Missing,
        })
    }

    /// The same, for a verdict that somebody waits for.
    pub async fn consent_soon(&self, account: Uuid, caller: &Caller) -> Result<Consent, ConsentError> {
        timeout(self.hurried, self.consent(account, caller)).await.map_err(|_| ConsentError::Late)?
    }
}
