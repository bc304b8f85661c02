//! Settings of personalization, and the names of its secrets.
//!
//! Secrets under `/packytrace/{env}/personalization/`: `database`, `kafka`, `internal-key`,
//! `profile-keys` (wrap the data keys of Health Profiles).

use std::time::Duration;

use clap::Args;

/// One field, one setting.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Address of identity.
    #[arg(long, env = "IDENTITY_URL")]
    pub identity_url: String,

    /// Milliseconds that Identity gets to say whether there is consent, before a profile is stored.
    #[arg(long, env = "CONSENT_TIMEOUT_MS", default_value_t = 1_500)]
    pub consent_timeout_ms: u64,

    /// The same before a verdict, which has less time itself.
    #[arg(long, env = "CONSENT_TIMEOUT_OF_VERDICTS_MS", default_value_t = 200)]
    pub consent_timeout_of_verdicts_ms: u64,
}

impl Config {
    /// How long Identity gets before a profile is stored.
    pub fn consent_timeout(&self) -> Duration {
        Duration::from_millis(self.consent_timeout_ms)
    }

    /// How long Identity gets before a verdict.
    pub fn consent_timeout_of_verdicts(&self) -> Duration {
        Duration::from_millis(self.consent_timeout_of_verdicts_ms)
    }
}

#[cfg(test)]
mod tests {
    use service_chassis::settings;

    use super::*;

    #[test]
    fn every_setting_has_a_variable_and_a_sentence() {
        let settings = settings::describe::<Config>();
        assert_eq!(settings.len(), 3);
        for (variable, _, help) in settings {
            assert!(!help.is_empty(), "{variable} is not documented");
        }
    }
}
