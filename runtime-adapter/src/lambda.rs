//! On Lambda: AWS' own runtime drives the function.

use std::sync::Arc;

use lambda_http::lambda_runtime::{self, LambdaEvent};
use lambda_http::service_fn;
use serde_json::value::RawValue;

use crate::dispatch::{Dispatcher, FailedRecords};
use crate::function::Function;
use crate::host::{Now, RunError};

/// Whether this process was started by Lambda, its emulator or `cargo lambda`.
#[expect(
    clippy::disallowed_methods,
    reason = "the one question that is asked before there are settings: which side are we on"
)]
pub fn on_lambda() -> bool {
    std::env::var_os("AWS_LAMBDA_RUNTIME_API").is_some()
}

/// Whether the pollers of our topics were told to expect partial answers: Terraform says so, since it
/// depends on the kind of poller that it makes.
#[expect(clippy::disallowed_methods, reason = "the other half of the same question")]
fn failed_records() -> FailedRecords {
    match std::env::var_os("KAFKA_PARTIAL_ANSWERS") {
        Some(expected) if expected == "false" => FailedRecords::FailTheBatch,
        _ => FailedRecords::Named,
    }
}

/// Answers invocations until Lambda ends the process; several at once where
/// `AWS_LAMBDA_MAX_CONCURRENCY` says so.
pub(crate) async fn run(function: &Function, now: Now) -> Result<(), RunError> {
    let dispatcher = Arc::new(Dispatcher::new(function, now)?.with(failed_records()));
    let handler = service_fn(move |event: LambdaEvent<Box<RawValue>>| {
        let dispatcher = Arc::clone(&dispatcher);
        async move { dispatcher.call(&event.payload, event.context).await.map_err(lambda_runtime::Error::from) }
    });
    lambda_runtime::run_concurrent(handler).await.map_err(RunError::Lambda)
}
