//! Verdicts, within the time that a scan can spare. Whatever goes wrong is "unavailable": a scan
//! never fails for want of a verdict.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use service_chassis::{
    caller::Caller,
    client::{Call, Client, Context},
    clock::Clock,
};
use shared_contracts::personalization::{Verdict, VerdictRequest};
use tokio::time::timeout;

use crate::domain::breaker::{Breaker, Outcome};

/// Largest verdict in bytes: a household of 21 with every rule.
const LARGEST: usize = 2 * 1024 * 1024;

/// Personalization, behind a circuit breaker.
#[derive(Clone)]
pub struct Personalization(Arc<Inner>);

struct Inner {
    client: Client,
    budget: Duration,
    clock: Clock,
    breaker: Mutex<Breaker>,
}

impl Personalization {
    /// Through this client, for no longer than `budget`, the answer's body included.
    pub fn new(client: Client, budget: Duration, clock: Clock) -> Self {
        Self(Arc::new(Inner { client, budget, clock, breaker: Mutex::default() }))
    }

    /// The verdict, or that it is unavailable.
    pub async fn verdict(&self, request: &VerdictRequest, caller: &Caller) -> Verdict {
        if !self.breaker(Breaker::enter) {
            return Verdict::Unavailable;
        }
        let answer = timeout(self.0.budget, self.ask(request, caller)).await;
        // Whoever answers is there, whatever the answer; only silence opens the circuit.
        let outcome = if let Ok(Ok(_)) = &answer { Outcome::Answered } else { Outcome::Silent };
        self.breaker(|breaker, now| breaker.learn(outcome, now));
        match answer {
            Ok(Ok(Some(verdict))) => verdict,
            _ => {
                tracing::warn!(request_id = caller.request_id, "no verdict could be had");
                Verdict::Unavailable
            }
        }
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

    fn breaker<T>(&self, use_it: impl FnOnce(&mut Breaker, i64) -> T) -> T {
        let mut breaker = self.0.breaker.lock().unwrap_or_else(PoisonError::into_inner);
        use_it(&mut breaker, self.0.clock.now().timestamp_micros())
    }
}

/// There was no answer.
struct Silence;
