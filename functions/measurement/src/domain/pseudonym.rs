//! Whose fact it is, without saying who: a keyed hash of the id.

use aws_lc_rs::hmac;
use uuid::Uuid;

/// Somebody who does things: a browser or an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A browser's random id.
    Visitor(Uuid),
    /// An account.
    Account(Uuid),
}

/// What kind of somebody a pseudonym stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A browser.
    Visitor,
    /// An account.
    Account,
}

impl Kind {
    /// As in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Account => "account",
        }
    }
}

impl Subject {
    /// Of which kind it is.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Visitor(_) => Kind::Visitor,
            Self::Account(_) => Kind::Account,
        }
    }
}

/// HMAC-SHA-256 of a subject, the first 128 bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym(pub [u8; 16]);

impl Pseudonym {
    /// As the table holds it.
    pub fn read(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

/// Kept out of logs, like what it stands for.
impl std::fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pseudonym")
    }
}

/// Gives pseudonyms under the service's key.
#[derive(Clone)]
pub struct Pseudonyms(hmac::Key);

impl Pseudonyms {
    /// Under a key of 32 bytes.
    pub fn under(key: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, key))
    }

    /// The pseudonym of a subject. A visitor and an account of one id have two.
    pub fn of(&self, subject: Subject) -> Pseudonym {
        let (kind, id) = match subject {
            Subject::Visitor(id) => (b'v', id),
            Subject::Account(id) => (b'a', id),
        };
        let mut message = [kind; 17];
        message[1..].copy_from_slice(id.as_bytes());
        let tag = hmac::sign(&self.0, &message);
        let mut short = [0; 16];
        short.copy_from_slice(&tag.as_ref()[..16]);
        Pseudonym(short)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pseudonym_depends_on_id_kind_and_key() {
        let id = Uuid::from_u128(7);
        let ours = Pseudonyms::under(&[1; 32]);
        let of = |subject| ours.of(subject);
        assert_eq!(of(Subject::Visitor(id)), of(Subject::Visitor(id)));
        assert_ne!(of(Subject::Visitor(id)), of(Subject::Account(id)));
        assert_ne!(of(Subject::Visitor(id)), of(Subject::Visitor(Uuid::from_u128(8))));
        assert_ne!(of(Subject::Visitor(id)), Pseudonyms::under(&[2; 32]).of(Subject::Visitor(id)));
    }

    #[test]
    fn a_pseudonym_is_not_printed() {
        assert_eq!(format!("{:?}", Pseudonym([0xab; 16])), "Pseudonym");
    }
}
