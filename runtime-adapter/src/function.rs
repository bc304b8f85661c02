//! A function: a name and up to three handlers. The same value runs on Lambda, on a host, and in
//! a test that calls it without any server.

use std::fmt::Display;
use std::future::Future;
use std::sync::Arc;

use aws_lambda_events::eventbridge::EventBridgeEvent;
use aws_lambda_events::kafka::{KafkaEvent, KafkaRecord};
use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use futures::future::{BoxFuture, FutureExt};
use serde::{Deserialize, Serialize};

use crate::manifest::{self, Manifest, ManifestError};
use crate::schedule::LastRuns;

/// What a handler may fail with; its text is logged and, for Kafka records, goes into the headers
/// of the dead letter.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

pub(crate) type KafkaFn =
    Arc<dyn Fn(KafkaEvent) -> BoxFuture<'static, Result<BatchAnswer, BoxError>> + Send + Sync>;
pub(crate) type ScheduleFn =
    Arc<dyn Fn(ScheduledEvent) -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync>;
pub(crate) type ReadyFn = Arc<dyn Fn() -> BoxFuture<'static, Result<(), BoxError>> + Send + Sync>;
pub(crate) type Hook = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// The event of a schedule: `EventBridge` Scheduler's shape, with the schedule's name in `detail`.
pub type ScheduledEvent = EventBridgeEvent<ScheduleDetail>;

/// Which schedule of the manifest fired.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScheduleDetail {
    /// The schedule's `name` in the manifest.
    pub schedule: String,
}

/// What a Kafka handler answers: which records of the batch failed. An empty list is success.
///
/// The lowest failed offset of a partition is a checkpoint, as on Lambda: records below it are
/// done, the failed record is tried again alone, and what follows it is delivered again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// The records that failed.
    pub batch_item_failures: Vec<BatchItemFailure>,
}

/// One failed record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchItemFailure {
    /// Which record.
    pub item_identifier: ItemIdentifier,
    /// Why, for the headers of the dead letter; Lambda's answer has no place for it.
    #[serde(skip)]
    pub error: Option<String>,
    /// Whether another try could end otherwise. Lambda's answer has no place for this either: there
    /// every failed record is tried again.
    #[serde(skip)]
    pub retry: Retry,
}

/// Whether another try of a record could end otherwise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retry {
    /// The trouble may pass: a database that is away, a fact that comes too early.
    #[default]
    MayHelp,
    /// The record itself is unusable, now and always.
    IsUseless,
}

/// A record's address, in the form that Lambda expects.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemIdentifier {
    /// Topic and partition as in the event's `records`: `passport.product-scanned.v1-0`.
    pub partition: String,
    /// The record's offset.
    pub offset: i64,
}

impl BatchAnswer {
    /// The whole batch is done.
    pub fn success() -> Self {
        Self::default()
    }

    /// Adds a record that failed, and why.
    pub fn fail(&mut self, record: &KafkaRecord, error: impl Display) {
        self.add(record, &error, Retry::MayHelp);
    }

    /// Adds a record that is unusable, and why: on a host it is buried at once, so that nothing waits
    /// behind it.
    pub fn refuse(&mut self, record: &KafkaRecord, error: impl Display) {
        self.add(record, &error, Retry::IsUseless);
    }

    fn add(&mut self, record: &KafkaRecord, error: &dyn Display, retry: Retry) {
        let topic = record.topic.as_deref().unwrap_or_default();
        self.batch_item_failures.push(BatchItemFailure {
            item_identifier: ItemIdentifier {
                partition: format!("{topic}-{}", record.partition),
                offset: record.offset,
            },
            error: Some(error.to_string()),
            retry,
        });
    }
}

/// A response extension: what access log and metrics call the request, where no route of the
/// router itself matched (a proxy has one catch-all route). A template, never the path: paths
/// carry serial numbers.
#[derive(Clone, Debug)]
pub struct RouteName(pub Arc<str>);

/// A function: a name in `functions/manifest.yaml` and its handlers.
#[derive(Clone)]
pub struct Function {
    pub(crate) name: &'static str,
    description: Option<Arc<manifest::Function>>,
    pub(crate) http: Option<Router>,
    pub(crate) kafka: Option<KafkaFn>,
    pub(crate) schedule: Option<ScheduleFn>,
    pub(crate) last_runs: Option<Arc<dyn LastRuns>>,
    pub(crate) ready: Option<ReadyFn>,
    pub(crate) before_answer: Option<Hook>,
}

impl Function {
    /// A function without handlers. Its limits and triggers are those that
    /// `functions/manifest.yaml` gives under this name.
    pub fn new(name: &'static str) -> Self {
        Self {
            name,
            description: None,
            http: None,
            kafka: None,
            schedule: None,
            last_runs: None,
            ready: None,
            before_answer: None,
        }
    }

    /// Takes limits and triggers from here and not from the embedded manifest: for fixtures and
    /// benchmarks, which are no functions of the product.
    #[must_use]
    pub fn described_by(mut self, description: manifest::Function) -> Self {
        self.description = Some(Arc::new(description));
        self
    }

    /// Answers HTTP requests.
    #[must_use]
    pub fn http(mut self, router: Router) -> Self {
        self.http = Some(router.layer(middleware::from_fn(name_route)));
        self
    }

    /// Handles batches of Kafka records: every mapping of the manifest ends here.
    #[must_use]
    pub fn kafka<F, Fut>(mut self, handler: F) -> Self
    where
        F: Fn(KafkaEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<BatchAnswer, BoxError>> + Send + 'static,
    {
        self.kafka = Some(Arc::new(move |event| handler(event).boxed()));
        self
    }

    /// Handles ticks: every schedule of the manifest ends here, its name in
    /// `event.detail.schedule`.
    #[must_use]
    pub fn schedule<F, Fut>(mut self, handler: F) -> Self
    where
        F: Fn(ScheduledEvent) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.schedule = Some(Arc::new(move |event| handler(event).boxed()));
        self
    }

    /// Where the time of each schedule's last run is kept, so that a tick missed while the
    /// process was down runs once after it. Without it only ticks missed while the process lived
    /// (busy or frozen) are caught up.
    #[must_use]
    pub fn last_runs(mut self, last_runs: impl LastRuns) -> Self {
        self.last_runs = Some(Arc::new(last_runs));
        self
    }

    /// Says whether the function can do its work now; `GET /ready` on the admin port asks. The
    /// error's text is shown there.
    #[must_use]
    pub fn ready<F, Fut>(mut self, probe: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        self.ready = Some(Arc::new(move || probe().boxed()));
        self
    }

    /// Lambda only: awaited after every invocation and before its answer leaves, for at most
    /// 50 ms, because the process freezes then. Flush spans and send events here.
    #[must_use]
    pub fn before_answer<F, Fut>(mut self, hook: F) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = ()> + Send + 'static,
    {
        self.before_answer = Some(Arc::new(move || hook().boxed()));
        self
    }

    /// The function's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The function's limits and triggers.
    pub fn description(&self) -> Result<Arc<manifest::Function>, ManifestError> {
        match &self.description {
            Some(description) => Ok(Arc::clone(description)),
            None => Ok(Arc::new(Manifest::embedded()?.function(self.name)?.clone())),
        }
    }
}

/// Hands the matched route's template from the request to the response, where the adapter's log
/// and metrics find it.
async fn name_route(request: Request, next: Next) -> Response {
    let matched = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(matched) = matched {
        response.extensions_mut().insert(matched);
    }
    response
}
