//! Who is to be erased, and who has to confirm it.

use uuid::Uuid;

/// The place of credentials, which confirms like a service.
pub const KEYCLOAK: &str = "keycloak";

/// A person whose data goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    /// Everybody who has to confirm: the services that hear of it, and Keycloak where there are
    /// credentials.
    pub fn confirmers(self, services: &[String]) -> Vec<String> {
        let keycloak = matches!(self, Self::Account(_)).then(|| KEYCLOAK.to_owned());
        services.iter().cloned().chain(keycloak).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keycloak_confirms_for_accounts_only() {
        let services = ["passport".to_owned()];
        assert_eq!(Subject::Account(Uuid::nil()).confirmers(&services), ["passport", "keycloak"]);
        assert_eq!(Subject::Visitor(Uuid::nil()).confirmers(&services), ["passport"]);
    }
}
