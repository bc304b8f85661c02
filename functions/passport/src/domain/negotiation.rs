//! What a request would like best: media type, then language, then context (GS1-Conformant
//! Resolver 1.2.1, section 2.6.3).

use super::links::Link;

/// What a request would like. Where it says nothing, nothing is decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    media: Vec<Wish>,
    languages: Vec<Wish>,
    contexts: Vec<String>,
}

/// One entry of `Accept` or `Accept-Language`, in lower case, with its weight in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// `text/html`, `text/*`, `fr-ca`, `*`.
    pub range: String,
    /// 0 to 1000; 0 is a refusal.
    pub weight: u16,
}

/// How well one thing that a link says fits one thing that a request says; better is greater.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// The request wants something else.
    Against,
    /// The request leaves it open.
    Open,
    /// The link says nothing.
    Silent,
    /// The request wants just this; the number counts up to 0.
    Meets(i64),
}

/// How well a link fits, the first of its parts deciding first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    media: Fit,
    language: Fit,
    context: Fit,
}

impl Wishes {
    /// From the request's headers and the values of its parameter `context`.
    pub fn new(accept: &str, accept_language: &str, contexts: Vec<String>) -> Self {
        let mut languages = read(accept_language);
        // RFC 4647 looks things up in the order of preference; equal weights keep theirs.
        languages.sort_by_key(|wish| std::cmp::Reverse(wish.weight));
        Self { media: read(accept), languages, contexts }
    }

    /// The links that fit best: one, or several between which the request does not decide.
    pub fn best<'l>(&self, links: impl IntoIterator<Item = &'l Link>) -> Vec<&'l Link> {
        let ranked: Vec<_> = links.into_iter().map(|link| (self.rank(link), link)).collect();
        let best = ranked.iter().map(|(rank, _)| *rank).max();
        ranked.into_iter().filter(|(rank, _)| Some(*rank) == best).map(|(_, link)| link).collect()
    }

    /// Whether a link is what the request asks for: whatever it says of its language and context
    /// is wanted, its media type is not refused, and something in the request speaks for it.
    pub fn ask_for(&self, link: &Link) -> bool {
        let Rank { media, language, context } = self.rank(link);
        let meets = |fit: Fit| matches!(fit, Fit::Meets(_));
        media != Fit::Against
            && [language, context].into_iter().all(|fit| meets(fit) || fit == Fit::Silent)
            && [media, language, context].into_iter().any(meets)
    }

    fn rank(&self, link: &Link) -> Rank {
        Rank {
            media: self.media(link.media_type.as_deref()),
            language: self.language(&link.hreflang),
            context: self.context(&link.context),
        }
    }

    /// RFC 9110, section 12.5.1: the most specific range that covers a type has its weight.
    fn media(&self, media_type: Option<&str>) -> Fit {
        let Some(media_type) = media_type else { return Fit::Silent };
        if self.media.is_empty() {
            return Fit::Open;
        }
        let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let group = format!("{}/*", essence.split('/').next().unwrap_or_default());
        let weight = |range: &str| self.media.iter().find(|wish| wish.range == range).map(|wish| wish.weight);
        match (weight(&essence).or_else(|| weight(&group)), weight("*/*")) {
            (Some(0), _) | (None, Some(0) | None) => Fit::Against,
            (Some(weight), _) => Fit::Meets(i64::from(weight) - 1000),
            (None, Some(_)) => Fit::Open,
        }
    }

    fn language(&self, tags: &[String]) -> Fit {
        if tags.is_empty() {
            return Fit::Silent;
        }
        if self.languages.is_empty() {
            return Fit::Open;
        }
        let refused = |tag: &str| self.languages.iter().any(|wish| wish.weight == 0 && wish.range == tag);
        let tags: Vec<String> =
            tags.iter().map(|tag| tag.to_ascii_lowercase()).filter(|tag| !refused(tag)).collect();
        let wanted = self.languages.iter().filter(|wish| wish.weight > 0);
        let any = wanted.clone().any(|wish| wish.range == "*") && !tags.is_empty();
        let found = wanted.zip(0..).find_map(|(wish, place)| Some((place, distance(&wish.range, &tags)?)));
        match found {
            Some((place, distance)) => Fit::Meets(-(place * 100 + distance)),
            None if any => Fit::Open,
            None => Fit::Against,
        }
    }

    fn context(&self, contexts: &[String]) -> Fit {
        if contexts.is_empty() {
            return Fit::Silent;
        }
        if self.contexts.is_empty() {
            return Fit::Open;
        }
        let wanted = |context: &String| self.contexts.iter().any(|wish| wish.eq_ignore_ascii_case(context));
        if contexts.iter().any(wanted) { Fit::Meets(0) } else { Fit::Against }
    }
}

