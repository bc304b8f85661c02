//! `functions/manifest.yaml`, typed: the only description of a function. A host reads it here,
//! Terraform reads the same file.

mod parse;
mod validate;

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Deserialize;

pub use crate::schedule::Expression;

const EMBEDDED: &str = include_str!("../../functions/manifest.yaml");

/// Every function of the product.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the file's shape; 1.
    pub version: u32,
    /// The functions, in the file's order.
    #[serde(deserialize_with = "parse::named_functions")]
    pub functions: Vec<Function>,
}

/// One function.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Its folder, container, Kafka principal and token name. The key of its entry in the file.
    #[serde(skip)]
    pub name: String,
    /// The limits of one call.
    pub http: Http,
    /// Event-source mappings.
    #[serde(default)]
    pub kafka: Vec<KafkaMapping>,
    /// Schedules.
    #[serde(default)]
    pub schedules: Vec<Schedule>,
    /// OpenAPI documents in `shared-contracts/openapi/` whose operations it answers.
    #[serde(default)]
    pub serves: Vec<String>,
    /// Whom it asks over internal HTTP, and for what.
    #[serde(default)]
    pub calls: BTreeMap<String, Vec<Call>>,
    /// Topics that it writes.
    #[serde(default)]
    pub publishes: Vec<String>,
    /// Topics that it reads: exactly those of its mappings.
    #[serde(default)]
    pub consumes: Vec<String>,
    /// Names under `/packytrace/{env}/{function}/`.
    #[serde(default)]
    pub secrets: Vec<String>,
    /// The schema that it owns; absent where it owns no data.
    pub database: Option<Database>,
}

/// The limits of one call.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// A call that takes longer is answered with 504 and dropped.
    #[serde(deserialize_with = "parse::duration")]
    pub timeout: Duration,
    /// MiB: the container's limit, and Lambda's memory size.
    pub memory: u32,
    /// Calls at the same time; one more is answered with 503.
    pub concurrency: u32,
}

/// An event-source mapping: how the records of one topic become batches.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KafkaMapping {
    /// The topic.
    pub topic: String,
    /// Records in a batch at most.
    #[serde(default = "parse::default_batch_size")]
    pub batch_size: u32,
    /// How long an incomplete batch waits for more.
    #[serde(default = "parse::default_window", deserialize_with = "parse::duration")]
    pub window: Duration,
    /// A batch that takes longer has failed.
    #[serde(default = "parse::default_kafka_timeout", deserialize_with = "parse::duration")]
    pub timeout: Duration,
    /// How often a failed record is tried again before it goes to the dead letters.
    #[serde(default = "parse::default_retries")]
    pub retries: u32,
    /// A failed record older than this is not tried again; absent = no limit.
    #[serde(default, deserialize_with = "parse::optional_duration")]
    pub max_age: Option<Duration>,
    /// What to try after a whole batch has failed.
    #[serde(default)]
    pub on_error: OnError,
    /// What a dead letter holds.
    #[serde(default)]
    pub dead_letter: DeadLetter,
}

/// What to try after a whole batch has failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnError {
    /// Halve it, to find the record that fails.
    #[default]
    Bisect,
    /// The same batch again.
    Retry,
}

/// What a dead letter holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadLetter {
    /// The record as it came, with the error in its headers.
    #[default]
    Record,
    /// Only topic, partition, offset and error code, for records that must not be kept.
    Reference,
}

/// A schedule by `EventBridge` Scheduler's rules.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Schedule {
    /// Its name, given to the handler.
    pub name: String,
    /// `rate(…)`, `cron(…)` or `at(…)`.
    pub expression: Expression,
    /// The zone of `cron` and `at`; UTC where absent.
    #[serde(default = "parse::utc", deserialize_with = "parse::timezone")]
    pub timezone: chrono_tz::Tz,
    /// A run that takes longer has failed.
    #[serde(deserialize_with = "parse::duration")]
    pub timeout: Duration,
    /// A run starts at a random moment within this time after its tick; absent = at the tick.
    #[serde(default, deserialize_with = "parse::optional_duration")]
    pub flexible_window: Option<Duration>,
}

/// What one function asks of another.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Call {
    /// Every route that the callee serves to the gateway.
    Public,
    /// One internal route.
    Route {
        /// `GET`, `PUT`, ….
        method: http::Method,
        /// The path as in the OpenAPI document, with `{parameters}`.
        path: String,
    },
}

/// The database, schema and roles of a function.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// The database.
    pub database: String,
    /// The schema in it.
    pub schema: String,
    /// The restricted role that the function works as.
    pub role: String,
    /// The role that owns the schema and migrates it.
    pub owner: String,
}

/// Why the manifest cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// It is not YAML of the manifest's shape.
    #[error("the manifest is malformed: {0}")]
    Malformed(#[from] Box<serde_saphyr::Error>),
    /// It says something that cannot be.
    #[error("the manifest's function {function:?} is wrong: {detail}")]
    Invalid {
        /// Whose entry.
        function: String,
        /// What is wrong in it.
        detail: String,
    },
    /// No function has this name.
    #[error("the manifest has no function {0:?}")]
    Unknown(String),
}

impl Manifest {
    /// The manifest that this program was built with.
    pub fn embedded() -> Result<Self, ManifestError> {
        Self::parse(EMBEDDED)
    }

    /// Reads and checks a manifest.
    pub fn parse(yaml: &str) -> Result<Self, ManifestError> {
        let manifest: Self = serde_saphyr::from_str(yaml).map_err(Box::new)?;
        validate::manifest(&manifest)?;
        Ok(manifest)
    }

    /// The function of this name.
    pub fn function(&self, name: &str) -> Result<&Function, ManifestError> {
        self.functions
            .iter()
            .find(|function| function.name == name)
            .ok_or_else(|| ManifestError::Unknown(name.to_owned()))
    }
}

#[cfg(test)]
mod tests;
