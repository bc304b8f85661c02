//! Where records go that failed for good: `<consumer>.<topic>.dlq`.

use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, Headers, Message, OwnedHeaders, OwnedMessage};
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde_json::json;
use tokio::sync::Mutex;

use super::connection;
use super::verdict::Failure;
use crate::function::BoxError;
use crate::host::{KafkaConnection, Now};
use crate::manifest::DeadLetter;

/// Header values beyond this many bytes of error text help nobody.
const ERROR_LIMIT: usize = 2048;

/// The topic of a consumer's dead letters.
pub(crate) fn topic(consumer: &str, topic: &str) -> String {
    format!("{consumer}.{topic}.dlq")
}

/// Writes dead letters; connects when the first one comes.
pub(crate) struct DeadLetters {
    consumer: &'static str,
    connection: KafkaConnection,
    now: Now,
    producer: Mutex<Option<FutureProducer>>,
}

impl DeadLetters {
    pub(crate) fn new(consumer: &'static str, connection: KafkaConnection, now: Now) -> Self {
        Self { consumer, connection, now, producer: Mutex::new(None) }
    }

    /// Returns when the broker has the record.
    pub(crate) async fn bury(
        &self,
        message: &OwnedMessage,
        failure: &Failure,
        tries: u32,
        kind: DeadLetter,
    ) -> Result<(), BoxError> {
        let topic = topic(self.consumer, message.topic());
        let reference = reference(message, failure).to_string();
        let (key, payload) = match kind {
            DeadLetter::Record => (message.key(), message.payload()),
            DeadLetter::Reference => (None, Some(reference.as_bytes())),
        };
        let mut record: FutureRecord<'_, [u8], [u8]> =
            FutureRecord::to(&topic).headers(self.headers(message, failure, tries, kind));
        record.key = key;
        record.payload = payload;
        let producer = self.producer().await?;
        match producer.send(record, Duration::from_secs(10)).await {
            Ok(_) => Ok(()),
            // With our headers it is larger than the broker takes: where it was must do, since a
            // letter that cannot be written holds up its partition.
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::MessageSizeTooLarge), _))
                if kind == DeadLetter::Record =>
            {
                Box::pin(self.bury(message, failure, tries, DeadLetter::Reference)).await
            }
            Err((error, _)) => {
                // perhaps its credentials are old: the next try makes a new one
                self.disconnect().await;
                Err(error.into())
            }
        }
    }

    /// Closes the connection: its credentials are old. The next letter makes a new one.
    pub(crate) async fn disconnect(&self) {
        *self.producer.lock().await = None;
    }

    fn headers(
        &self,
        message: &OwnedMessage,
        failure: &Failure,
        tries: u32,
        kind: DeadLetter,
    ) -> OwnedHeaders {
        let mut headers = OwnedHeaders::new();
        let mut error = failure.code;
        if kind == DeadLetter::Record {
            error = shortened(&failure.error);
            for header in message.headers().into_iter().flat_map(Headers::iter) {
                headers = headers.insert(header);
            }
        }
        let facts = [
            ("dead-letter-error", error.to_owned()),
            ("dead-letter-code", failure.code.to_owned()),
            ("dead-letter-consumer", self.consumer.to_owned()),
            ("dead-letter-topic", message.topic().to_owned()),
            ("dead-letter-partition", message.partition().to_string()),
            ("dead-letter-offset", message.offset().to_string()),
            ("dead-letter-tries", tries.to_string()),
            ("dead-letter-at", (self.now)().to_rfc3339()),
        ];
        facts.iter().fold(headers, |headers, (key, value)| headers.insert(Header { key, value: Some(value) }))
    }

    async fn producer(&self) -> Result<FutureProducer, BoxError> {
        let mut producer = self.producer.lock().await;
        if let Some(producer) = &*producer {
            return Ok(producer.clone());
        }
        let credentials = connection::credentials(&self.connection).await?;
        let made: FutureProducer = connection::producer(&self.connection, credentials.as_ref()).create()?;
        *producer = Some(made.clone());
        Ok(made)
    }
}

/// All that may be kept of a record that must not be: where it was, and a word.
fn reference(message: &OwnedMessage, failure: &Failure) -> serde_json::Value {
    json!({
        "topic": message.topic(),
        "partition": message.partition(),
        "offset": message.offset(),
        "error": failure.code,
    })
}

fn shortened(error: &str) -> &str {
    let end = error.floor_char_boundary(ERROR_LIMIT.min(error.len()));
    &error[..end]
}
