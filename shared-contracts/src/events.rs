//! Facts on Kafka topics: the `CloudEvents` envelope, and one type for each fact.

mod product_scanned;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

pub use product_scanned::{Channel, ProductScanned, Scanner};

/// Value of the Kafka header `content-type` of every event.
pub const CONTENT_TYPE: &str = "application/cloudevents+json";

/// A fact that has happened, as `data` of an [`Envelope`].
pub trait Fact: Serialize + DeserializeOwned {
    /// `packytrace.<service>.<Fact>.v1`.
    const TYPE: &'static str;
    /// Kafka topic; also the name of the schema of `data`.
    const TOPIC: &'static str;
    /// The service that announces it.
    const SOURCE: &'static str;
    /// `$id` of the schema of `data`.
    const DATASCHEMA: &'static str;

    /// Kafka key: the entity whose events must stay in order.
    fn key(&self) -> String;
}

/// Version of `CloudEvents`; there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum SpecVersion {
    /// `CloudEvents` 1.0.
    #[serde(rename = "1.0")]
    V1,
}

/// A `CloudEvents` 1.0 event in structured JSON (`schemas/events/envelope.v1.json`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Envelope<T> {
    /// Version of `CloudEvents`.
    pub specversion: SpecVersion,
    /// Names the event: consumers deduplicate by it.
    pub id: Uuid,
    /// The service that announces the fact.
    pub source: String,
    /// The fact's name and version.
    #[serde(rename = "type")]
    pub kind: String,
    /// When the fact happened, by the clock of the service that announces it.
    pub time: DateTime<Utc>,
    /// `$id` of the schema of `data`.
    pub dataschema: String,
    /// W3C trace context of the request that caused it; absent where none may be known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub traceparent: Option<String>,
    /// The fact itself.
    pub data: T,
}

impl<T: Fact> Envelope<T> {
    /// Announces a fact: everything but its id, time and trace follows from its type.
    pub fn new(id: Uuid, time: DateTime<Utc>, traceparent: Option<String>, data: T) -> Self {
        Self {
            specversion: SpecVersion::V1,
            id,
            source: T::SOURCE.to_owned(),
            kind: T::TYPE.to_owned(),
            time,
            dataschema: T::DATASCHEMA.to_owned(),
            traceparent,
            data,
        }
    }
}
