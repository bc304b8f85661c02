//! Where a Lambda handler meets the world: on AWS Lambda the official runtime, anywhere else the
//! HTTP, Kafka and schedule triggers of this crate, in the same process. Nothing in the function
//! says which; the environment does.

mod function;
mod host;
mod identifiers;
pub mod manifest;
pub mod schedule;

pub use aws_lambda_events::eventbridge::EventBridgeEvent;
pub use aws_lambda_events::kafka::{KafkaEvent, KafkaRecord};
pub use function::{
    BatchAnswer, BatchItemFailure, BoxError, Function, ItemIdentifier, RouteName, ScheduleDetail,
    ScheduledEvent,
};
pub use host::{
    Credentials, CredentialsSource, Host, KafkaConnection, KafkaTransport, Metrics, Now, RunError,
    Running, run,
};
