//! Facts as events: the CloudEvents envelope that the outbox keeps and the broker carries.

use serde::Serialize;
use shared_contracts::events::{Envelope, Fact};
use uuid::Uuid;

use crate::{clock::Clock, ids::Ids, trace::TraceContext};

/// An event that is ready to be written to the outbox.
#[derive(Clone, Debug)]
pub struct Event {
    /// Its id, which consumers deduplicate by.
    pub id: Uuid,
    /// Kafka topic.
    pub topic: &'static str,
    /// Kafka key: the entity the order of which matters.
    pub key: String,
    /// The envelope as JSON text.
    pub payload: String,
    /// Trace of the request that caused it.
    pub traceparent: Option<String>,
}

impl Event {
    /// The event that announces `fact`, happening now.
    ///
    /// # Errors
    /// A fact that is no JSON, which a type of `shared-contracts` always is.
    pub fn new<F: Fact + Serialize>(
        fact: F,
        clock: &Clock,
        ids: &Ids,
        trace: TraceContext,
    ) -> Result<Self, serde_json::Error> {
        let now = clock.now();
        let (id, key, traceparent) = (ids.next(now), fact.key(), trace.child().to_string());
        let envelope = Envelope::new(id, now, Some(traceparent.clone()), fact);
        let payload = serde_json::to_string(&envelope)?;
        Ok(Self { id, topic: F::TOPIC, key, payload, traceparent: Some(traceparent) })
    }
}
