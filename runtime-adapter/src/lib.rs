//! Where a Lambda handler meets the world: on AWS Lambda the official runtime, anywhere else the
//! HTTP, Kafka and schedule triggers of this crate, in the same process. Nothing in the function
//! says which; the environment does.

mod admin;
mod dispatch;
mod function;
mod host;
mod http;
mod identifiers;
pub mod invoke;
mod kafka;
mod lambda;
pub mod manifest;
mod pulse;
mod running;
pub mod schedule;
mod stop;

pub use aws_lambda_events::eventbridge::EventBridgeEvent;
pub use aws_lambda_events::kafka::{KafkaEvent, KafkaRecord};
pub use dispatch::DispatchError;
pub use function::{
    BatchAnswer, BatchItemFailure, BoxError, Function, ItemIdentifier, Retry, RouteName, ScheduleDetail,
    ScheduledEvent,
};
pub use host::{
    Credentials, CredentialsSource, Host, KafkaConnection, KafkaTransport, Metrics, Now, RunError,
};
pub use lambda::on_lambda;
pub use running::{Running, run, start};
