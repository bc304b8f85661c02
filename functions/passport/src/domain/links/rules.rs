//! What a link document must be before it is kept, so that no request has to ask again.

use std::collections::HashSet;

use chrono::NaiveDate;
use shared_contracts::passport::{LinkDocument, LinkEntry, TypedLink};
use url::Url;

use super::{Entry, Level};
use crate::domain::{
    gs1::{self, Gtin},
    link_type::LinkType,
};

/// Longest target, in bytes: longer ones fit in no header.
const LONGEST_HREF: usize = 4_000;
/// Longest title or description, in bytes.
const LONGEST_TEXT: usize = 2_000;

/// One reason for which a document is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {detail}")]
pub struct Refusal {
    /// JSON Pointer into the document.
    pub pointer: String,
    /// For the person who wrote it.
    pub detail: String,
}

/// The entries of a link document of a product.
///
/// # Errors
/// Every reason for which it is not taken.
pub fn check(gtin: Gtin, document: LinkDocument) -> Result<Vec<Entry>, Vec<Refusal>> {
    let mut checker = Checker::default();
    let mut levels = HashSet::new();
    let mut entries = Vec::with_capacity(document.entries.len());
    for (index, entry) in document.entries.into_iter().enumerate() {
        let at = format!("/entries/{index}");
        let level = Level::read(entry.qualifiers.clone());
        checker.level(&at, gtin, &level);
        if !levels.insert(level.clone()) {
            checker.refuse(&at, "another entry has the same qualifiers");
        }
        entries.push(checker.entry(&at, level, entry));
    }
    let has_default = |entry: &Entry| entry.level.is_product() && entry.default.is_some();
    if !entries.is_empty() && !entries.iter().any(has_default) {
        let why = "one entry must have no qualifiers and a default: without it, lots and items that no \
                   entry names would lead nowhere";
        checker.refuse("/entries", why);
    }
    if checker.refusals.is_empty() { Ok(entries) } else { Err(checker.refusals) }
}

#[derive(Default)]
struct Checker {
    refusals: Vec<Refusal>,
}

impl Checker {
    fn refuse(&mut self, pointer: impl Into<String>, detail: impl Into<String>) {
        self.refusals.push(Refusal { pointer: pointer.into(), detail: detail.into() });
    }

    fn level(&mut self, at: &str, gtin: Gtin, level: &Level) {
        if level.serial.is_some() && (level.lot.is_some() || level.cpv.is_some()) {
            let why = "a serial number stands alone: the item is known by it, whatever its lot \
                       (GS1-Conformant Resolver, 2.5.9)";
            self.refuse(format!("{at}/qualifiers"), why);
            return;
        }
        // Qualifiers hold no dates: any day does.
        let path = format!("/01/{gtin}{}", level.path());
        if let Err(error) = gs1::parse_digital_link_path(&path, None, NaiveDate::default()) {
            self.refuse(format!("{at}/qualifiers"), error.detail);
        }
    }

    fn entry(&mut self, at: &str, level: Level, mut entry: LinkEntry) -> Entry {
        if let Some(description) = &entry.item_description {
            self.text(format!("{at}/item_description"), description);
        }
        if let Some(default) = &entry.default {
            let at = format!("{at}/default");
            self.kind(&at, &default.link_type, &[LinkType::DEFAULT, LinkType::DEFAULT_MULTI]);
            self.href(&at, &default.href);
            self.text(format!("{at}/title"), &default.title);
        }
        for (index, link) in entry.links.iter_mut().enumerate() {
            self.link(&format!("{at}/links/{index}"), link);
        }
        Entry::read(level, entry)
    }

    fn link(&mut self, at: &str, link: &mut TypedLink) {
        self.kind(at, &link.link_type, &[LinkType::DEFAULT]);
        self.href(at, &link.href);
        self.text(format!("{at}/title"), &link.title);
        if link.media_type.as_deref().is_some_and(|media_type| !is_media_type(media_type)) {
            self.refuse(format!("{at}/media_type"), "this is no media type such as text/html");
        }
        for (index, language) in link.hreflang.iter_mut().flatten().enumerate() {
            match language_of(language) {
                Some(known) => *language = known,
                None => self.refuse(
                    format!("{at}/hreflang/{index}"),
                    "GS1's linksets have languages such as fr, and fr-CA where the country matters",
                ),
            }
        }
        for (index, context) in link.context.iter().flatten().enumerate() {
            self.text(format!("{at}/context/{index}"), context);
        }
    }

