//! Records as Lambda delivers them.

use std::collections::HashMap;

use aws_lambda_events::encodings::MillisecondTimestamp;
use aws_lambda_events::kafka::{KafkaEvent, KafkaRecord};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use rdkafka::Timestamp;
use rdkafka::message::{Headers, Message, OwnedMessage};

/// A batch's limit in bytes, as Lambda counts them: with base64 and envelope.
pub(crate) const WEIGHT_LIMIT: usize = 6 * 1024 * 1024;

/// What a record weighs beside its key, value and headers.
const ENVELOPE: usize = 256;

/// The bytes that a record takes in an event.
pub(crate) fn weight(message: &OwnedMessage) -> usize {
    let base64 = |bytes: Option<&[u8]>| bytes.map_or(4, |bytes| bytes.len().div_ceil(3) * 4);
    let headers: usize = message.headers().map_or(0, |headers| {
        // each byte of a header's value is a number and a comma
        headers.iter().map(|header| header.key.len() + 5 * header.value.map_or(0, <[u8]>::len)).sum()
    });
    ENVELOPE + base64(message.key()) + base64(message.payload()) + headers
}

/// The event of a batch, all of one partition.
pub(crate) fn event(bootstrap: &str, partition: &str, messages: &[OwnedMessage]) -> KafkaEvent {
    let mut event = KafkaEvent::default();
    event.event_source = Some("SelfManagedKafka".to_owned());
    event.bootstrap_servers = Some(bootstrap.to_owned());
    event.records = HashMap::from([(partition.to_owned(), messages.iter().map(record).collect())]);
    event
}

fn record(message: &OwnedMessage) -> KafkaRecord {
    let (kind, timestamp) = timestamp(message);
    let mut record = KafkaRecord::default();
    record.topic = Some(message.topic().to_owned());
    record.partition = i64::from(message.partition());
    record.offset = message.offset();
    record.timestamp = MillisecondTimestamp(timestamp);
    record.timestamp_type = Some(kind.to_owned());
    record.key = message.key().map(|bytes| STANDARD.encode(bytes));
    record.value = message.payload().map(|bytes| STANDARD.encode(bytes));
    record.headers = message.headers().map_or_else(Vec::new, |headers| {
        let signed = |bytes: &[u8]| bytes.iter().map(|byte| byte.cast_signed()).collect();
        headers
            .iter()
            .map(|header| {
                HashMap::from([(header.key.to_owned(), header.value.map_or_else(Vec::new, signed))])
            })
            .collect()
    });
    record
}

fn timestamp(message: &OwnedMessage) -> (&'static str, DateTime<Utc>) {
    let (kind, millis) = match message.timestamp() {
        Timestamp::CreateTime(millis) => ("CREATE_TIME", millis),
        Timestamp::LogAppendTime(millis) => ("LOG_APPEND_TIME", millis),
        Timestamp::NotAvailable => ("NO_TIMESTAMP_TYPE", 0),
    };
    (kind, DateTime::from_timestamp_millis(millis).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use rdkafka::message::{Header, OwnedHeaders};
    use serde_json::json;

    use super::*;

    fn message() -> OwnedMessage {
        let headers = OwnedHeaders::new()
            .insert(Header { key: "traceparent", value: Some(&[0x30, 0xFF]) })
            .insert(Header { key: "empty", value: None::<&[u8]> });
        OwnedMessage::new(
            Some(b"value".to_vec()),
            None,
            "scanner.scanned.v1".to_owned(),
            Timestamp::CreateTime(1_795_341_600_000),
            3,
            15,
            Some(headers),
        )
    }

    #[test]
    fn an_event_is_what_a_self_managed_kafka_mapping_sends() {
        let event = event("broker:9092", "scanner.scanned.v1-3", &[message()]);
        let sent = json!({
                "eventSource": "SelfManagedKafka",
                "eventSourceArn": null,
                "bootstrapServers": "broker:9092",
                "records": {
                    "scanner.scanned.v1-3": [{
                        "topic": "scanner.scanned.v1",
                        "partition": 3,
                        "offset": 15,
                        "timestamp": 1_795_341_600_000_u64,
                        "timestampType": "CREATE_TIME",
                        "key": null,
                        "value": "dmFsdWU=",
                        "headers": [{ "traceparent": [48, -1] }, { "empty": [] }],
                    }],
                },
        });
        assert_eq!(event, serde_json::from_value::<KafkaEvent>(sent).unwrap());
    }

    #[test]
    fn a_record_weighs_what_it_takes_in_the_event() {
        let event = event("b", "scanner.scanned.v1-3", &[message()]);
        let written = serde_json::to_string(&event.records["scanner.scanned.v1-3"][0]).unwrap();
        let weighed = weight(&message());
        assert!(weighed >= written.len() && weighed < written.len() + 200, "{weighed} {written}");
    }
}
