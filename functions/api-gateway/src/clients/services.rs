//! The functions behind the gateway, each with its circuit breaker.

use std::{collections::HashMap, num::NonZeroU32, sync::Arc};

use http::{Method, Response};
use hyper::body::Incoming;
use service_chassis::{
    breaker::{Breaker, Outcome},
    client::{Call, CallError, Client, Context},
    clock::Clock,
};

use super::SILENT_CALLS;
use crate::{
    domain::rate::{Bucket, Rate},
    error::Error,
};

/// Reads that broke off and are tried once more, a second and service: enough for a hiccup, too
/// few to double the load on a service that is down.
const RETRIES_PER_SECOND: NonZeroU32 = NonZeroU32::new(5).unwrap();

/// The functions behind the gateway, by name.
#[derive(Clone)]
pub struct Services(Arc<HashMap<&'static str, Service>>);

struct Service {
    client: Client,
    clock: Clock,
    breaker: Breaker,
    retries: Bucket,
}

impl Services {
    /// These functions.
    pub fn new(clients: impl IntoIterator<Item = (&'static str, Client)>, clock: &Clock) -> Self {
        let service = |client| Service {
            client,
            clock: clock.clone(),
            breaker: Breaker::new(SILENT_CALLS, clock.clone()),
            retries: Bucket::default(),
        };
        Self(Arc::new(clients.into_iter().map(|(name, client)| (name, service(client))).collect()))
    }

    /// Calls `owner` and gives its answer, whatever its status.
    pub async fn send(
        &self,
        owner: &str,
        call: Call,
        context: &Context,
    ) -> Result<Response<Incoming>, Error> {
        let service = self.0.get(owner).ok_or_else(|| Error::NoClient(owner.to_owned()))?;
        let spare = is_read(&call.method).then(|| call.clone());
        match (service.once(call, context).await, spare) {
            (Err(Error::Call(CallError::Broken { .. })), Some(spare)) if service.may_retry() => {
                service.once(spare, context).await
            }
            (answer, _) => answer,
        }
    }
}

impl Service {
    async fn once(&self, call: Call, context: &Context) -> Result<Response<Incoming>, Error> {
        self.breaker.enter().map_err(Error::Resting)?;
        let answer = self.client.send(call, context).await;
        let outcome = match &answer {
            Ok(_) => Some(Outcome::Answered),
            // Our own fault says nothing about the service.
            Err(CallError::Sign(_)) => None,
            Err(_) => Some(Outcome::Silent),
        };
        if let Some(outcome) = outcome {
            self.breaker.learn(outcome);
        }
        Ok(answer?)
    }

    fn may_retry(&self) -> bool {
        let now = self.clock.now().timestamp_micros();
        self.retries.take(Rate::per_second(RETRIES_PER_SECOND), now).is_ok()
    }
}

/// Whether asking twice is as good as asking once.
fn is_read(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}
