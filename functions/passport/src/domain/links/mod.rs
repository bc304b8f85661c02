//! Links of a product, by level: what brands have put, and what the passport itself can answer.

mod own;
mod rules;
mod target;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use shared_contracts::passport::{self, LinkEntry, LinkQualifiers, TypedLink};

pub use own::{own_entry, passport_page, visited_page};
pub use rules::{Refusal, check};
pub use target::forward;

use super::{gs1::Code, link_type::LinkType};

/// All but the unreserved characters of RFC 3986 (URI Syntax, section 4.2).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A level of a product: the key qualifiers that say which part of it is meant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Level {
    /// AI 22.
    pub cpv: Option<String>,
    /// AI 10.
    pub lot: Option<String>,
    /// AI 21.
    pub serial: Option<String>,
}

/// A link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// What the target is.
    pub kind: LinkType,
    /// The target, as text: it goes out byte for byte as it came in.
    pub href: String,
    /// What a person reads.
    pub title: String,
    /// Media type of the target.
    pub media_type: Option<String>,
    /// Languages of the target.
    pub hreflang: Vec<String>,
    /// For whom the target is.
    pub context: Vec<String>,
}

/// The links of one level.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The level.
    pub level: Level,
    /// What is identified, for people.
    pub item_description: Option<String>,
    /// Where a request leads that asks for nothing in particular: target, title and what it is.
    pub default: Option<Link>,
    /// The links beside it.
    pub links: Vec<Link>,
}

impl Level {
    /// The most particular level that a code speaks of.
    pub fn of(code: &Code) -> Self {
        let [cpv, lot, serial] =
            [code.cpv(), code.lot(), code.serial()].map(|value| value.map(str::to_owned));
        Self { cpv, lot, serial }
    }

    /// From a link document.
    pub fn read(qualifiers: Option<LinkQualifiers>) -> Self {
        let LinkQualifiers { cpv, lot, serial } = qualifiers.unwrap_or_default();
        Self { cpv, lot, serial }
    }

    /// Whether it is the product itself.
    pub fn is_product(&self) -> bool {
        *self == Self::default()
    }

    /// Its qualifiers in the path of a Digital Link, each behind a slash (URI Syntax, section 4.9).
    pub fn path(&self) -> String {
        let qualifiers = [("22", &self.cpv), ("10", &self.lot), ("21", &self.serial)];
        let present = qualifiers.into_iter().filter_map(|(ai, value)| Some((ai, value.as_deref()?)));
        present.fold(String::new(), |path, (ai, value)| {
            path + "/" + ai + "/" + &utf8_percent_encode(value, RESERVED).to_string()
        })
    }

    /// Greater for a more particular level: a serial number says more than a lot of a variant, that
    /// more than a lot, that more than a variant (GS1-Conformant Resolver 1.2.1, section 2.5.9).
    pub fn particularity(&self) -> u8 {
        let counts = [(&self.serial, 4), (&self.lot, 2), (&self.cpv, 1)];
        counts.into_iter().filter(|(value, _)| value.is_some()).map(|(_, count)| count).sum()
    }

    fn qualifiers(&self) -> Option<LinkQualifiers> {
        let Self { cpv, lot, serial } = self.clone();
        (!self.is_product()).then_some(LinkQualifiers { cpv, lot, serial })
    }
}

impl Link {
    /// A link that says nothing of its target but what it is.
    pub fn plain(kind: LinkType, href: String, title: String) -> Self {
        Self { kind, href, title, media_type: None, hreflang: Vec::new(), context: Vec::new() }
    }

    fn read(link: TypedLink) -> Self {
        Self {
            kind: LinkType::read(&link.link_type),
            href: link.href,
            title: link.title,
            media_type: link.media_type,
            hreflang: link.hreflang.unwrap_or_default(),
            context: link.context.unwrap_or_default(),
        }
    }
}

impl Entry {
    /// From a link document that was checked.
    pub fn read(level: Level, entry: LinkEntry) -> Self {
        let default = entry
            .default
            .map(|default| Link::plain(LinkType::read(&default.link_type), default.href, default.title));
        let links = entry.links.into_iter().map(Link::read).collect();
        Self { level, item_description: entry.item_description, default, links }
    }

    /// As in a link document.
    pub fn written(&self) -> LinkEntry {
        LinkEntry {
            qualifiers: self.level.qualifiers(),
            item_description: self.item_description.clone(),
            default: self.default.as_ref().map(|link| passport::DefaultLink {
                link_type: link.kind.to_string(),
                href: link.href.clone(),
                title: link.title.clone(),
            }),
            links: self.links.iter().map(written).collect(),
        }
    }

    /// With every default also under a type that says what it is (GS1-Conformant Resolver 1.2.1,
    /// section 2.5.8).
    #[must_use]
    pub fn described(mut self) -> Self {
        let is_multi = |link: &&Link| link.kind.is_gs1(LinkType::DEFAULT_MULTI);
        let kind = self.default.as_ref().map_or_else(|| LinkType::gs1("pip"), |default| default.kind.clone());
        let of_default = self.default.iter().filter(|default| {
            !self.links.iter().any(|link| link.href == default.href && link.kind.is(&default.kind))
        });
        let of_multi = self
            .links
            .iter()
            .filter(is_multi)
            .filter(|multi| !self.links.iter().any(|link| link.href == multi.href && !is_multi(&link)));
        let missing: Vec<Link> =
            of_default.chain(of_multi).map(|link| Link { kind: kind.clone(), ..link.clone() }).collect();
        self.links.extend(missing);
        self
    }

    /// The same level as somebody else describes it, who knows it better: of each type that they
    /// have, and of the default, theirs counts alone.
    #[must_use]
    pub fn outdone_by(mut self, better: Self) -> Self {
        let has = |kind: &LinkType| better.default.iter().chain(&better.links).any(|link| link.kind.is(kind));
        self.links.retain(|link| !has(&link.kind));
        Self {
            level: better.level,
            item_description: better.item_description.or(self.item_description),
            default: better.default.or(self.default),
            links: better.links.into_iter().chain(self.links).collect(),
        }
    }

    /// The links as a passport shows them: the default first, each target once for each type.
    pub fn shown(self) -> Vec<passport::Link> {
        let described = self.described();
        let of_type = |link: &&Link| !link.kind.is_gs1(LinkType::DEFAULT_MULTI);
        described.links.iter().filter(of_type).map(written).map(shown).collect()
    }
}

fn written(link: &Link) -> TypedLink {
    let texts = |texts: &Vec<String>| (!texts.is_empty()).then(|| texts.clone());
    TypedLink {
        link_type: link.kind.to_string(),
        href: link.href.clone(),
        title: link.title.clone(),
        media_type: link.media_type.clone(),
        hreflang: texts(&link.hreflang),
        context: texts(&link.context),
    }
}

fn shown(link: TypedLink) -> passport::Link {
    let TypedLink { link_type, href, title, media_type, hreflang, context } = link;
    passport::Link { link_type, href, title, media_type, hreflang, context }
}
