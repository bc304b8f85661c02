//! Consuming facts: each record is held to its schema, takes effect once, and fails alone.
//!
//! Delivery is at least once; the effect is once, because the event's id is written in the
//! transaction of the effect. A record that cannot be processed is named in the answer, so
//! that the adapter retries it alone and at last puts it into the dead letters; one that is no event
//! of its topic goes there at once.

use std::{collections::HashMap, sync::Arc};

use base64::{Engine, prelude::BASE64_STANDARD};
use futures::future::BoxFuture;
use runtime_adapter::{BatchAnswer, BoxError, KafkaEvent, KafkaRecord};
use serde_json::Value;
use shared_contracts::{
    events::{Envelope, Fact},
    schemas,
};
use sqlx::{PgConnection, PgPool};

use crate::store::{Schema, processed};

/// The effect of one kind of fact, within a transaction.
pub trait Effect<F: Fact + Send>: Send + Sync + 'static {
    /// Applies the fact. An error undoes what was written and has the record tried again.
    fn apply<'c>(
        &'c self,
        conn: &'c mut PgConnection,
        event: Envelope<F>,
    ) -> BoxFuture<'c, Result<(), BoxError>>;
}

/// Why a consumer cannot be built.
#[derive(Debug, thiserror::Error)]
#[error("the schema {0} is not in the contracts, or is no schema")]
pub struct NoSchema(String);

/// Why a record has no effect.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error("nobody here handles topic {0}")]
    Topic(String),
    #[error("the value is no base64 JSON")]
    Unreadable,
    #[error("the event breaks the schema {schema}: {reason}")]
    Invalid { schema: &'static str, reason: String },
    #[error("an event of another type than the topic's")]
    OfAnotherType,
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    #[error("{0}")]
    Effect(BoxError),
}

type Apply = dyn for<'c> Fn(&'c mut PgConnection, Value) -> BoxFuture<'c, Result<(), BoxError>> + Send + Sync;

struct Subscription {
    topic: &'static str,
    kind: &'static str,
    data: jsonschema::Validator,
    apply: Box<Apply>,
}

/// The facts that a service listens to, with their effects on its own schema.
#[derive(Clone)]
pub struct Consumer(Arc<Inner>);

struct Inner {
    database: PgPool,
    schema: Schema,
    envelope: jsonschema::Validator,
    subscriptions: HashMap<&'static str, Subscription>,
}

/// Collects subscriptions.
pub struct Subscribing(Inner);

impl Consumer {
    /// A consumer whose effects and `processed_events` are in `schema`.
    pub fn of(database: PgPool, schema: Schema) -> Result<Subscribing, NoSchema> {
        let envelope = validator("envelope.v1")?;
        Ok(Subscribing(Inner { database, schema, envelope, subscriptions: HashMap::new() }))
    }

    /// Handles a batch as the adapter delivers it: partition by partition, in order. The first
    /// record of a partition that fails ends that partition's turn, so that order holds.
    pub async fn handle(&self, batch: KafkaEvent) -> Result<BatchAnswer, BoxError> {
        let mut answer = BatchAnswer::success();
        for records in batch.records.values() {
            for record in records {
                if let Err(error) = self.take(record).await {
                    tracing::warn!(topic = record.topic, offset = record.offset, %error, "a record has no effect");
                    match error {
                        Unusable::Database(_) | Unusable::Effect(_) => answer.fail(record, error),
                        _ => answer.refuse(record, error),
                    }
                    break;
                }
            }
        }
        Ok(answer)
    }

    async fn take(&self, record: &KafkaRecord) -> Result<(), Unusable> {
        let topic = record.topic.as_deref().unwrap_or_default();
        let subscription =
            self.0.subscriptions.get(topic).ok_or_else(|| Unusable::Topic(topic.to_owned()))?;
        let event = read(record.value.as_deref().unwrap_or_default()).ok_or(Unusable::Unreadable)?;
        hold(&self.0.envelope, "envelope.v1", &event)?;
        if event["type"] != subscription.kind {
            return Err(Unusable::OfAnotherType);
        }
        hold(&subscription.data, subscription.topic, &event["data"])?;
        let id = event["id"].as_str().and_then(|id| id.parse().ok()).ok_or(Unusable::Unreadable)?;
        let mut tx = self.0.database.begin().await?;
        if processed::note(&mut tx, self.0.schema, id).await? {
            (subscription.apply)(&mut tx, event).await.map_err(Unusable::Effect)?;
        }
        tx.commit().await?;
        Ok(())
    }
}

impl Subscribing {
    /// Listens to a kind of fact.
    pub fn on<F: Fact + Send + 'static>(mut self, effect: impl Effect<F>) -> Result<Self, NoSchema> {
        let effect = Arc::new(effect);
        let apply: Box<Apply> = Box::new(move |conn, event| {
            let effect = Arc::clone(&effect);
            Box::pin(async move {
                let event: Envelope<F> = serde_json::from_value(event)?;
                effect.apply(conn, event).await
            })
        });
        let data = validator(F::TOPIC)?;
        let subscription = Subscription { topic: F::TOPIC, kind: F::TYPE, data, apply };
        self.0.subscriptions.insert(F::TOPIC, subscription);
        Ok(self)
    }

    /// The consumer.
    pub fn start(self) -> Consumer {
        Consumer(Arc::new(self.0))
    }
}

fn validator(name: &'static str) -> Result<jsonschema::Validator, NoSchema> {
    let missing = || NoSchema(name.to_owned());
    let schema: Value =
        serde_json::from_str(schemas::schema(name).ok_or_else(missing)?).map_err(|_| missing())?;
    jsonschema::options().should_validate_formats(true).build(&schema).map_err(|_| missing())
}

/// The reason names the place and not the value, which may be about a person.
fn hold(validator: &jsonschema::Validator, schema: &'static str, value: &Value) -> Result<(), Unusable> {
    match validator.iter_errors(value).next() {
        None => Ok(()),
        Some(error) => {
            Err(Unusable::Invalid { schema, reason: format!("at {:?}", error.instance_path().to_string()) })
        }
    }
}

fn read(value: &str) -> Option<Value> {
    serde_json::from_slice(&BASE64_STANDARD.decode(value).ok()?).ok()
}
