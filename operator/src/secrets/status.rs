//! `secrets status`: which version of each secret counts, how old it is, and which one is in use.

use chrono::{DateTime, TimeDelta, Utc};
use service_chassis::runtime::manifest::Manifest;

use super::{
    Parameters, SecretsError,
    instances::{Instances, Use},
    parameters::Version,
};
use crate::output::Output;

/// One secret of the manifest.
#[derive(Debug)]
pub struct Standing {
    /// Its path.
    pub path: String,
    /// Whose it is; public keys are nobody's own.
    pub owner: Option<String>,
    /// Its labelled versions, oldest first.
    pub labelled: Vec<Version>,
}

impl Standing {
    /// The version that counts.
    pub fn current(&self) -> Option<&Version> {
        self.labelled.iter().find(|version| version.labels.iter().any(|label| label == "current"))
    }
}

/// All secrets of the manifest, public keys included.
pub async fn standing(manifest: &Manifest, parameters: &Parameters) -> Result<Vec<Standing>, SecretsError> {
    let mut all = Vec::new();
    for function in &manifest.functions {
        for name in &function.secrets {
            let owner = Some(function.name.clone());
            all.push(of(parameters, parameters.path(&function.name, name), owner).await?);
            if name == "internal-key" {
                all.push(of(parameters, parameters.public_keys_path(&function.name), None).await?);
            }
        }
    }
    Ok(all)
}

async fn of(parameters: &Parameters, path: String, owner: Option<String>) -> Result<Standing, SecretsError> {
    let mut labelled = parameters.versions(&path).await?;
    labelled.retain(|version| !version.labels.is_empty());
    Ok(Standing { path, owner, labelled })
}

/// One line for each labelled version: path, version, labels, age; then one for each instance whose
/// address is known: path, version, `in use` or what is wrong, instance. False when a secret has no
/// current version, or an instance does not use it.
pub async fn run(
    manifest: &Manifest,
    parameters: &Parameters,
    instances: &Instances,
    now: DateTime<Utc>,
    output: &mut Output,
) -> Result<bool, SecretsError> {
    let mut complete = true;
    for secret in standing(manifest, parameters).await? {
        for version in &secret.labelled {
            let age = version.written.map_or_else(|| "?".to_owned(), |written| age(now - written));
            let labels = version.labels.join(",");
            output.line(format_args!("{}\tv{}\t{labels}\t{age}", secret.path, version.version))?;
        }
        let Some(current) = secret.current() else {
            complete = false;
            output.line(format_args!("{}\t-\tmissing\t-", secret.path))?;
            continue;
        };
        for found in uses(&secret, instances).await {
            complete &= found.version == Ok(current.version) && found.refused.is_none();
            output.line(format_args!("{}\t{}", secret.path, told(&found)))?;
        }
    }
    Ok(complete)
}

/// What the instances say of a secret; of public keys, which nobody owns, nothing.
pub async fn uses(secret: &Standing, instances: &Instances) -> Vec<Use> {
    match &secret.owner {
        Some(owner) => instances.uses(owner, &secret.path).await,
        None => Vec::new(),
    }
}

fn told(found: &Use) -> String {
    match (&found.version, found.refused) {
        (Ok(version), None) => format!("v{version}\tin use\t{}", found.instance),
        (Ok(version), Some(refused)) => {
            format!("v{version}\tin use, because v{refused} does not work\t{}", found.instance)
        }
        (Err(reason), _) => format!("-\t{reason}\t{}", found.instance),
    }
}

/// An age in its largest sensible unit.
pub fn age(age: TimeDelta) -> String {
    match (age.num_days(), age.num_hours(), age.num_minutes()) {
        (days, _, _) if days >= 2 => format!("{days} d"),
        (_, hours, _) if hours >= 2 => format!("{hours} h"),
        (_, _, minutes) if minutes >= 2 => format!("{minutes} min"),
        _ => format!("{} s", age.num_seconds().max(0)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_largest_sensible_unit() {
        assert_eq!(age(TimeDelta::seconds(-3)), "0 s");
        assert_eq!(age(TimeDelta::seconds(119)), "119 s");
        assert_eq!(age(TimeDelta::minutes(119)), "119 min");
        assert_eq!(age(TimeDelta::hours(47)), "47 h");
        assert_eq!(age(TimeDelta::days(90)), "90 d");
    }
}
