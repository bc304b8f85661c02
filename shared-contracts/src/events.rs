//! Facts on Kafka topics: the `CloudEvents` envelope, and one type for each fact.

mod brand_metric_batch;
mod erasure_completed;
mod fridge;
mod identity;
mod product_changed;
mod product_recalled;
mod product_scanned;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use uuid::Uuid;

pub use brand_metric_batch::{
    BatchStatus, BatchWindow, BrandMetricBatchPublished, Mechanism, MetricRow, Privacy, Unit,
};
pub use erasure_completed::{
    FridgeErasureCompleted, MeasurementErasureCompleted, PassportErasureCompleted,
    PersonalizationErasureCompleted,
};
pub use fridge::{EntryReverted, ItemAddedToFridge, ItemConsumed, ItemDiscarded};
pub use identity::{AccountErased, BrandChanged, ConsentChanged, Subject, VisitorLinkedToAccount};
pub use product_changed::ProductChanged;
pub use product_recalled::ProductRecalled;
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

/// A member that may be absent but not `null`.
fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scanned(scanner: Scanner) -> ProductScanned {
        ProductScanned {
            scan_id: Uuid::from_u128(1),
            gtin: "09521234000013".to_owned(),
            brand_id: None,
            scanner,
            scanned_at: DateTime::UNIX_EPOCH,
            channel: Channel::App,
        }
    }

    #[test]
    fn an_envelope_takes_its_names_from_the_fact() {
        let fact = scanned(Scanner::Visitor(Uuid::from_u128(2)));
        let event = Envelope::new(Uuid::from_u128(3), DateTime::UNIX_EPOCH, None, fact);
        assert_eq!(event.kind, "packytrace.passport.ProductScanned.v1");
        assert_eq!(event.source, "passport");
        assert_eq!(event.dataschema, "urn:packytrace:schema:passport.product-scanned.v1");
    }

    #[test]
    fn events_of_one_person_have_one_key() {
        let id = Uuid::from_u128(2);
        assert_eq!(scanned(Scanner::Visitor(id)).key(), id.to_string());
        assert_eq!(scanned(Scanner::Account(id)).key(), id.to_string());
    }
}
