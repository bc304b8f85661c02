//! Sending what waits, for the operator's tool: the function itself does it through the chassis.

use std::time::Duration;

use rdkafka::{
    error::KafkaError,
    message::{Header, OwnedHeaders},
    producer::{FutureProducer, FutureRecord},
};
use service_chassis::store::{Schema, outbox};
use shared_contracts::events::CONTENT_TYPE;
use sqlx::{Connection as _, PgConnection};

use super::topic::Connection;

/// Events that one transaction sends at most.
const BATCH: i64 = 500;
/// How long the broker gets for one event.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why events stayed.
#[derive(Debug, thiserror::Error)]
pub enum DeliveryError {
    /// The outbox did not give or take rows.
    #[error("the outbox: {0}")]
    Database(#[from] sqlx::Error),
    /// The broker refuses, or is away.
    #[error("the broker: {0}")]
    Kafka(#[from] KafkaError),
}

/// Sends until the outbox is empty, or the function is at it itself. Says how many.
pub async fn deliver(
    conn: &mut PgConnection,
    schema: Schema,
    connection: &Connection,
) -> Result<usize, DeliveryError> {
    let producer: FutureProducer =
        connection.client().set("enable.idempotence", "true").set("acks", "all").create()?;
    let mut sent = 0;
    loop {
        let mut tx = conn.begin().await?;
        if !outbox::take_turn(&mut tx, schema).await? {
            return Ok(sent);
        }
        let events = outbox::oldest(&mut tx, schema, BATCH).await?;
        if events.is_empty() {
            return Ok(sent);
        }
        for event in &events {
            let content_type = Header { key: "content-type", value: Some(CONTENT_TYPE) };
            let headers = OwnedHeaders::new().insert(content_type);
            let record =
                FutureRecord::to(&event.topic).key(&event.key).payload(&event.payload).headers(headers);
            producer.send(record, PATIENCE).await.map_err(|(error, _)| error)?;
        }
        let positions: Vec<i64> = events.iter().map(|event| event.position).collect();
        outbox::remove(&mut tx, schema, &positions).await?;
        tx.commit().await?;
        sent += events.len();
    }
}
