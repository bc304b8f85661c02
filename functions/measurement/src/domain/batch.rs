//! The batch of a window: every key of the catalog, and the very bytes that are sent.

use service_chassis::canonical;
use shared_contracts::{
    events::{BatchStatus, BatchWindow, BrandMetricBatchPublished, Envelope, Fact, MetricRow},
    metrics::Metric,
};
use uuid::Uuid;

use super::{parameters::Policy, tally::Catalog, windows::Window};

/// A batch as it goes out, once and for all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// `UUIDv5` of brand, window and schema: it says nothing new.
    pub event_id: Uuid,
    /// Kafka key.
    pub key: String,
    /// The event as JSON text; what is sent again is these bytes.
    pub payload: String,
    /// SHA-256 of the payload, lower-case hexadecimal.
    pub hash: String,
}

/// Rows of counts with noise on each of them, whether it is shown or not.
pub fn rows(
    catalog: &Catalog,
    counts: &[u64],
    policy: &Policy,
    mut noise: impl FnMut() -> i64,
) -> Vec<MetricRow> {
    let width = i64::from(policy.ci_half_width());
    keys(catalog)
        .zip(counts)
        .map(|((gtin, metric), persons)| {
            let drawn = noise();
            match policy.shown(*persons, drawn) {
                Some(value) => MetricRow::Published {
                    gtin,
                    metric,
                    value,
                    ci_low: value - width,
                    ci_high: value + width,
                },
                None => MetricRow::Suppressed { gtin, metric },
            }
        })
        .collect()
}

/// Rows that show nothing.
pub fn nothing(catalog: &Catalog) -> Vec<MetricRow> {
    keys(catalog).map(|(gtin, metric)| MetricRow::Suppressed { gtin, metric }).collect()
}

fn keys(catalog: &Catalog) -> impl Iterator<Item = (String, Metric)> {
    catalog.gtins().iter().flat_map(|gtin| Metric::ALL.map(|metric| (gtin.clone(), metric)))
}

/// Seals the rows of a window. The event's time is the moment of its publication, which the window
/// alone decides; it has no trace context.
///
/// # Errors
/// A batch that is no JSON, which it always is.
pub fn seal(
    brand: Uuid,
    window: &Window,
    policy: &Policy,
    status: BatchStatus,
    metrics: Vec<MetricRow>,
) -> Result<Batch, serde_json::Error> {
    let batch = BrandMetricBatchPublished {
        brand_id: brand,
        window: BatchWindow { start: window.starts_at(), end: window.ends_at(), length: window.length },
        publish_at: window.publish_at(),
        privacy: policy.told(status),
        metrics,
    };
    let (event_id, key) = (batch.event_id(), batch.key());
    let payload = serde_json::to_string(&Envelope::new(event_id, window.publish_at(), None, batch))?;
    let hash = canonical::sha256_hex(payload.as_bytes());
    Ok(Batch { event_id, key, payload, hash })
}

#[cfg(test)]
mod tests {
    use shared_contracts::identity::WindowLength;

    use super::*;
    use crate::domain::parameters::Parameters;

    fn window() -> Window {
        Window { start: "2026-11-22".parse().unwrap(), length: WindowLength::Day }
    }

    fn catalog() -> Catalog {
        Catalog::of(vec!["09521234543213".to_owned(), "09521234000013".to_owned()])
    }

    fn policy() -> Policy {
        Parameters::default().check().unwrap()
    }

    #[test]
    fn a_batch_is_valid_under_its_schema_and_has_every_key_in_order() {
        let counts = [0, 9, 10, 60, 0, 0, 0, 0];
        let rows = rows(&catalog(), &counts, &policy(), || 1);
        let batch = seal(Uuid::from_u128(5), &window(), &policy(), BatchStatus::Released, rows).unwrap();
        let event: serde_json::Value = serde_json::from_str(&batch.payload).unwrap();
        let schema = shared_contracts::schemas::schema(BrandMetricBatchPublished::TOPIC).unwrap();
        let schema = serde_json::from_str(schema).unwrap();
        let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
        assert!(validator.validate(&event["data"]).is_ok());
        let keys: Vec<String> = event["data"]["metrics"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| format!("{}{}", row["gtin"].as_str().unwrap(), row["metric"].as_str().unwrap()))
            .collect();
        assert_eq!(keys.len(), 8);
        assert!(keys.is_sorted());
        assert_eq!(event["data"]["metrics"][3]["value"], 61);
        assert_eq!(event["data"]["metrics"][3]["ci_low"], 55);
        assert_eq!(event["traceparent"], serde_json::Value::Null);
        assert_eq!(batch.key, "00000000-0000-0000-0000-000000000005/2026-11-22T00:00:00Z/P1D");
        assert_eq!(batch.event_id.get_version_num(), 5);
    }

    #[test]
    fn nine_persons_and_none_look_the_same() {
        let of = |counts: &[u64]| {
            let rows = rows(&catalog(), counts, &policy(), || 1_000);
            seal(Uuid::nil(), &window(), &policy(), BatchStatus::Released, rows).unwrap()
        };
        assert_eq!(of(&[0; 8]), of(&[9; 8]));
    }

    #[test]
    fn noise_is_drawn_for_every_key() {
        let mut draws = 0;
        let mut noise = || {
            draws += 1;
            0
        };
        rows(&catalog(), &[0; 8], &policy(), &mut noise);
        assert_eq!(draws, 8);
    }
}
