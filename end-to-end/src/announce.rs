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
use shared_contracts::events::{
    AccountErased, BrandChanged, BrandMetricBatchPublished, ConsentChanged, EntryReverted, Fact,
    FridgeErasureCompleted, ItemAddedToFridge, ItemConsumed, ItemDiscarded, MeasurementErasureCompleted,
    PassportErasureCompleted, PersonalizationErasureCompleted, ProductChanged, ProductRecalled,
    ProductScanned, VisitorLinkedToAccount,
};
use uuid::Uuid;

use crate::stack::Stack;

const PATIENCE: Duration = Duration::from_secs(20);

/// The type of each topic's events.
const TYPES: [(&str, &str); 16] = [
    of::<ProductScanned>(),
    of::<ProductChanged>(),
    of::<ProductRecalled>(),
    of::<PassportErasureCompleted>(),
    of::<PersonalizationErasureCompleted>(),
    of::<VisitorLinkedToAccount>(),
    of::<ConsentChanged>(),
    of::<BrandChanged>(),
    of::<AccountErased>(),
    of::<ItemAddedToFridge>(),
    of::<ItemConsumed>(),
    of::<ItemDiscarded>(),
    of::<EntryReverted>(),
    of::<FridgeErasureCompleted>(),
    of::<MeasurementErasureCompleted>(),
    of::<BrandMetricBatchPublished>(),
];

const fn of<F: Fact>() -> (&'static str, &'static str) {
    (F::TOPIC, F::TYPE)
}

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
            // all that a broker takes by default; the library's own limit is lower
            .set("message.max.bytes", "1048588")
            .create()?;
        Ok(Self(producer))
    }

    /// Announces facts of one kind at this time (RFC 3339).
    pub async fn all(&self, topic: &str, time: &str, data: &[Value]) -> Result<()> {
        let events: Vec<Value> = data.iter().map(|data| event(topic, time, data)).collect();
        self.as_they_are(topic, &events, "none").await
    }

    /// Announces one fact.
    pub async fn one(&self, topic: &str, time: &str, data: Value) -> Result<()> {
        self.all(topic, time, &[data]).await
    }

    /// Writes a record of whatever bytes, or none, and says where it is: partition and offset.
    pub async fn bytes(&self, topic: &str, key: &str, payload: Option<&[u8]>) -> Result<(i32, i64)> {
        let mut record = FutureRecord::<str, [u8]>::to(topic).key(key);
        record.payload = payload;
        let written = self.0.send(record, PATIENCE).await.map_err(|(error, _)| error)?;
        Ok((written.partition, written.offset))
    }

    /// Writes events of whatever shape, with this in a header of each record.
    pub async fn as_they_are(&self, topic: &str, events: &[Value], header: &str) -> Result<()> {
        let send = async |event: &Value| {
            let headers = OwnedHeaders::new().insert(Header { key: "note", value: Some(header) });
            let (key, payload) = (event["id"].to_string(), event.to_string());
            let record = FutureRecord::to(topic).key(&key).payload(&payload).headers(headers);
            self.0.send(record, PATIENCE).await.map_err(|(error, _)| error)
        };
        try_join_all(events.iter().map(send)).await?;
        Ok(())
    }
}

/// An event with a random id.
pub fn event(topic: &str, time: &str, data: &Value) -> Value {
    let source = topic.split('.').next().unwrap_or_default();
    let kind = TYPES.iter().find(|(of, _)| *of == topic).map(|(_, kind)| *kind);
    json!({
        "specversion": "1.0", "id": random(), "source": source, "type": kind,
        "time": time, "dataschema": format!("urn:packytrace:schema:{topic}"), "data": data,
    })
}

/// A random id.
pub fn random() -> Uuid {
    Ids::system().random()
}
