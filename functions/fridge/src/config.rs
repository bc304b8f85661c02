//! Settings of fridge, and the names of its secrets.
//!
//! Secrets under `/packytrace/{env}/fridge/`: `database`, `kafka`, `internal-key`, `vapid-key`.

use clap::Args;

use crate::domain::dates::Soon;

/// One field, one setting.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Public address of the web app, without a slash at its end.
    #[arg(long, env = "PUBLIC_URL", default_value = "http://localhost:8080")]
    pub public_url: String,

    /// Address of passport.
    #[arg(long, env = "PASSPORT_URL")]
    pub passport_url: String,

    /// Address of identity.
    #[arg(long, env = "IDENTITY_URL")]
    pub identity_url: String,

    /// Days before a use-by date from which it is soon.
    #[arg(long, env = "SOON_USE_BY_DAYS", default_value_t = 3)]
    pub soon_use_by_days: i64,

    /// Days before any other date from which it is soon.
    #[arg(long, env = "SOON_BEST_BEFORE_DAYS", default_value_t = 5)]
    pub soon_best_before_days: i64,

    /// Local hour from which nobody is told of dates any more; recalls are told at once.
    #[arg(long, env = "QUIET_FROM_HOUR", default_value_t = 21, value_parser = clap::value_parser!(u32).range(0..=24))]
    pub quiet_from_hour: u32,

    /// Local hour from which the day's digest is sent.
    #[arg(long, env = "QUIET_UNTIL_HOUR", default_value_t = 8, value_parser = clap::value_parser!(u32).range(0..=24))]
    pub quiet_until_hour: u32,

    /// Hosts of push services, joined by commas; `*.` stands for one or more labels.
    #[arg(
        long,
        env = "PUSH_HOSTS",
        value_delimiter = ',',
        default_value = "fcm.googleapis.com,updates.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com"
    )]
    pub push_hosts: Vec<String>,

    /// Whom a push service asks about our messages: a `mailto:` or `https:` address (RFC 8292).
    #[arg(long, env = "PUSH_CONTACT", default_value = "mailto:operator@packytrace.invalid")]
    pub push_contact: String,
}

impl Config {
    /// What counts as soon.
    pub fn soon(&self) -> Soon {
        Soon { use_by: self.soon_use_by_days, best_before: self.soon_best_before_days }
    }
}

#[cfg(test)]
mod tests {
    use service_chassis::settings;

    use super::*;

    #[test]
    fn every_setting_has_a_variable_and_a_sentence() {
        let settings = settings::describe::<Config>();
        assert_eq!(settings.len(), 9);
        for (variable, _, help) in settings {
            assert!(!help.is_empty(), "{variable} is not documented");
        }
    }
}
