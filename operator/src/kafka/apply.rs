//! `kafka apply`: topics, then users, then what they may do.

use std::io;

use service_chassis::runtime::manifest::Manifest;

use super::{
    acls,
    broker::{Broker, KafkaError},
    topics::{self, Done},
    users,
};
use crate::{
    output::Output,
    secrets::{Parameters, SecretsError, shapes::Login},
    settings::KafkaAdmin,
};

/// Why the broker is not as it shall be.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The broker did not do it.
    #[error(transparent)]
    Kafka(#[from] KafkaError),
    /// The passwords of its users could not be read.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The answer could not be written.
    #[error(transparent)]
    Output(#[from] io::Error),
}

/// Brings the broker to what the manifest asks for. One line for each topic, user and changed rule.
pub async fn run(
    manifest: &Manifest,
    admin: &KafkaAdmin,
    parameters: &Parameters,
    partitions: i32,
    output: &mut Output,
) -> Result<(), ApplyError> {
    let mut broker = Broker::connect(admin).await?;
    for topic in topics::wanted(manifest) {
        for done in topics::apply(&mut broker, &topic, partitions).await? {
            output.line(match done {
                Done::Made => format!("topic\tmade\t{}\t{partitions} partitions", topic.name),
                Done::Changed(setting) => format!("topic\tchanged\t{}\t{setting}", topic.name),
                Done::Kept => format!("topic\tkept\t{}", topic.name),
            })?;
        }
    }

    let logins = logins(manifest, parameters).await?;
    users::apply(&mut broker, &logins).await?;
    for login in &logins {
        output.line(format_args!("user\tset\t{}", login.username))?;
    }

    let changes = acls::apply(&mut broker, manifest).await?;
    for acl in &changes.made {
        output.line(format_args!("acl\tmade\t{acl}"))?;
    }
    for acl in &changes.removed {
        output.line(format_args!("acl\tremoved\t{acl}"))?;
    }
    Ok(output.tell(format_args!(
        "access rules: {} made, {} removed, {} kept",
        changes.made.len(),
        changes.removed.len(),
        changes.kept
    ))?)
}

/// The users of all functions: the current one of each, and the previous one while it still counts.
async fn logins(manifest: &Manifest, parameters: &Parameters) -> Result<Vec<Login>, SecretsError> {
    let mut logins: Vec<Login> = Vec::new();
    for function in
        manifest.functions.iter().filter(|function| function.secrets.iter().any(|name| name == "kafka"))
    {
        let path = parameters.path(&function.name, "kafka");
        let current = parameters.current(&path).await?.ok_or_else(|| SecretsError::Missing(path.clone()))?;
        logins.push(current.json(&path)?);
        if let Some(previous) = parameters.labelled(&path, "previous").await? {
            let previous: Login = previous.json(&path)?;
            // One request may not name a user twice, and the current password is the one that counts.
            if logins.iter().all(|login| login.username != previous.username) {
                logins.push(previous);
            }
        }
    }
    Ok(logins)
}
