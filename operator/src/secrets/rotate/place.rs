//! What a rotation works with, and how it waits for facts.

use std::{fmt, time::Duration};

use service_chassis::{
    clock::Clock,
    runtime::manifest::{Database, Function, Manifest},
};
use sqlx::PgConnection;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::RotateError;
use crate::{
    output::Output,
    postgres,
    secrets::{
        Parameters, SecretsError,
        instances::{Instances, Use},
    },
    settings::Settings,
    store::roles,
};

/// How often facts are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Where the statistics of sessions can be read.
const ADMIN_DATABASE: &str = "packytrace";

/// How long a rotation waits.
#[derive(Clone, Copy, Debug)]
pub struct Waits {
    /// For a fact, before the run stops; the next run goes on from there.
    pub patience: Duration,
    /// Instead of a report, where no instance can be asked: on Lambda.
    pub unseen: Option<Duration>,
}

/// Where a rotation works.
pub struct Place<'a> {
    /// Who has which secrets.
    pub manifest: &'a Manifest,
    /// The parameter store.
    pub parameters: Parameters,
    /// Addresses of servers.
    pub settings: &'a Settings,
    /// The running functions.
    pub instances: Instances,
    /// The time.
    pub clock: &'a Clock,
    /// How long it waits.
    pub waits: Waits,
}

/// Something that must be so before the next step.
#[derive(Clone, Debug)]
pub enum Fact {
    /// Every instance of the function uses this version of the secret.
    Reported {
        /// The function.
        function: String,
        /// The secret.
        path: String,
        /// The version.
        version: i64,
    },
    /// Nobody is logged in at Postgres as this any more.
    NoSession {
        /// The login.
        login: String,
    },
    /// So much time has passed since the wait began: whatever an old key has signed has run out.
    Expired(Duration),
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reported { function, path, version } => {
                write!(f, "{function} uses version {version} of {path}")
            }
            Self::NoSession { login } => write!(f, "no session of {login} is left"),
            Self::Expired(time) => write!(f, "{} s have passed, in which tokens run out", time.as_secs()),
        }
    }
}

impl Place<'_> {
    /// Every instance of the function uses this version.
    pub fn reported(&self, function: &str, path: &str, version: i64) -> Fact {
        Fact::Reported { function: function.to_owned(), path: path.to_owned(), version }
    }

    /// The version that instances of the function use because they refuse the current one.
    pub async fn kept(&self, function: &str, path: &str) -> Option<i64> {
        let uses = self.instances.uses(function, path).await;
        uses.into_iter().filter(|found| found.refused.is_some()).filter_map(|found| found.version.ok()).max()
    }

    /// The function's entry in the manifest.
    pub fn function(&self, name: &str) -> Result<&Function, RotateError> {
        self.manifest
            .functions
            .iter()
            .find(|function| function.name == name)
            .ok_or_else(|| RotateError::NoFunction(name.to_owned()))
    }

    /// The function's database.
    pub fn database(&self, function: &str) -> Result<&Database, RotateError> {
        let unknown = || SecretsError::Unknown { function: function.to_owned(), name: "database".to_owned() };
        Ok(self.function(function)?.database.as_ref().ok_or_else(unknown)?)
    }

    /// Postgres, as its superuser.
    pub async fn postgres(&self) -> Result<PgConnection, RotateError> {
        Ok(postgres::connect(self.settings.postgres_admin_url()?, ADMIN_DATABASE)
            .await
            .map_err(SecretsError::from)?)
    }

    /// Waits until all of it is so.
    pub async fn wait(&self, mut facts: Vec<Fact>, output: &mut Output) -> Result<(), RotateError> {
        let began = Instant::now();
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut told = 0;
        while !facts.is_empty() {
            looks.tick().await;
            let mut missing = Vec::new();
            let mut reasons = Vec::new();
            for fact in facts {
                if let Some(reason) = self.lacks(&fact, began.elapsed()).await? {
                    reasons.push(format!("waiting until {fact}: {reason}"));
                    missing.push(fact);
                }
            }
            facts = missing;
            if told != facts.len() {
                told = facts.len();
                reasons.iter().try_for_each(|reason| output.tell(reason))?;
            }
            if began.elapsed() > self.waits.patience && !facts.is_empty() {
                return Err(RotateError::Waited(reasons.join("; ")));
            }
        }
        Ok(())
    }

    /// Why a fact is none yet.
    async fn lacks(&self, fact: &Fact, waited: Duration) -> Result<Option<String>, RotateError> {
        match fact {
            Fact::Expired(time) => Ok((waited < *time).then(|| format!("{} s", waited.as_secs()))),
            Fact::NoSession { login } => {
                let sessions = roles::sessions(&mut self.postgres().await?, login).await;
                let sessions =
                    sessions.map_err(|source| SecretsError::Verifier { login: login.clone(), source })?;
                Ok((sessions > 0).then(|| format!("there are {sessions}")))
            }
            Fact::Reported { function, path, version } => {
                if !self.instances.are_known(function) {
                    let unseen =
                        self.waits.unseen.ok_or_else(|| RotateError::NoInstance(function.clone()))?;
                    let left = unseen.saturating_sub(waited);
                    return Ok((!left.is_zero()).then(|| format!("{} s to go", left.as_secs())));
                }
                let uses = self.instances.uses(function, path).await;
                Ok(uses.into_iter().find_map(|Use { instance, version: in_use, refused }| {
                    match (in_use, refused) {
                        (Ok(in_use), None) if in_use == *version => None,
                        (Ok(in_use), None) => Some(format!("{instance} uses version {in_use}")),
                        (Ok(in_use), Some(refused)) => {
                            Some(format!("{instance} uses version {in_use} and refuses version {refused}"))
                        }
                        (Err(reason), _) => Some(format!("{instance}: {reason}")),
                    }
                }))
            }
        }
    }
}
