//! Where a request leads, among the links of all levels that it names (GS1-Conformant Resolver
//! 1.2.1, sections 2.5.8 to 2.6.3).

use super::{
    link_type::LinkType,
    links::{Entry, Level, Link},
    negotiation::Wishes,
};

/// The links that a request may lead to: those of each level that it names, the most particular
/// first, the product itself last. What a level does not have, it inherits.
#[derive(Clone, Debug, Default)]
pub struct Levels(Vec<Entry>);

/// Where a request for a type of link leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found<'l> {
    /// To this link.
    One(&'l Link),
    /// The request does not decide between these, all of one level.
    Several(&'l Entry, Vec<&'l Link>),
    /// No level has a link of the type.
    None,
}

impl Levels {
    /// From the entries that apply to a request, in any order: what brands say, and what the
    /// passport itself can answer where they say nothing.
    pub fn new(brand: Vec<Entry>, own: Option<Entry>) -> Self {
        let (product, mut entries): (Vec<_>, Vec<_>) =
            brand.into_iter().partition(|entry| entry.level.is_product());
        let product = match (product.into_iter().next(), own) {
            (Some(brand), Some(own)) => Some(own.outdone_by(brand)),
            (brand, own) => brand.or(own),
        };
        entries.extend(product);
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.level.particularity()));
        Self(entries.into_iter().map(Entry::described).collect())
    }

    /// Them, the most particular first.
    pub fn entries(&self) -> &[Entry] {
        &self.0
    }

    /// Where a request leads that asks for no type: to the default of the most particular level
    /// that has one; to another default of that level or below it, if the request asks for just
    /// what that one is. Never undecided.
    pub fn default_link(&self, wishes: &Wishes) -> Option<&Link> {
        self.0.iter().find_map(|entry| {
            let multi = entry.links.iter().filter(|link| link.kind.is_gs1(LinkType::DEFAULT_MULTI));
            match wishes.best(multi.filter(|link| wishes.ask_for(link)))[..] {
                [one] => Some(one),
                _ => entry.default.as_ref(),
            }
        })
    }

    /// Where a request leads that asks for a type: the most particular level that has links of it
    /// decides.
    pub fn of_type(&self, kind: &LinkType, wishes: &Wishes) -> Found<'_> {
        for entry in &self.0 {
            let best = wishes.best(entry.links.iter().filter(|link| link.kind.is(kind)));
            match best[..] {
                [] => {}
                [one] => return Found::One(one),
                _ => return Found::Several(entry, best),
            }
        }
        Found::None
    }

    /// What a level is called: its own description, else that of the nearest level above it.
    pub fn description(&self, level: &Level) -> Option<&str> {
        let from = self.0.iter().position(|entry| entry.level == *level)?;
        self.0[from..].iter().find_map(|entry| entry.item_description.as_deref())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use shared_contracts::passport::LinkEntry;

    use super::*;
    use crate::domain::links::own_entry;

    fn entry(value: Value) -> Entry {
        let entry: LinkEntry = serde_json::from_value(value).unwrap();
        Entry::read(Level::read(entry.qualifiers.clone()), entry)
    }

    fn link(kind: &str, href: &str, hreflang: &[&str]) -> Value {
        let mut link = json!({"link_type": kind, "href": href, "title": href});
        if !hreflang.is_empty() {
            link["hreflang"] = json!(hreflang);
        }
        link
    }

    fn default(href: &str) -> Value {
        json!({"link_type": "gs1:pip", "href": href, "title": href})
    }

    fn product() -> Entry {
        entry(json!({"default": default("en"), "links": [
            link("gs1:pip", "en", &["en"]),
            link("gs1:pip", "fr", &["fr"]),
            link("gs1:defaultLinkMulti", "fr", &["fr"]),
            link("gs1:defaultLinkMulti", "de", &["de"]),
            link("gs1:recallStatus", "recall", &[]),
        ]}))
    }

    fn wishes(language: &str) -> Wishes {
        Wishes::new("text/html, */*;q=0.5", language, Vec::new())
    }

    fn leads(levels: &Levels, language: &str) -> String {
        levels.default_link(&wishes(language)).unwrap().href.clone()
    }

    fn of_type(levels: &Levels, kind: &str, language: &str) -> Vec<String> {
        match levels.of_type(&LinkType::read(kind), &wishes(language)) {
            Found::One(link) => vec![link.href.clone()],
            Found::Several(_, links) => links.into_iter().map(|link| link.href.clone()).collect(),
            Found::None => Vec::new(),
        }
    }

    #[test]
    fn the_default_is_decided_whatever_the_languages() {
        let levels = Levels::new(vec![product()], None);
        for (language, wanted) in
            [("", "en"), ("vi", "en"), ("en", "en"), ("fr-CA", "fr"), ("de;q=0.1", "de"), ("*", "en")]
        {
            assert_eq!(leads(&levels, language), wanted, "{language}");
        }
        let twice = json!({"default": default("en"), "links": [
            link("gs1:defaultLinkMulti", "fr1", &["fr"]),
            link("gs1:defaultLinkMulti", "fr2", &["fr"]),
        ]});
        assert_eq!(leads(&Levels::new(vec![entry(twice)], None), "fr"), "en");
    }

    #[test]
    fn a_level_has_its_own_default_or_inherits_one() {
        let own = entry(json!({"qualifiers": {"lot": "L1"}, "default": default("lot")}));
        let inherits = entry(
            json!({"qualifiers": {"lot": "L1"}, "links": [link("gs1:defaultLinkMulti", "lotfr", &["fr"])]}),
        );
        let levels = Levels::new(vec![product(), own], None);
        assert_eq!((leads(&levels, ""), leads(&levels, "fr")), ("lot".to_owned(), "lot".to_owned()));
        let levels = Levels::new(vec![product(), inherits], None);
        for (language, wanted) in [("", "en"), ("fr", "lotfr"), ("de", "de")] {
            assert_eq!(leads(&levels, language), wanted, "{language}");
        }
    }

    #[test]
    fn a_serial_outranks_a_lot_of_a_variant_that_a_lot_and_that_a_variant() {
        let qualified = [
            (json!({"cpv": "V"}), "variant"),
            (json!({"serial": "S"}), "serial"),
            (json!({"lot": "L"}), "lot"),
            (json!({"cpv": "V", "lot": "L"}), "variant and lot"),
        ];
        let entries = qualified
            .map(|(qualifiers, href)| entry(json!({"qualifiers": qualifiers, "default": default(href)})));
        let levels = Levels::new([&entries[..], &[product()]].concat(), None);
        let order: Vec<_> =
            levels.entries().iter().map(|entry| entry.default.clone().unwrap().href).collect();
        assert_eq!(order, ["serial", "variant and lot", "lot", "variant", "en"]);
    }

    #[test]
    fn a_type_is_served_by_the_nearest_level_that_has_it() {
        let lot = entry(json!({"qualifiers": {"lot": "L1"}, "links": [link("gs1:pip", "lot", &["de"])]}));
        let levels = Levels::new(vec![product(), lot], None);
        assert_eq!(of_type(&levels, "gs1:pip", "fr"), ["lot"]);
        assert_eq!(of_type(&levels, "https://gs1.org/voc/recallStatus", ""), ["recall"]);
        assert_eq!(of_type(&levels, "gs1:traceability", ""), Vec::<String>::new());
    }

    #[test]
    fn several_links_are_offered_when_the_request_decides_nothing() {
        let levels = Levels::new(vec![product()], None);
        assert_eq!(of_type(&levels, "gs1:pip", "fr"), ["fr"]);
        assert_eq!(of_type(&levels, "gs1:pip", "vi"), ["en", "fr", "de"]);
    }

    #[test]
    fn what_a_brand_says_counts_and_the_passport_answers_the_rest() {
        let gtin = "09521234543213".parse().unwrap();
        let data = json!({"gtin": "09521234543213", "names": {"en": "Oats"},
            "nutriments": [{"nutrient": "fat", "value": 1}]});
        let own =
            || own_entry("https://pt.example", gtin, serde_json::from_value(data.clone()).ok().as_ref());
        let page = "https://pt.example/p/09521234543213";
        let alone = Levels::new(Vec::new(), Some(own()));
        assert_eq!(
            (leads(&alone, ""), of_type(&alone, "gs1:pip", "")),
            (page.to_owned(), vec![page.to_owned()])
        );
        let both = Levels::new(vec![product()], Some(own()));
        assert_eq!(leads(&both, ""), "en");
        assert_eq!(of_type(&both, "gs1:pip", "en"), ["en"]);
        assert_eq!(of_type(&both, "gs1:nutritionalInfo", ""), [page]);
        assert_eq!(both.description(&Level::default()), Some("Oats"));
    }
}