/// How far a wanted language is from those of a link: RFC 4647, section 3.4 cuts `fr-CA` to `fr`;
/// who wants `fr` is served with `fr-CA` too, when there is nothing nearer.
fn distance(wanted: &str, tags: &[String]) -> Option<i64> {
    let mut range = wanted;
    for cut in 0.. {
        if tags.iter().any(|tag| tag == range) {
            return Some(cut);
        }
        let Some((shorter, _)) = range.rsplit_once('-') else { break };
        // A single letter introduces what follows it, and goes with it.
        range = match shorter.rsplit_once('-') {
            Some((rest, letter)) if letter.len() == 1 => rest,
            _ => shorter,
        };
    }
    let narrower = |tag: &String| tag.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('-'));
    tags.iter().any(narrower).then_some(99)
}

/// The entries of a header field with weights (RFC 9110, section 12.4.2).
pub fn read(field: &str) -> Vec<Wish> {
    field.split(',').filter_map(wish).collect()
}

fn wish(entry: &str) -> Option<Wish> {
    let mut parts = entry.split(';').map(str::trim);
    let range = parts.next().filter(|range| !range.is_empty())?.to_ascii_lowercase();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    Some(Wish { range, weight: weight.map_or(1000, thousandths) })
}

/// `0.25` as 250; what is no weight speaks for nothing.
fn thousandths(weight: &str) -> u16 {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    let digits = format!("{fraction:0<3}");
    match (whole, digits.get(..3).and_then(|digits| digits.parse::<u16>().ok())) {
        ("1", Some(_)) => 1000,
        ("0" | "", Some(thousandths)) => thousandths,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::link_type::LinkType;

    fn link(href: &str, media_type: Option<&str>, hreflang: &[&str], context: &[&str]) -> Link {
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Link {
            kind: LinkType::gs1("pip"),
            href: href.to_owned(),
            title: href.to_owned(),
            media_type: media_type.map(str::to_owned),
            hreflang: texts(hreflang),
            context: texts(context),
        }
    }

    fn best(links: &[Link], accept: &str, language: &str, context: &[&str]) -> String {
        let contexts = context.iter().map(|text| (*text).to_owned()).collect();
        let found = Wishes::new(accept, language, contexts).best(links);
        found.into_iter().map(|link| link.href.as_str()).collect::<Vec<_>>().join(" ")
    }

    /// Each link of one type in GS1's own model of a linkset is found by what it says, and those
    /// that say the same are not told apart (GS1DL-resolver-testsuite, `modelLinkset`).
    #[test]
    fn the_certificates_of_the_model_linkset_are_found_by_what_they_say() {
        let links = [
            link("page", Some("text/html"), &[], &[]),
            link("french", Some("text/html"), &["fr"], &[]),
            link("zero", Some("text/html"), &[], &[]),
            link("pdf", Some("application/pdf"), &[], &[]),
            link("english", Some("application/pdf"), &["en"], &[]),
            link("lanka", Some("application/pdf"), &["en"], &["LK"]),
        ];
        for (accept, language, context, wanted) in [
            ("text/html", "", &[][..], "page zero"),
            ("text/html", "fr", &[], "french"),
            ("application/pdf", "", &[], "pdf"),
            ("application/pdf", "en", &[], "english"),
            ("application/pdf", "en", &["LK"], "lanka"),
        ] {
            assert_eq!(best(&links, accept, language, context), wanted, "{accept} {language} {context:?}");
        }
    }

    #[test]
    fn languages_are_looked_up_by_weight_and_cut_from_the_right() {
        let links = [
            link("fr", None, &["fr"], &[]),
            link("de", None, &["de", "de-AT"], &[]),
            link("br", None, &["pt-BR"], &[]),
            link("hant", None, &["zh-TW"], &[]),
        ];
        for (language, wanted) in [
            ("fr-CA", "fr"),
            ("FR-ca;q=0.3, de;q=0.9", "de"),
            ("en, de-CH;q=0.8, fr;q=0.7", "de"),
            ("pt", "br"),
            ("pt-PT, fr;q=0.1", "fr"),
            ("fr;q=0, de;q=0.1", "de"),
            ("de-AT-x-vienna", "de"),
            ("zh-tw-a-ab", "hant"),
            ("vi", "fr de br hant"),
            ("", "fr de br hant"),
            ("*", "fr de br hant"),
            ("*;q=0.5, fr;q=0", "de br hant"),
        ] {
            assert_eq!(best(&links, "", language, &[]), wanted, "{language}");
        }
    }

    #[test]
    fn a_link_that_says_nothing_beats_one_that_is_not_wanted_and_one_that_nobody_asked_for() {
        let links = [link("fr", None, &["fr"], &[]), link("any", None, &[], &[])];
        assert_eq!(best(&links, "", "vi", &[]), "any");
        assert_eq!(best(&links, "", "", &[]), "any");
        assert_eq!(best(&links, "", "fr", &[]), "fr");
    }

    #[test]
    fn the_media_type_decides_before_the_language() {
        let links = [
            link("json", Some("application/json"), &["de"], &[]),
            link("html", Some("text/html"), &["fr"], &[]),
        ];
        for (accept, language, wanted) in [
            ("text/html", "de", "html"),
            ("application/json;q=0.2, text/html;q=0.1", "fr", "json"),
            ("text/*, application/json;q=0.5", "de", "html"),
            ("text/html;charset=utf-8", "de", "html"),
            ("*/*", "de", "json"),
            ("application/json;q=0, */*", "de", "html"),
            ("image/png", "fr", "html"),
            ("", "de", "json"),
        ] {
            assert_eq!(best(&links, accept, language, &[]), wanted, "{accept} {language}");
        }
        assert_eq!(best(&links, "*/*", "", &[]), "json html");
    }

    #[test]
    fn a_link_is_asked_for_only_when_all_that_it_says_is_wanted() {
        let asks = |accept: &str, language: &str, context: &[&str], link: &Link| {
            Wishes::new(accept, language, context.iter().map(|c| (*c).to_owned()).collect()).ask_for(link)
        };
        let french = link("fr", Some("text/html"), &["fr"], &[]);
        assert!(asks("text/html, */*;q=0.8", "fr-CA", &[], &french));
        assert!(asks("", "fr", &[], &french));
        assert!(!asks("text/html", "de", &[], &french));
        assert!(!asks("text/html", "", &[], &french));
        assert!(!asks("application/json", "fr", &[], &french));
        let json = link("json", Some("application/json"), &[], &[]);
        assert!(asks("application/json", "de", &[], &json));
        assert!(!asks("*/*", "de", &[], &json));
        let lanka = link("lk", None, &["en"], &["LK"]);
        assert!(asks("", "en", &["lk"], &lanka));
        assert!(!asks("", "en", &[], &lanka));
        assert!(!asks("", "", &[], &link("nothing", None, &[], &[])));
    }

    #[test]
    fn weights_are_read_as_thousandths() {
        for (field, weight) in [
            ("a", 1000),
            ("a;q=1.000", 1000),
            ("a; q=0.5", 500),
            ("a;Q=.25", 250),
            ("a;q=x", 0),
            ("a;q=0", 0),
        ] {
            assert_eq!(read(field), [Wish { range: "a".to_owned(), weight }], "{field}");
        }
        assert_eq!(read(" , "), []);
    }
}
