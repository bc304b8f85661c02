//! Who is to be erased, and who has to confirm it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use service_chassis::audit::Actor;
use uuid::Uuid;

/// The place of credentials, which confirms like a service.
pub const KEYCLOAK: &str = "keycloak";

/// A person whose data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Subject {
    /// With an account.
    Account(Uuid),
    /// A browser without one.
    Visitor(Uuid),
}

impl Subject {
    /// The id that the erasure is announced and confirmed under.
    pub fn id(self) -> Uuid {
        match self {
            Self::Account(id) | Self::Visitor(id) => id,
        }
    }

    /// Who it is in the audit log.
    pub fn actor(self) -> Actor {
        match self {
            Self::Account(id) => Actor::Account(id),
            Self::Visitor(id) => Actor::Visitor(id),
        }
    }

    /// Everybody who has to confirm: the services that hear of it, and Keycloak where there are
    /// credentials.
    pub fn confirmers(self, services: &[String]) -> Vec<String> {
        let keycloak = matches!(self, Self::Account(_)).then(|| KEYCLOAK.to_owned());
        services.iter().cloned().chain(keycloak).collect()
    }
}

/// An erasure as the erasure log keeps it, off the database's host: what it takes to erase the same
/// person again from a database that comes out of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Logged {
    /// Its id.
    pub erasure_id: Uuid,
    /// Who.
    #[serde(flatten)]
    pub subject: Subject,
    /// The browsers that were theirs.
    pub visitor_ids: Vec<Uuid>,
    /// When.
    pub erased_at: DateTime<Utc>,
}

impl Logged {
    /// The name of its object in the log. Names sort as the times do.
    pub fn name(&self) -> String {
        format!("{}-{}.json", self.erased_at.format(NAME_TIME), self.erasure_id)
    }
}

/// What every name of an object before `moment` is less than.
pub fn names_before(moment: DateTime<Utc>) -> String {
    moment.format(NAME_TIME).to_string()
}

const NAME_TIME: &str = "%Y%m%dT%H%M%S%6fZ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logged_erasure_is_read_as_it_was_written() {
        let logged = Logged {
            erasure_id: Uuid::from_u128(1),
            subject: Subject::Visitor(Uuid::from_u128(2)),
            visitor_ids: vec![Uuid::from_u128(2)],
            erased_at: "2026-11-22T10:00:00.000042Z".parse().unwrap(),
        };
        let text = serde_json::to_string(&logged).unwrap();
        assert_eq!(serde_json::from_str::<Logged>(&text).unwrap(), logged);
        assert_eq!(logged.name(), "20261122T100000000042Z-00000000-0000-0000-0000-000000000001.json");
        assert!(logged.name() < names_before("2026-11-22T10:00:00.000043Z".parse().unwrap()));
        assert!(logged.name() > names_before(logged.erased_at));
    }

    #[test]
    fn keycloak_confirms_for_accounts_only() {
        let services = ["passport".to_owned()];
        assert_eq!(Subject::Account(Uuid::nil()).confirmers(&services), ["passport", "keycloak"]);
        assert_eq!(Subject::Visitor(Uuid::nil()).confirmers(&services), ["passport"]);
    }
}
