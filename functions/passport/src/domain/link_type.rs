//! Types of links: names of the GS1 Web vocabulary in all their spellings, and addresses of others.

use std::fmt;

/// Where the GS1 Web vocabulary lives (GS1-Conformant Resolver 1.2.1, section 2.14).
pub const NAMESPACE: &str = "https://ref.gs1.org/voc/";
/// How `gs1:` may be written out, and its prefix. All of them mean the same.
const SPELLINGS: [&str; 7] = [
    "gs1:",
    NAMESPACE,
    "https://gs1.org/voc/",
    "https://www.gs1.org/voc/",
    "http://ref.gs1.org/voc/",
    "http://gs1.org/voc/",
    "http://www.gs1.org/voc/",
];

/// The type of a link.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LinkType {
    /// A name of the GS1 Web vocabulary, without its namespace.
    Gs1(String),
    /// The address of a type that somebody else defines.
    Other(String),
}

impl LinkType {
    /// Where requests lead that ask for nothing in particular.
    pub const DEFAULT: &str = "defaultLink";
    /// Where they lead instead when they match the link's language, media type or context.
    pub const DEFAULT_MULTI: &str = "defaultLinkMulti";

    /// A name of the GS1 Web vocabulary.
    pub fn gs1(name: &str) -> Self {
        Self::Gs1(name.to_owned())
    }

    /// Reads a type in any spelling. A name without prefix is GS1's: it is the vocabulary that a
    /// GS1-Conformant Resolver always knows.
    pub fn read(text: &str) -> Self {
        let of_gs1 = SPELLINGS.iter().find_map(|spelling| text.strip_prefix(spelling));
        match of_gs1 {
            Some(name) => Self::gs1(name),
            None if text.contains(':') => Self::Other(text.to_owned()),
            None => Self::gs1(text),
        }
    }

    /// Whether it is this name of the GS1 Web vocabulary.
    pub fn is_gs1(&self, name: &str) -> bool {
        matches!(self, Self::Gs1(own) if own.eq_ignore_ascii_case(name))
    }

    /// Whether both are one type; names of vocabularies are typed by people, in any case.
    pub fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Gs1(one), Self::Gs1(two)) => one.eq_ignore_ascii_case(two),
            (one, two) => one == two,
        }
    }

    /// The whole address: the name of the type's links in a linkset.
    pub fn uri(&self) -> String {
        match self {
            Self::Gs1(name) => format!("{NAMESPACE}{name}"),
            Self::Other(uri) => uri.clone(),
        }
    }

    /// Whether a linkset may have it: GS1's schema 1.2.1 allows letters, digits, dots and slashes.
    pub fn may_be_published(&self) -> bool {
        let plain = |text: &str, also: &[u8]| {
            !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || also.contains(&byte))
        };
        match self {
            Self::Gs1(name) => plain(name, b""),
            Self::Other(uri) => {
                let rest = uri.strip_prefix("https://").or_else(|| uri.strip_prefix("http://"));
                rest.is_some_and(|rest| plain(rest, b"./_"))
            }
        }
    }
}

/// As people write it: `gs1:pip`.
impl fmt::Display for LinkType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gs1(name) => write!(f, "gs1:{name}"),
            Self::Other(uri) => f.write_str(uri),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_gs1_type_is_one() {
        for prefix in SPELLINGS.into_iter().chain([""]) {
            let read = LinkType::read(&format!("{prefix}pip"));
            assert_eq!(read, LinkType::gs1("pip"), "{prefix}");
            assert_eq!(read.uri(), "https://ref.gs1.org/voc/pip");
            assert_eq!(read.to_string(), "gs1:pip");
        }
        assert!(LinkType::read("gs1:NutritionalInfo").is(&LinkType::gs1("nutritionalInfo")));
        assert!(!LinkType::read("gs1:pip").is(&LinkType::gs1("epil")));
    }

    #[test]
    fn a_type_of_another_vocabulary_keeps_its_address() {
        let other = LinkType::read("https://example.org/voc/warranty");
        assert_eq!(other.uri(), "https://example.org/voc/warranty");
        assert!(!other.is_gs1("warranty"));
    }

    #[test]
    fn what_the_schema_of_linksets_does_not_allow_is_not_published() {
        for (text, may) in [
            ("gs1:pip", true),
            ("https://example.org/voc/warranty/1", true),
            ("gs1:", false),
            ("gs1:pip info", false),
            ("https://example.org/voc-1/warranty", false),
            ("https://example.org/voc#warranty", false),
            ("schema:Recipe", false),
            ("javascript:alert", false),
        ] {
            assert_eq!(LinkType::read(text).may_be_published(), may, "{text}");
        }
    }
}