    fn kind(&mut self, at: &str, link_type: &str, reserved: &[&str]) {
        let kind = LinkType::read(link_type);
        if !kind.may_be_published() || kind.is_gs1("linkset") || kind.is_gs1("all") {
            let why =
                "this is no link type: gs1: and a name, or an address of letters, digits, dots and slashes";
            self.refuse(format!("{at}/link_type"), why);
        } else if reserved.iter().any(|name| kind.is_gs1(name)) {
            self.refuse(
                format!("{at}/link_type"),
                "this says that a link is a default, not what its target is",
            );
        }
    }

    fn href(&mut self, at: &str, href: &str) {
        let pointer = format!("{at}/href");
        let of_the_web = href.starts_with("https://") || href.starts_with("http://");
        if !of_the_web || Url::parse(href).is_err() {
            self.refuse(pointer, "a target is a web address, http or https");
        } else if !href.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            self.refuse(pointer, "what is no URI character must be percent-encoded");
        } else if href.len() > LONGEST_HREF {
            self.refuse(pointer, format!("longer than {LONGEST_HREF} bytes"));
        }
    }

    fn text(&mut self, pointer: String, text: &str) {
        if text.trim().is_empty() {
            self.refuse(pointer, "this must say something");
        } else if text.len() > LONGEST_TEXT {
            self.refuse(pointer, format!("longer than {LONGEST_TEXT} bytes"));
        } else if text.chars().any(char::is_control) {
            self.refuse(pointer, "a text in one line, without control characters");
        }
    }
}

/// `type/subtype` of RFC 6838, section 4.2, parameters behind it.
fn is_media_type(text: &str) -> bool {
    let name = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&byte))
    };
    let essence = text.split(';').next().unwrap_or_default().trim_end();
    text.is_ascii() && essence.split_once('/').is_some_and(|(kind, subtype)| name(kind) && name(subtype))
}

