//! Settings of measurement, and the names of its secrets.
//!
//! Secrets under `/packytrace/{env}/measurement/`: `database`, `kafka`, `internal-key`,
//! `pseudonym-key`.

use base64::{Engine, prelude::BASE64_STANDARD};
use clap::Args;
use serde::Deserialize;

use crate::domain::{parameters::Parameters, pseudonym::Pseudonyms};

/// One field, one setting. They may promise more than people were told, never less: what breaks the
/// promise keeps the function from starting.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// ε of a window: 2 at most.
    #[arg(long, env = "PRIVACY_EPSILON", default_value = "2")]
    pub epsilon: String,

    /// δ of a window: 0.000001 at most.
    #[arg(long, env = "PRIVACY_DELTA", default_value = "0.000001")]
    pub delta: String,

    /// Scale of the noise: `PRIVACY_MAX_GROUPS` / `PRIVACY_EPSILON` at least.
    #[arg(long, env = "PRIVACY_NOISE_SCALE", default_value = "2")]
    pub noise_scale: String,

    /// Groups of product and metric in which one person counts at most.
    #[arg(long, env = "PRIVACY_MAX_GROUPS", default_value_t = 4)]
    pub max_groups: u32,

    /// A group of fewer persons is never shown: 10 at least.
    #[arg(long, env = "PRIVACY_MIN_PERSONS", default_value_t = 10)]
    pub min_persons: u32,

    /// A number below this, noise included, is not shown; the lowest that holds follows from the others.
    #[arg(long, env = "PRIVACY_RELEASE_THRESHOLD", default_value_t = 40)]
    pub release_threshold: u32,
}

impl Config {
    /// The parameters, unchecked.
    pub fn parameters(&self) -> Parameters {
        Parameters {
            epsilon: self.epsilon.clone(),
            delta: self.delta.clone(),
            scale: self.noise_scale.clone(),
            max_groups: self.max_groups,
            min_persons: self.min_persons,
            release_threshold: self.release_threshold,
        }
    }
}

/// The secret `pseudonym-key`. It has no second one beside it: another key would cut every link.
#[derive(Deserialize)]
pub struct PseudonymKey {
    /// Base64 of 32 bytes.
    key: String,
}

/// The secret is no key.
#[derive(Debug, thiserror::Error)]
#[error("the secret pseudonym-key is no base64 of 32 bytes")]
pub struct NoKey;

impl PseudonymKey {
    /// What gives pseudonyms under this key.
    pub fn pseudonyms(&self) -> Result<Pseudonyms, NoKey> {
        let bytes = BASE64_STANDARD.decode(&self.key).map_err(|_| NoKey)?;
        Ok(Pseudonyms::under(bytes.as_slice().try_into().map_err(|_| NoKey)?))
    }
}

#[cfg(test)]
mod tests {
    use service_chassis::settings;

    use super::*;

    #[test]
    fn every_setting_has_a_variable_and_a_sentence_and_the_defaults_keep_the_promise() {
        let described = settings::describe::<Config>();
        assert_eq!(described.len(), 6);
        for (variable, default, help) in described {
            assert!(!help.is_empty() && default.is_some(), "{variable} is not documented");
        }
        let config: Config = settings::read("measurement").unwrap();
        assert_eq!(config.parameters(), Parameters::default());
        assert!(config.parameters().check().is_ok());
    }

    #[test]
    fn a_key_has_32_bytes() {
        let key = |text: &str| PseudonymKey { key: text.to_owned() }.pseudonyms().is_ok();
        assert!(key("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
        assert!(!key("AAAA") && !key("not base64"));
    }
}
