//! What a registration must say, and the steps in which it may be interrupted.

/// Characters of a password; Keycloak's policy in the realm file says the same.
const PASSWORD: std::ops::RangeInclusive<usize> = 12..=128;
/// Longest address (RFC 5321, section 4.5.3.1.3).
const LONGEST_EMAIL: usize = 254;

/// Steps of a registration, in their order. Whatever process ends after one of them, the next try
/// ends in one Keycloak user and one account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The registration is noted, and Keycloak has not been asked.
    Noted,
    /// Keycloak has the user, and nobody here knows it.
    UserMade,
    /// Account, link and event are written and not committed.
    AccountWritten,
    /// All is done but the answer.
    Committed,
}

/// What a registration is answered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// 201 with the id; 409 where the address is taken.
    Plain,
    /// 202 in both cases, and a mail: nobody learns from the answer who has an account.
    Mail,
}

/// An address as Keycloak keeps it: lower case.
///
/// # Errors
/// A sentence, when it is no address.
pub fn email(given: &str) -> Result<String, &'static str> {
    const NONE: &str = "This is no e-mail address.";
    let (local, domain) = given.rsplit_once('@').ok_or(NONE)?;
    let printable = given.chars().all(|c| !c.is_whitespace() && !c.is_control());
    let labels = domain.split('.').all(|label| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    });
    let sound = printable && labels && (1..=64).contains(&local.len()) && given.len() <= LONGEST_EMAIL;
    let quiet = !local.contains(['@', '"', '<', '>', '(', ')', ',', ';', ':', '\\', '[', ']'])
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    if sound && quiet { Ok(given.to_lowercase()) } else { Err(NONE) }
}

/// Whether a password keeps the rules that can be told without Keycloak.
///
/// # Errors
/// A sentence that says which rule it breaks.
pub fn password(given: &str, email: &str) -> Result<(), &'static str> {
    let length = given.chars().count();
    if length < *PASSWORD.start() {
        return Err("A password has 12 characters at least.");
    }
    if length > *PASSWORD.end() {
        return Err("A password has 128 characters at most.");
    }
    if given.eq_ignore_ascii_case(email) {
        return Err("The e-mail address is no password.");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_kept_in_lower_case() {
        assert_eq!(email("Anna.Reads+x@Example.org").as_deref(), Ok("anna.reads+x@example.org"));
        for bad in [
            "",
            "anna",
            "@example.org",
            "anna@",
            "a b@example.org",
            "a@b@c.org",
            "a@-x.org",
            ".a@x.org",
            "a@x..org",
        ] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_password_is_long_enough_and_not_the_address() {
        assert!(password("reads labels", "anna@example.org").is_ok());
        assert!(password("äöüäöüäöüäöü", "anna@example.org").is_ok());
        assert!(password("short", "anna@example.org").is_err());
        assert!(password(&"x".repeat(129), "anna@example.org").is_err());
        assert!(password("ANNA@example.org", "anna@example.org").is_err());
    }
}
