//! A Lambda payload to its handler: one binary tells HTTP, Kafka and schedule payloads apart by
//! their shape. Lambda itself, `invoke` and tests all come through here.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayV2httpRequest;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use http::Response;
use http_body_util::Full;
use lambda_http::lambda_runtime::{Context, LambdaEvent};
use lambda_http::request::LambdaRequest;
use lambda_http::{Adapter, Service, service_fn};
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};
use tokio::time::{Instant, timeout};

use crate::EventBridgeEvent;
use crate::function::{BoxError, Function, Hook, KafkaFn, ScheduleDetail, ScheduleFn, ScheduledEvent};
use crate::host::Now;
use crate::http::event;
use crate::http::fault::Fault;
use crate::http::invoker::Invoker;
use crate::http::log;
use crate::identifiers;
use crate::manifest::ManifestError;

/// How long the hook before an answer may hold it.
const HOOK_WITHIN: Duration = Duration::from_millis(50);

/// What is kept of Lambda's own deadline, so that our 504 leaves before Lambda ends the process.
const BEFORE_LAMBDA: Duration = Duration::from_millis(100);

/// Why a payload has no answer; on Lambda a function error.
#[derive(Debug, thiserror::Error)]
pub enum DispatchError {
    /// It is no JSON of a shape that we know.
    #[error("the payload is neither an HTTP request, nor Kafka records, nor a schedule's event: {0}")]
    Unknown(String),
    /// The function has no handler for payloads of this kind.
    #[error("function {function:?} has no handler for {kind}")]
    NoHandler {
        /// Whose.
        function: &'static str,
        /// `HTTP requests`, `Kafka records` or `schedules`.
        kind: &'static str,
    },
    /// The handler failed; its error's text.
    #[error("{0}")]
    Handler(BoxError),
    /// The handler's answer is no JSON.
    #[error("the answer cannot be written: {0}")]
    Answer(#[from] serde_json::Error),
}

/// A function as Lambda calls it.
pub(crate) struct Dispatcher {
    name: &'static str,
    http: Option<Invoker>,
    kafka: Option<KafkaFn>,
    schedule: Option<ScheduleFn>,
    before_answer: Option<Hook>,
    now: Now,
    failed_records: FailedRecords,
}

/// What becomes of the records that a handler of a batch names as failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailedRecords {
    /// They are named in the answer, for a poller that was told to expect it.
    Named,
    /// The whole batch fails. AWS's on-demand pollers of Kafka take every answer for a success: records
    /// that were only named would be lost.
    FailTheBatch,
}

/// The members by which payloads differ.
#[derive(Deserialize)]
struct Shape {
    #[serde(rename = "requestContext")]
    request_context: Option<IgnoredAny>,
    #[serde(rename = "eventSource")]
    event_source: Option<String>,
    #[serde(rename = "detail-type")]
    detail_type: Option<IgnoredAny>,
}

impl Dispatcher {
    pub(crate) fn new(function: &Function, now: Now) -> Result<Self, ManifestError> {
        let limits = &function.description()?.http;
        let http = function.http.clone();
        Ok(Self {
            name: function.name(),
            http: http.map(|router| Invoker::new(router, limits.timeout, limits.concurrency)),
            kafka: function.kafka.clone(),
            schedule: function.schedule.clone(),
            before_answer: function.before_answer.clone(),
            now,
            failed_records: FailedRecords::Named,
        })
    }

    /// The same, for a poller of another kind.
    pub(crate) fn with(self, failed_records: FailedRecords) -> Self {
        Self { failed_records, ..self }
    }

    /// The answer to one payload.
    pub(crate) async fn call(
        &self,
        payload: &RawValue,
        context: Context,
    ) -> Result<Box<RawValue>, DispatchError> {
        let answer = self.answer(payload.get(), context).await;
        if let Some(hook) = &self.before_answer
            && timeout(HOOK_WITHIN, hook()).await.is_err()
        {
            tracing::warn!("the hook before the answer took longer than {HOOK_WITHIN:?}");
        }
        answer
    }

    async fn answer(&self, payload: &str, context: Context) -> Result<Box<RawValue>, DispatchError> {
        let unknown = |error: serde_json::Error| DispatchError::Unknown(error.to_string());
        let shape: Shape = serde_json::from_str(payload).map_err(unknown)?;
        let source = shape.event_source.as_deref();
        if shape.request_context.is_some() {
            self.http(serde_json::from_str(payload).map_err(unknown)?, context).await
        } else if matches!(source, Some("SelfManagedKafka" | "aws:kafka")) {
            let event = serde_json::from_str(payload).map_err(unknown)?;
            let handler = self.kafka.as_ref().ok_or_else(|| self.no_handler("Kafka records"))?;
            let answer = handler(event).await.map_err(DispatchError::Handler)?;
            let failed = answer.batch_item_failures.len();
            if failed > 0 && self.failed_records == FailedRecords::FailTheBatch {
                return Err(DispatchError::Handler(format!("{failed} records of the batch failed").into()));
            }
            Ok(to_raw_value(&answer)?)
        } else if shape.detail_type.is_some() {
            let event = serde_json::from_str(payload).map_err(unknown)?;
            let handler = self.schedule.as_ref().ok_or_else(|| self.no_handler("schedules"))?;
            handler(scheduled(event)).await.map_err(DispatchError::Handler)?;
            Ok(to_raw_value(&())?)
        } else {
            Err(DispatchError::Unknown("it has none of their members".to_owned()))
        }
    }

