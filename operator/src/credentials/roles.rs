//! The roles, assumed at STS when somebody asks for them, and kept until shortly before they expire.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_config::{BehaviorVersion, sts::AssumeRoleProvider};
use aws_sdk_ssm::{config::ProvideCredentials, error::DisplayErrorContext};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use service_chassis::clock::Clock;
use tokio::sync::Mutex;

/// How long credentials hold: the most that a role allows by default.
const SESSION: Duration = Duration::from_hours(1);
/// Credentials that end sooner are not handed out any more. SDKs ask again some minutes before the
/// end, and would otherwise get the same again.
const MARGIN: Duration = Duration::from_mins(10);

/// Why there are no credentials of a role.
#[derive(Debug, thiserror::Error)]
pub enum RolesError {
    /// There is no such name.
    #[error("no role has this name")]
    Unknown,
    /// STS refuses or does not answer.
    #[error("STS does not give the role: {0}")]
    Refused(String),
    /// What STS gave never ends, so it is not what we asked for.
    #[error("STS gave credentials without an end")]
    Endless,
}

/// Temporary credentials in the form that SDKs read.
#[derive(Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Temporary {
    access_key_id: String,
    secret_access_key: String,
    token: String,
    expiration: String,
    role_arn: String,
    #[serde(skip)]
    ends: DateTime<Utc>,
}

/// Every role that may be asked for.
#[derive(Clone)]
pub struct Roles(Arc<Inner>);

struct Inner {
    roles: HashMap<String, Role>,
    clock: Clock,
}

struct Role {
    arn: String,
    provider: AssumeRoleProvider,
    /// One at a time asks STS; the others wait for what it gets.
    kept: Mutex<Option<Temporary>>,
}

impl Roles {
    /// The roles `<prefix><name>`, assumed with the credentials that this process has itself: on a
    /// host those of the instance.
    pub async fn of(names: &[String], prefix: &str, clock: &Clock) -> Self {
        let config = aws_config::load_defaults(BehaviorVersion::latest()).await;
        let mut roles = HashMap::new();
        for name in names {
            let arn = format!("{prefix}{name}");
            let provider = AssumeRoleProvider::builder(&arn)
                .session_name(name)
                .session_length(SESSION)
                .configure(&config)
                .build()
                .await;
            roles.insert(name.clone(), Role { arn, provider, kept: Mutex::default() });
        }
        Self(Arc::new(Inner { roles, clock: clock.clone() }))
    }

    /// Whether there is a role of this name.
    pub fn know(&self, name: &str) -> bool {
        self.0.roles.contains_key(name)
    }

    /// Credentials of a role that hold for some minutes at least.
    ///
    /// # Errors
    /// When STS does not give them.
    pub async fn credentials(&self, name: &str) -> Result<Temporary, RolesError> {
        let role = self.0.roles.get(name).ok_or(RolesError::Unknown)?;
        let mut kept = role.kept.lock().await;
        let needed_until = self.0.clock.now() + MARGIN;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.ends > needed_until) {
            return Ok(kept.clone());
        }
        let fresh = role.assume().await?;
        *kept = Some(fresh.clone());
        Ok(fresh)
    }
}

impl Role {
    async fn assume(&self) -> Result<Temporary, RolesError> {
        let given = self.provider.provide_credentials().await;
        let given = given.map_err(|error| RolesError::Refused(DisplayErrorContext(&error).to_string()))?;
        let ends: SystemTime = given.expiry().ok_or(RolesError::Endless)?;
        let ends = DateTime::<Utc>::from(ends);
        Ok(Temporary {
            access_key_id: given.access_key_id().to_owned(),
            secret_access_key: given.secret_access_key().to_owned(),
            token: given.session_token().unwrap_or_default().to_owned(),
            expiration: ends.to_rfc3339_opts(SecondsFormat::Secs, true),
            role_arn: self.arn.clone(),
            ends,
        })
    }
}
