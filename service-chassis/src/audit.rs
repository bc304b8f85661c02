//! The audit log: security events as lines of the log with the target `audit`. A line names nobody:
//! ids are told by [`pseudonym`], and whoever may know an id finds its lines by the same digest.

use uuid::Uuid;

use crate::canonical;

/// Characters of a pseudonym: enough to tell people apart, too few to be an id.
const LENGTH: usize = 16;

/// What an audit line is about.
#[derive(Clone, Copy, Debug)]
pub enum Actor {
    /// Nobody in particular.
    Anybody,
    /// An account.
    Account(Uuid),
    /// A browser.
    Visitor(Uuid),
    /// Another function.
    Function,
}

/// Writes a line: what happened, by whom, and one word or name more, such as a reason or what it was
/// done to. `detail` must hold nothing that a person or a secret could be known by.
pub fn record(event: &'static str, by: Actor, detail: &str) {
    let actor = match by {
        Actor::Anybody => "anybody".to_owned(),
        Actor::Account(id) => format!("account:{}", pseudonym(id)),
        Actor::Visitor(id) => format!("visitor:{}", pseudonym(id)),
        Actor::Function => "function".to_owned(),
    };
    metrics::counter!("security_events_total", "event" => event).increment(1);
    tracing::info!(target: "audit", event, actor, detail, "security event");
}

/// What stands for an id in the audit log: the first 16 digits of the SHA-256 of its text.
pub fn pseudonym(id: Uuid) -> String {
    let mut digest = canonical::sha256_hex(id.to_string().as_bytes());
    digest.truncate(LENGTH);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_is_what_sha256sum_says_of_the_id() {
        assert_eq!(pseudonym(Uuid::nil()), "12b9377cbe7e5c94");
    }
}
