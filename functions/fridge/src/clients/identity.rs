//! Identity: a person's time zone and language. While it is away the last ones that are known do.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use http::{HeaderMap, Method, StatusCode};
use service_chassis::{
    client::{Call, Client, Context},
    clock::Clock,
};
use shared_contracts::identity::AccountSettings;
use uuid::Uuid;

use super::body;
use crate::store::people::Person;

/// Seconds for which an Identity that did not answer is not asked again.
const REST: i64 = 5;

/// Identity, as fridge asks it.
#[derive(Clone)]
pub struct Identity {
    client: Client,
    clock: Clock,
    rests_until: Arc<AtomicI64>,
}

impl Identity {
    /// Asked through this client.
    pub fn new(client: Client, clock: &Clock) -> Self {
        Self { client, clock: clock.clone(), rests_until: Arc::default() }
    }

    /// What Identity says of an account; none while it is away.
    pub async fn person(&self, account: Uuid, context: &Context) -> Option<Person> {
        let now = self.clock.now().timestamp();
        if now < self.rests_until.load(Ordering::Relaxed) {
            return None;
        }
        let call = Call {
            method: Method::GET,
            path_and_query: format!("/internal/v1/accounts/{account}/settings"),
            headers: HeaderMap::new(),
            body: bytes::Bytes::new(),
        };
        let answer = match self.client.send(call, context).await {
            Ok(answer) if answer.status() == StatusCode::OK => answer,
            Ok(answer) => {
                tracing::warn!(status = %answer.status(), "identity tells no time zone");
                return None;
            }
            Err(error) => {
                tracing::warn!(%error, "identity does not answer; the last time zone will do");
                self.rests_until.store(now + REST, Ordering::Relaxed);
                return None;
            }
        };
        let said: AccountSettings = serde_json::from_slice(&body(answer).await?).ok()?;
        Some(Person { time_zone: said.time_zone, language: said.language })
    }
}