    fn no_handler(&self, kind: &'static str) -> DispatchError {
        DispatchError::NoHandler { function: self.name, kind }
    }

    /// Answers a request with `lambda_http`'s own conversions on both ends.
    async fn http(
        &self,
        event: ApiGatewayV2httpRequest,
        context: Context,
    ) -> Result<Box<RawValue>, DispatchError> {
        let invoker = self.http.as_ref().ok_or_else(|| self.no_handler("HTTP requests"))?;
        let begun = Instant::now();
        let method = &event.request_context.http.method.clone();
        let deadline = self.deadline(invoker, &context);
        let (event, refused) = match event::sound(event) {
            Ok(event) => (event, None),
            // a request that `lambda_http` can convert stands in for the one that it cannot
            Err(fault) => (event::placeholder(), Some(fault)),
        };
        let service = service_fn(|request| async move {
            let answer = match refused {
                Some(fault) => Err(fault),
                None => invoker.call(request, deadline).await,
            };
            let response = answer.unwrap_or_else(|fault: Fault| fault.answer(identifiers::request_id()));
            log::request(method, &response, begun.elapsed());
            Ok::<Response<Full<Bytes>>, std::convert::Infallible>(response.map(Full::new))
        });
        let payload = LambdaRequest::ApiGatewayV2(event);
        let Ok(answer) = Adapter::from(service).call(LambdaEvent { payload, context }).await;
        Ok(to_raw_value(&answer)?)
    }

    /// The manifest's deadline, or Lambda's if that is earlier.
    fn deadline(&self, invoker: &Invoker, context: &Context) -> Duration {
        let ends = i64::try_from(context.deadline).ok().filter(|ends| *ends > 0);
        let left = ends
            .and_then(DateTime::<Utc>::from_timestamp_millis)
            .and_then(|ends| (ends - (self.now)()).to_std().ok())
            .map(|left| left.saturating_sub(BEFORE_LAMBDA));
        left.map_or(invoker.deadline(), |left| left.min(invoker.deadline()))
    }
}

/// The event with its schedule named: from `detail.schedule`, or from the schedule's ARN where a
/// schedule sends Scheduler's default event.
fn scheduled(event: EventBridgeEvent<Value>) -> ScheduledEvent {
    let named = event.detail.get("schedule").and_then(Value::as_str);
    let arn = event.resources.as_deref().and_then(|resources| resources.first());
    let schedule = named.or_else(|| arn.and_then(|arn| arn.rsplit('/').next()));
    let mut scheduled = ScheduledEvent::default();
    scheduled.detail = ScheduleDetail { schedule: schedule.unwrap_or_default().to_owned() };
    scheduled.version = event.version;
    scheduled.id = event.id;
    scheduled.detail_type = event.detail_type;
    scheduled.source = event.source;
    scheduled.account = event.account;
    scheduled.time = event.time;
    scheduled.region = event.region;
    scheduled.resources = event.resources;
    scheduled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::function::{BatchAnswer, BatchItemFailure, ItemIdentifier, Retry};
    use crate::manifest::Manifest;

    const MANIFEST: &str = "
version: 1
functions:
  fixture:
    http: { timeout: 5s, memory: 128, concurrency: 8 }
";
    const BATCH: &str = r#"{"eventSource": "SelfManagedKafka", "records": {}}"#;

    /// The answer of a function whose first record always fails.
    async fn answer(failed_records: FailedRecords) -> Result<String, DispatchError> {
        let description = Manifest::parse(MANIFEST).unwrap().functions.remove(0);
        let function = Function::new("fixture").described_by(description).kafka(async |_| {
            let item_identifier = ItemIdentifier { partition: "topic-0".to_owned(), offset: 7 };
            Ok(BatchAnswer {
                batch_item_failures: vec![BatchItemFailure {
                    item_identifier,
                    error: None,
                    retry: Retry::MayHelp,
                }],
            })
        });
        let now: Now = std::sync::Arc::new(|| DateTime::UNIX_EPOCH);
        let dispatcher = Dispatcher::new(&function, now).unwrap().with(failed_records);
        let payload: Box<RawValue> = serde_json::from_str(BATCH).unwrap();
        Ok(dispatcher.call(&payload, Context::default()).await?.get().to_owned())
    }

    #[tokio::test]
    async fn a_failed_record_is_named_to_who_listens() {
        let named = answer(FailedRecords::Named).await.unwrap();
        assert!(named.contains(r#""partition":"topic-0","offset":7"#), "{named}");
    }

    #[tokio::test]
    async fn a_failed_record_fails_the_batch_of_who_does_not_listen() {
        let error = answer(FailedRecords::FailTheBatch).await.unwrap_err();
        assert_eq!(error.to_string(), "1 records of the batch failed");
    }
}
