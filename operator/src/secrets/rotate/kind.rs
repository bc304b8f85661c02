//! The kinds of secrets, and which of them are made anew.

use std::{fmt, str::FromStr};

/// A kind of secret that can be rotated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A function's login at Postgres.
    Database,
    /// A function's user at the broker.
    Kafka,
    /// The key of a function's internal tokens.
    InternalKey,
    /// The keys of visitors' cookies.
    VisitorKeys,
    /// The keys that Health Profiles are sealed with.
    ProfileKeys,
    /// The keys that exports are sealed with.
    ExportKeys,
    /// The keys of Identity's client at Keycloak.
    KeycloakClient,
    /// The key that signs revisions of passports.
    SigningKey,
}

/// Why a kind is not rotated.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum NotRotated {
    /// It must last.
    #[error("{kind} is not rotated: {reason}")]
    Lasting {
        /// Its name.
        kind: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// There is none.
    #[error(
        "{0:?} is no kind of secret; there are database, kafka, internal-key, visitor-keys, profile-keys, \
         export-keys, keycloak-client, signing-key, and `all`"
    )]
    Unknown(String),
}

impl Kind {
    /// All of them, in the order in which `all` takes them.
    pub const ALL: [Self; 8] = [
        Self::Database,
        Self::Kafka,
        Self::InternalKey,
        Self::VisitorKeys,
        Self::ProfileKeys,
        Self::ExportKeys,
        Self::KeycloakClient,
        Self::SigningKey,
    ];

    /// Its name in the manifest and in the parameter store.
    pub fn name(self) -> &'static str {
        match self {
            Self::Database => "database",
            Self::Kafka => "kafka",
            Self::InternalKey => "internal-key",
            Self::VisitorKeys => "visitor-keys",
            Self::ProfileKeys => "profile-keys",
            Self::ExportKeys => "export-keys",
            Self::KeycloakClient => "keycloak-client",
            Self::SigningKey => "signing-key",
        }
    }
}

impl FromStr for Kind {
    type Err = NotRotated;

    fn from_str(name: &str) -> Result<Self, NotRotated> {
        let lasting = |kind, reason| NotRotated::Lasting { kind, reason };
        match name {
            "pseudonym-key" => Err(lasting(
                "pseudonym-key",
                "a person's pseudonym must stay what it is: by it contributions of one person are bounded \
                 across windows, and the proof of an erasure is found again",
            )),
            "vapid-key" => Err(lasting(
                "vapid-key",
                "browsers subscribe with its public half (RFC 8292), and a push service refuses messages \
                 signed by any other: a new one would silence every device until its owner comes back",
            )),
            _ => Self::ALL
                .into_iter()
                .find(|kind| kind.name() == name)
                .ok_or_else(|| NotRotated::Unknown(name.to_owned())),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use service_chassis::runtime::manifest::Manifest;

    use super::*;

    #[test]
    fn every_secret_of_the_manifest_is_rotated_or_has_a_reason() {
        for function in Manifest::embedded().unwrap().functions {
            for name in &function.secrets {
                match name.parse::<Kind>() {
                    Ok(kind) => assert_eq!(kind.name(), name),
                    Err(reason) => assert!(matches!(reason, NotRotated::Lasting { .. }), "{reason}"),
                }
            }
        }
    }

    #[test]
    fn a_kind_that_is_none_is_told_those_that_are() {
        let told = "passwords".parse::<Kind>().unwrap_err().to_string();
        assert!(Kind::ALL.iter().all(|kind| told.contains(kind.name())), "{told}");
    }
}
