//! What reached a Kafka topic since a moment.

use std::time::Duration;

use anyhow::{Context, Result};
use rdkafka::{
    ClientConfig, Message, Offset, TopicPartitionList,
    consumer::{BaseConsumer, Consumer},
    message::Headers,
};
use serde_json::Value;

use crate::stack::Stack;

const PATIENCE: Duration = Duration::from_secs(10);

/// Reads one topic, as the broker's superuser, from where it ended when this was made.
pub struct Facts {
    consumer: BaseConsumer,
}

/// A record that a consumer buried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Where it was in its partition.
    pub offset: i64,
    /// How often it was tried.
    pub tries: i64,
    /// Why it was given up.
    pub error: String,
    /// It, or where it was.
    pub payload: Option<Vec<u8>>,
}

impl Facts {
    /// From now on.
    pub fn from_now(stack: &Stack, topic: &str) -> Result<Self> {
        let consumer: BaseConsumer = ClientConfig::new()
            .set("bootstrap.servers", &stack.kafka.bootstrap)
            .set("security.protocol", "sasl_plaintext")
            .set("sasl.mechanism", &stack.kafka.mechanism)
            .set("sasl.username", &stack.kafka.username)
            .set("sasl.password", &stack.kafka.password)
            .set("group.id", "end-to-end")
            .set("enable.auto.commit", "false")
            .set("reconnect.backoff.max.ms", "500")
            // never silently to the end, past what is looked for
            .set("auto.offset.reset", "earliest")
            .create()?;
        let metadata = consumer.fetch_metadata(Some(topic), PATIENCE)?;
        let partitions = metadata.topics().first().context("the topic is there")?.partitions();
        let mut ends = TopicPartitionList::new();
        for partition in partitions {
            let (_, end) = consumer.fetch_watermarks(topic, partition.id(), PATIENCE)?;
            ends.add_partition_offset(topic, partition.id(), Offset::Offset(end))?;
        }
        consumer.assign(&ends)?;
        Ok(Self { consumer })
    }

    /// Every byte of what comes within `patience`, and after that until nothing has come for `quiet`: keys,
    /// values and headers, as text.
    pub fn raw(&self, patience: Duration, quiet: Duration) -> Vec<String> {
        let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
        let mut records = Vec::new();
        while let Some(polled) = self.consumer.poll(if records.is_empty() { patience } else { quiet }) {
            let Ok(record) = polled else { continue };
            let headers = record.headers().into_iter().flat_map(Headers::iter);
            let headers = headers.map(|header| format!("{}={}\n", header.key, text(header.value)));
            let headers: String = headers.collect();
            records.push(format!("{}\n{}\n{headers}", text(record.key()), text(record.payload())));
        }
        records
    }

    /// What was buried here until `enough` says so, or until nothing has come for `quiet`.
    pub fn dead(&self, quiet: Duration, mut enough: impl FnMut(&[DeadLetter]) -> bool) -> Vec<DeadLetter> {
        let mut letters = Vec::new();
        while !enough(&letters) {
            let Some(polled) = self.consumer.poll(quiet) else { break };
            let Ok(record) = polled else { continue };
            let header = |key: &str| {
                let mut headers = record.headers()?.iter();
                let value = headers.find(|header| header.key == key)?.value?;
                std::str::from_utf8(value).ok().map(str::to_owned)
            };
            let number = |key| header(key).and_then(|text| text.parse().ok()).unwrap_or(-1);
            letters.push(DeadLetter {
                offset: number("dead-letter-offset"),
                tries: number("dead-letter-tries"),
                error: header("dead-letter-error").unwrap_or_default(),
                payload: record.payload().map(<[u8]>::to_vec),
            });
        }
        letters
    }

    /// All events until `enough` says so, or until nothing has come for `quiet`.
    pub fn until(&self, quiet: Duration, mut enough: impl FnMut(&[Value]) -> bool) -> Result<Vec<Value>> {
        let mut events = Vec::new();
        let mut trouble = None;
        while !enough(&events) {
            match self.consumer.poll(quiet) {
                None => break,
                // The broker was away for a while: that is what some tests are about.
                Some(Err(error)) => trouble = Some(error),
                Some(Ok(record)) => {
                    trouble = None;
                    events.push(serde_json::from_slice(record.payload().unwrap_or_default())?);
                }
            }
        }
        match trouble {
            Some(error) => Err(error).context("nothing came any more after an error of the broker"),
            None => Ok(events),
        }
    }
}