/// `fr-CA` for `FR-ca`.
fn language_of(tag: &str) -> Option<String> {
    let letters = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    match tag.split_once('-') {
        None => letters(tag).then(|| tag.to_ascii_lowercase()),
        Some((language, country)) => (letters(language) && letters(country))
            .then(|| format!("{}-{}", language.to_ascii_lowercase(), country.to_ascii_uppercase())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn base() -> Value {
        json!({"default": {"link_type": "gs1:pip", "href": "https://x.example/p", "title": "Page"}, "links": []})
    }

    /// Where a document of the product and one further entry is refused.
    fn refused(entry: &Value) -> Vec<String> {
        let document = json!({"entries": [base(), entry]});
        let gtin = "09521234543213".parse().unwrap();
        let refusals = check(gtin, serde_json::from_value(document).unwrap()).err().unwrap_or_default();
        refusals.into_iter().map(|refusal| refusal.pointer).collect()
    }

    fn lot(links: &Value) -> Value {
        json!({"qualifiers": {"lot": "L1"}, "links": links})
    }

    #[test]
    fn a_document_of_three_levels_is_taken() {
        let text =
            include_str!("../../../../../shared-contracts/examples/valid/LinkDocument/three-levels.json");
        let document: LinkDocument = serde_json::from_str(text).unwrap();
        let entries = check("09521234543213".parse().unwrap(), document.clone()).unwrap();
        let again: Vec<LinkEntry> = entries.iter().map(Entry::written).collect();
        assert_eq!(again, document.entries);
        assert_eq!(check("09521234543213".parse().unwrap(), LinkDocument::default()), Ok(Vec::new()));
    }

    #[test]
    fn no_level_stands_below_one_without_default() {
        let gtin: Gtin = "09521234543213".parse().unwrap();
        let own = json!({"qualifiers": {"lot": "L1"}, "default": base()["default"], "links": []});
        let bare =
            json!({"links": [{"link_type": "gs1:pip", "href": "https://x.example/p", "title": "Page"}]});
        for entries in [json!([own]), json!([bare, own]), json!([bare])] {
            let document = serde_json::from_value(json!({ "entries": entries })).unwrap();
            let refusals = check(gtin, document).unwrap_err();
            assert_eq!(refusals[0].pointer, "/entries", "{entries}");
        }
    }

    #[test]
    fn only_web_addresses_are_targets_and_each_is_kept_as_it_is() {
        let with = |href: &str| lot(&json!([{"link_type": "gs1:pip", "href": href, "title": "x"}]));
        for href in ["https://x.example", "http://X.example:80/a/../%7e?b=;c#d", "https://x.example/p?"] {
            assert_eq!(refused(&with(href)), Vec::<String>::new(), "{href}");
        }
        for href in [
            "ftp://x.example/",
            "javascript:alert(1)",
            "//x.example/",
            "/p/1",
            "https://",
            "x.example",
            "HTTPS://x.example/",
            "https://x.example/a b",
            "https://x.example/caf\u{e9}",
            "https://x.example/\n",
            "https:\\\\x.example\\p",
            "",
        ] {
            assert_eq!(refused(&with(href)), ["/entries/1/links/0/href"], "{href:?}");
        }
    }

    #[test]
    fn qualifiers_are_those_of_a_digital_link() {
        let with = |qualifiers: &Value| json!({"qualifiers": qualifiers, "links": []});
        for sound in [
            json!({"lot": "A/B"}),
            json!({"serial": "S1"}),
            json!({"cpv": "2A", "lot": "L1"}),
            json!({"cpv": "2A"}),
        ] {
            assert_eq!(refused(&with(&sound)), Vec::<String>::new(), "{sound}");
        }
        for wrong in [
            json!({"lot": ""}),
            json!({"lot": "123456789012345678901"}),
            json!({"lot": "a b"}),
            json!({"serial": "S1", "lot": "L1"}),
            json!({"serial": "S1", "cpv": "2A"}),
        ] {
            assert_eq!(refused(&with(&wrong)), ["/entries/1/qualifiers"], "{wrong}");
        }
        assert_eq!(refused(&base()), ["/entries/1"]);
        assert_eq!(refused(&with(&json!({}))), ["/entries/1"]);
    }

    #[test]
    fn types_languages_and_texts_are_those_of_a_linkset() {
        let with = |member: &str, value: Value| {
            let mut link = json!({"link_type": "gs1:pip", "href": "https://x.example/", "title": "x"});
            link[member] = value;
            refused(&lot(&json!([link])))
        };
        for (member, sound) in [
            ("link_type", json!("https://www.gs1.org/voc/recipeInfo")),
            ("link_type", json!("gs1:defaultLinkMulti")),
            ("hreflang", json!(["FR", "fr-ca"])),
            ("media_type", json!("application/ld+json; profile=x")),
            ("context", json!(["LK", "patients"])),
        ] {
            assert_eq!(with(member, sound.clone()), Vec::<String>::new(), "{sound}");
        }
        for (member, wrong, at) in [
            ("link_type", json!("gs1:defaultLink"), "link_type"),
            ("link_type", json!("linkset"), "link_type"),
            ("link_type", json!("gs1:all"), "link_type"),
            ("link_type", json!("gs1:a-b"), "link_type"),
            ("hreflang", json!(["es-419"]), "hreflang/0"),
            ("media_type", json!("html"), "media_type"),
            ("context", json!([" "]), "context/0"),
            ("title", json!(""), "title"),
            ("title", json!("a\u{0}b"), "title"),
            ("context", json!(["a\nb"]), "context/0"),
        ] {
            assert_eq!(with(member, wrong.clone()), [format!("/entries/1/links/0/{at}")], "{wrong}");
        }
    }

    #[test]
    fn languages_are_written_as_gs1_does() {
        assert_eq!(language_of("FR-ca").as_deref(), Some("fr-CA"));
        assert_eq!(language_of("DE").as_deref(), Some("de"));
        assert_eq!(language_of("sr-Latn"), None);
    }
}
