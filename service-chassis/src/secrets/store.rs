//! Where values come from: SSM Parameter Store, or what an invocation by hand brings along.

use std::{collections::HashMap, time::Duration};

use tokio::time::timeout;

use super::SecretError;

/// How long one read may take before the last good value is used.
const BUDGET: Duration = Duration::from_secs(2);

/// The version that counts.
pub(super) const CURRENT: &str = "current";
/// The one before, as long as it still works.
pub(super) const PREVIOUS: &str = "previous";

/// Given values, by full path, stand before those of the store, if there is one.
pub(super) struct Source {
    pub(super) given: HashMap<String, String>,
    pub(super) store: Option<aws_sdk_ssm::Client>,
}

/// A value and its version.
pub(super) type Found = (String, i64);

impl Source {
    /// The version of `path` that has this label.
    pub(super) async fn read(&self, path: &str, label: &str) -> Result<Found, SecretError> {
        match (self.given.get(path), &self.store) {
            (Some(value), _) => Ok((value.clone(), 1)),
            (None, Some(client)) => timeout(BUDGET, parameter(client, path, label))
                .await
                .unwrap_or_else(|_| Err(unreachable(path, "no answer in time"))),
            (None, None) => Err(SecretError::Missing { path: path.to_owned() }),
        }
    }
}

async fn parameter(client: &aws_sdk_ssm::Client, path: &str, label: &str) -> Result<Found, SecretError> {
    let answer = client.get_parameter().name(format!("{path}:{label}")).with_decryption(true).send().await;
    match answer {
        Ok(answer) => {
            let parameter =
                answer.parameter.ok_or_else(|| unreachable(path, "an answer without a parameter"))?;
            let value = parameter.value.ok_or_else(|| unreachable(path, "a parameter without a value"))?;
            Ok((value, parameter.version))
        }
        Err(error) => match error.as_service_error() {
            Some(refused) if refused.is_parameter_not_found() || refused.is_parameter_version_not_found() => {
                Err(SecretError::Missing { path: path.to_owned() })
            }
            _ => Err(unreachable(path, &aws_sdk_ssm::error::DisplayErrorContext(&error).to_string())),
        },
    }
}

fn unreachable(path: &str, reason: &str) -> SecretError {
    SecretError::Unreachable { path: path.to_owned(), reason: reason.to_owned() }
}
