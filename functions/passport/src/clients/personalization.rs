//! Verdicts, within the time that a scan can spare. Whatever goes wrong is "unavailable": a scan
//! never fails for want of a verdict.

use std::{sync::Arc, time::Duration};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use service_chassis::{
    breaker::{Breaker, Outcome},
    caller::Caller,
    client::{Call, Client, Context},
    clock::Clock,
};
use shared_contracts::personalization::{Verdict, VerdictRequest};
use tokio::time::timeout;

/// Calls in a row without an answer, after which scans do not wait for one.
const SILENT_CALLS: u32 = 5;
/// Largest verdict in bytes: a household of 21 with every rule.
const LARGEST: usize = 2 * 1024 * 1024;

/// Personalization, behind a circuit breaker.
#[derive(Clone)]
pub struct Personalization(Arc<Inner>);

struct Inner {
    client: Client,
    budget: Duration,
    breaker: Breaker,
}

impl Personalization {
    /// Through this client, for no longer than `budget`, the answer's body included.
    pub fn new(client: Client, budget: Duration, clock: Clock) -> Self {
        Self(Arc::new(Inner { client, budget, breaker: Breaker::new(SILENT_CALLS, clock) }))
    }

    /// The verdict, or that it is unavailable.
    pub async fn verdict(&self, request: &VerdictRequest, caller: &Caller) -> Verdict {
        if self.0.breaker.enter().is_err() {
            return Verdict::Unavailable;
        }
        let answer = timeout(self.0.budget, self.ask(request, caller)).await;
        // Whoever answers is there, whatever the answer; only silence opens the circuit.
        let outcome = if let Ok(Ok(_)) = &answer { Outcome::Answered } else { Outcome::Silent };
        self.0.breaker.learn(outcome);
        if let Ok(Ok(Some(verdict))) = answer {
            return verdict;
        }
        tracing::warn!(request_id = caller.request_id, "no verdict could be had");
        Verdict::Unavailable
    }

    /// `Err` is silence, `None` an answer that is no verdict.
    async fn ask(&self, request: &VerdictRequest, caller: &Caller) -> Result<Option<Verdict>, Silence> {
        let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        let call = Call {
            method: Method::POST,
            path_and_query: "/internal/v1/verdicts".to_owned(),
            headers: HeaderMap::from_iter([json]),
            body: serde_json::to_vec(request).map_err(|_| Silence)?.into(),
        };
        let context = Context {
            request_id: caller.request_id.clone(),
            trace: caller.trace,
            on_behalf: caller.on_behalf.clone(),
        };
        let answer = self.0.client.send(call, &context).await.map_err(|_| Silence)?;
        if answer.status() != StatusCode::OK {
            return Ok(None);
        }
        let body = Limited::new(answer.into_body(), LARGEST).collect().await.map_err(|_| Silence)?;
        Ok(serde_json::from_slice(&body.to_bytes()).ok())
    }
}

/// There was no answer.
struct Silence;
