//! Work that takes longer than an answer: it is begun, and asked after.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Answer to who began a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobStarted {
    /// Where to ask: `GET /api/v1/jobs/{job_id}`.
    pub job_id: Uuid,
}

/// How far a job is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Job {
    /// Whether it is over.
    pub state: JobState,
    /// Steps done.
    pub done: i64,
    /// Steps in all, as far as known.
    pub total: i64,
    /// What could not be done.
    pub errors: Vec<LineError>,
    /// Where the result is, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result_url: Option<String>,
}

/// Whether a job is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobState {
    /// It is being worked on.
    Running,
    /// It is done, with the errors that it names.
    Done,
    /// It cannot be done.
    Failed,
}

/// One thing that could not be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineError {
    /// Line of the input, from 1; 0 where there are no lines.
    pub line: i64,
    /// One sentence for the person who asked.
    pub detail: String,
}
