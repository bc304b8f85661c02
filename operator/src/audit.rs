//! What the operator did, as lines of the form that the functions' audit log has.

use std::{fs::OpenOptions, io, io::Write, os::unix::fs::OpenOptionsExt, path::PathBuf};

use chrono::{DateTime, Utc};
use serde_json::json;

/// The audit log could not be written.
#[derive(Debug, thiserror::Error)]
#[error("the audit log {path} cannot be written")]
pub struct AuditError {
    path: PathBuf,
    source: io::Error,
}

/// Appends a line to `file`: which command ended, and how. Arguments are left out: some name people.
pub fn record(file: &PathBuf, command: &str, outcome: &str, now: DateTime<Utc>) -> Result<(), AuditError> {
    let line = json!({
        "timestamp": now, "level": "INFO", "target": "audit", "event": "operator_command",
        "actor": "operator", "detail": format!("{command} {outcome}"), "message": "security event",
    });
    let opened = OpenOptions::new().create(true).append(true).mode(0o600).open(file);
    let written = opened.and_then(|mut file| writeln!(file, "{line}"));
    written.map_err(|source| AuditError { path: file.clone(), source })
}
