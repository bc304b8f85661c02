//! Facts as other services would announce them, written by the broker's superuser.

use std::time::Duration;

use anyhow::Result;
use futures::future::try_join_all;
use rdkafka::{
    ClientConfig,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
};
use serde_json::{Value, json};
use service_chassis::ids::Ids;
use uuid::Uuid;

use crate::stack::Stack;

const PATIENCE: Duration = Duration::from_secs(20);

/// Writes to any topic.
pub struct Announcer(FutureProducer);

impl Announcer {
    /// At the stack's broker.
    pub fn of(stack: &Stack) -> Result<Self> {
        let producer = ClientConfig::new()
            .set("bootstrap.servers", &stack.kafka.bootstrap)
            .set("security.protocol", "sasl_plaintext")
            .set("sasl.mechanism", &stack.kafka.mechanism)
            .set("sasl.username", &stack.kafka.username)
            .set("sasl.password", &stack.kafka.password)
            .create()?;
        Ok(Self(producer))
    }

    /// Announces facts of one kind at this time (RFC 3339), and says the ids of their events. `header`
    /// goes into a header of each record.
    pub async fn all(&self, topic: &str, time: &str, header: &str, data: &[Value]) -> Result<Vec<Uuid>> {
        let events: Vec<(Uuid, String)> = data.iter().map(|data| event(topic, time, data)).collect();
        try_join_all(events.iter().map(|(id, event)| async move {
            let headers = OwnedHeaders::new().insert(Header { key: "note", value: Some(header) });
            let key = id.to_string();
            let record = FutureRecord::to(topic).key(&key).payload(event).headers(headers);
            self.0.send(record, PATIENCE).await.map_err(|(error, _)| error)
        }))
        .await?;
        Ok(events.into_iter().map(|(id, _)| id).collect())
    }

    /// Announces one fact.
    pub async fn one(&self, topic: &str, time: &str, data: Value) -> Result<Uuid> {
        Ok(self.all(topic, time, "none", &[data]).await?[0])
    }
}

fn event(topic: &str, time: &str, data: &Value) -> (Uuid, String) {
    let id = random();
    let source = topic.split('.').next().unwrap_or_default();
    let event = json!({
        "specversion": "1.0", "id": id, "source": source, "type": format!("packytrace.{source}.Test.v1"),
        "time": time, "dataschema": format!("urn:packytrace:schema:{topic}"), "data": data,
    });
    (id, event.to_string())
}

/// A random id.
pub fn random() -> Uuid {
    Ids::system().random()
}
