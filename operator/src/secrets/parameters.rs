//! The parameter store: versions of `SecureString` parameters, and the labels that say which one
//! counts. A version is written first and labelled when everything else is in place, so that a run
//! that was stopped in between is simply run again.

use aws_sdk_ssm::{
    Client, error::SdkError, operation::get_parameter_history::GetParameterHistoryError, types::ParameterType,
};
use chrono::{DateTime, Utc};
use serde::{Serialize, de::DeserializeOwned};

use super::SecretsError;
use crate::output::told;

/// The label of the version that counts.
pub const CURRENT: &str = "current";
/// The label of the version that counts next, while a rotation prepares it.
pub const NEXT: &str = "next";
/// The label of the version that counted before, while it still works.
pub const PREVIOUS: &str = "previous";

/// The secrets of one environment.
#[derive(Clone)]
pub struct Parameters {
    client: Client,
    environment: String,
}

/// A version with its value.
pub struct Parameter {
    /// Counted by the store, from 1.
    pub version: i64,
    value: String,
}

/// A version without its value.
#[derive(Clone, Debug)]
pub struct Version {
    /// Counted by the store, from 1.
    pub version: i64,
    /// Its labels.
    pub labels: Vec<String>,
    /// When it was written.
    pub written: Option<DateTime<Utc>>,
}

/// A secret that is in the store, and whether its version counts already.
pub struct Prepared {
    /// Where.
    pub path: String,
    /// The version.
    pub parameter: Parameter,
    /// False until [`Parameters::finish`].
    pub is_current: bool,
}

impl Parameter {
    /// The value.
    ///
    /// # Errors
    /// [`SecretsError::Malformed`], which names the path only.
    pub fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, SecretsError> {
        serde_json::from_str(&self.value).map_err(|_| SecretsError::Malformed(path.to_owned()))
    }
}

impl Parameters {
    /// The secrets of `environment` in the store that the client talks to.
    pub fn new(client: Client, environment: &str) -> Self {
        Self { client, environment: environment.to_owned() }
    }

    /// The path of a function's own secret.
    pub fn path(&self, function: &str, name: &str) -> String {
        format!("/packytrace/{}/{function}/{name}", self.environment)
    }

    /// The path of a function's public keys, which all functions read.
    pub fn public_keys_path(&self, function: &str) -> String {
        format!("/packytrace/{}/shared/internal-keys/{function}", self.environment)
    }

    /// The version that counts.
    pub async fn current(&self, path: &str) -> Result<Option<Parameter>, SecretsError> {
        self.labelled(path, CURRENT).await
    }

    /// The version with a label.
    pub async fn labelled(&self, path: &str, label: &str) -> Result<Option<Parameter>, SecretsError> {
        self.read(path, &format!("{path}:{label}")).await
    }

    /// Sees to it that there is a version: the current one, else the newest (an earlier run was
    /// stopped before it counted), else a new one with the value of `make`.
    pub async fn prepare<T: Serialize>(
        &self,
        path: String,
        make: impl FnOnce() -> Result<T, SecretsError>,
    ) -> Result<Prepared, SecretsError> {
        if let Some(parameter) = self.current(&path).await? {
            return Ok(Prepared { path, parameter, is_current: true });
        }
        let parameter = match self.read(&path, &path).await? {
            Some(newest) => newest,
            None => self.write(&path, &make()?).await?,
        };
        Ok(Prepared { path, parameter, is_current: false })
    }

    /// Makes a prepared version count.
    pub async fn finish(&self, prepared: &Prepared) -> Result<(), SecretsError> {
        if prepared.is_current {
            Ok(())
        } else {
            self.make_current(&prepared.path, prepared.parameter.version).await
        }
    }

    /// Writes another version, which does not count yet.
    pub async fn write<T: Serialize>(&self, path: &str, value: &T) -> Result<Parameter, SecretsError> {
        let value = serde_json::to_string(value).map_err(|_| SecretsError::Malformed(path.to_owned()))?;
        self.write_text(path, value).await
    }

    /// Writes another version, as text, which does not count yet.
    pub async fn write_text(&self, path: &str, value: String) -> Result<Parameter, SecretsError> {
        let answer = self
            .client
            .put_parameter()
            .name(path)
            .value(&value)
            .r#type(ParameterType::SecureString)
            .overwrite(true)
            .send()
            .await
            .map_err(|error| refused(path, &error))?;
        Ok(Parameter { version: answer.version, value })
    }

    /// Moves the label `current` to a version.
    pub async fn make_current(&self, path: &str, version: i64) -> Result<(), SecretsError> {
        self.label(path, version, CURRENT).await
    }

    /// Takes a label away from a version, which may not have it.
    pub async fn unlabel(&self, path: &str, version: i64, label: &str) -> Result<(), SecretsError> {
        self.client
            .unlabel_parameter_version()
            .name(path)
            .parameter_version(version)
            .labels(label)
            .send()
            .await
            .map_err(|error| refused(path, &error))?;
        Ok(())
    }

    /// Takes a label away from a version that may have it, if there is one.
    pub async fn unlabel_if(
        &self,
        path: &str,
        version: Option<&Parameter>,
        label: &str,
    ) -> Result<(), SecretsError> {
        match version {
            Some(version) => self.unlabel(path, version.version, label).await,
            None => Ok(()),
        }
    }

    /// Moves a label to a version.
    pub async fn label(&self, path: &str, version: i64, label: &str) -> Result<(), SecretsError> {
        self.client
            .label_parameter_version()
            .name(path)
            .parameter_version(version)
            .labels(label)
            .send()
            .await
            .map_err(|error| refused(path, &error))?;
        Ok(())
    }

    /// All versions, oldest first; none when there is no such parameter.
    pub async fn versions(&self, path: &str) -> Result<Vec<Version>, SecretsError> {
        let mut pages = self.client.get_parameter_history().name(path).into_paginator().send();
        let mut versions = Vec::new();
        while let Some(page) = pages.next().await {
            match page {
                Ok(page) => versions.extend(page.parameters.unwrap_or_default().into_iter().map(|found| {
                    Version {
                        version: found.version,
                        labels: found.labels.unwrap_or_default(),
                        written: found
                            .last_modified_date
                            .and_then(|at| DateTime::from_timestamp(at.secs(), at.subsec_nanos())),
                    }
                })),
                Err(error)
                    if error
                        .as_service_error()
                        .is_some_and(GetParameterHistoryError::is_parameter_not_found) =>
                {
                    break;
                }
                Err(error) => return Err(refused(path, &error)),
            }
        }
        versions.sort_by_key(|version| version.version);
        Ok(versions)
    }

    async fn read(&self, path: &str, name: &str) -> Result<Option<Parameter>, SecretsError> {
        let answer = self.client.get_parameter().name(name).with_decryption(true).send().await;
        let found = match answer {
            Ok(answer) => answer.parameter,
            Err(error) => match error.as_service_error() {
                Some(refusal)
                    if refusal.is_parameter_not_found() || refusal.is_parameter_version_not_found() =>
                {
                    None
                }
                _ => return Err(refused(path, &error)),
            },
        };
        Ok(found.and_then(|found| Some(Parameter { version: found.version, value: found.value? })))
    }
}

fn refused<E, R>(path: &str, error: &SdkError<E, R>) -> SecretsError
where
    E: std::error::Error + 'static,
    R: std::fmt::Debug + 'static,
{
    SecretsError::Store { path: path.to_owned(), reason: told(error) }
}
