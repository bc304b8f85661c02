//! What a request to the resolver asks for, and in which form (GS1-Conformant Resolver 1.2.1,
//! sections 2.6, 2.9 and 2.10).

use percent_encoding::percent_decode_str;

use super::{
    link_type::LinkType,
    negotiation::{self, Wishes},
};

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// Nothing in particular: the default link.
    Default,
    /// A link of this type.
    Type(LinkType),
    /// Everything that there is.
    Linkset,
}

/// The form in which links are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// `application/linkset+json`, RFC 9264.
    Linkset,
    /// The same as `application/json`.
    Json,
    /// JSON-LD.
    JsonLd,
    /// A page for people.
    Page,
}

/// What a request asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// What.
    pub wanted: Wanted,
    /// In which form, where links are told.
    pub form: Form,
    /// What is liked best among several.
    pub wishes: Wishes,
}

impl Asked {
    /// From the raw query and the request's headers, each in one line, empty where absent.
    pub fn new(query: &str, accept: &str, accept_language: &str) -> Self {
        let parameters: Vec<(String, String)> = query.split(['&', ';']).map(parameter).collect();
        let named = |name: &str| {
            let name = name.to_owned();
            parameters.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(&name)).map(|(_, value)| value)
        };
        let contexts = named("context").filter(|context| !context.is_empty()).cloned().collect();
        let link_type = named("linkType").next().map(String::as_str).filter(|value| !value.is_empty());
        let form = form(accept);
        Self {
            wanted: wanted(link_type, form),
            form: form.unwrap_or(Form::Linkset),
            wishes: Wishes::new(accept, accept_language, contexts),
        }
    }
}

fn wanted(link_type: Option<&str>, form: Option<Form>) -> Wanted {
    match (link_type, form) {
        // Who accepts JSON rather than a page wants data, and a linkset is what there is; with a
        // type, the media type chooses between links of it.
        (Some("linkset" | "all"), _) | (_, Some(Form::Linkset)) | (None, Some(Form::Json | Form::JsonLd)) => {
            Wanted::Linkset
        }
        (None, _) => Wanted::Default,
        (Some(link_type), _) => match LinkType::read(link_type) {
            kind if kind.is_gs1(LinkType::DEFAULT) => Wanted::Default,
            kind => Wanted::Type(kind),
        },
    }
}

/// The form that `Accept` names and likes best; `*/*` names none.
fn form(accept: &str) -> Option<Form> {
    let forms = [
        ("application/linkset+json", Form::Linkset),
        ("application/ld+json", Form::JsonLd),
        ("application/json", Form::Json),
        ("text/html", Form::Page),
    ];
    let wishes = negotiation::read(accept);
    let weight = |range: &str| wishes.iter().find(|wish| wish.range == range).map_or(0, |wish| wish.weight);
    let mut best = None;
    for (range, form) in forms {
        let weight = weight(range);
        if weight > best.map_or(0, |(weight, _)| weight) {
            best = Some((weight, form));
        }
    }
    best.map(|(_, form)| form)
}

fn parameter(pair: &str) -> (String, String) {
    let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    (decode(name), decode(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8";

    fn asked(query: &str, accept: &str) -> (Wanted, Form) {
        let Asked { wanted, form, .. } = Asked::new(query, accept, "");
        (wanted, form)
    }

    #[test]
    fn the_linkset_is_asked_for_by_name_or_by_media_type() {
        for (query, accept, form) in [
            ("linkType=linkset", "", Form::Linkset),
            ("linkType=all", "*/*", Form::Linkset),
            ("17=261130&linkType=linkset", "application/json", Form::Json),
            ("linkType=linkset", "application/ld+json", Form::JsonLd),
            ("linkType=linkset", BROWSER, Form::Page),
            ("", "application/linkset+json", Form::Linkset),
            ("linkType=gs1:pip", "application/linkset+json", Form::Linkset),
            ("", "application/json, text/plain, */*", Form::Json),
            ("", "application/ld+json", Form::JsonLd),
            ("", "text/html;q=0.5, application/linkset+json", Form::Linkset),
        ] {
            assert_eq!(asked(query, accept), (Wanted::Linkset, form), "{query} {accept}");
        }
    }

    #[test]
    fn who_asks_for_a_page_or_for_nothing_is_led_to_the_default() {
        for (query, accept) in [
            ("", ""),
            ("", "*/*"),
            ("", BROWSER),
            ("linkType=", ""),
            ("linkType=gs1:defaultLink", ""),
            ("17=261130;utm=linkType", ""),
            ("", "text/html, application/json;q=0.9"),
            ("", "application/json;q=0"),
            ("", "image/png"),
        ] {
            assert_eq!(asked(query, accept).0, Wanted::Default, "{query} {accept}");
        }
    }

    #[test]
    fn a_type_is_read_from_the_query_as_it_is_written_there() {
        for query in [
            "linkType=gs1:pip",
            "linkType=gs1%3Apip",
            "17=261130;linkType=https://gs1.org/voc/pip",
            "a=b&linktype=https%3A%2F%2Fref.gs1.org%2Fvoc%2Fpip",
            "linkType=pip&linkType=gs1:epil",
        ] {
            assert_eq!(asked(query, "application/json").0, Wanted::Type(LinkType::gs1("pip")), "{query}");
        }
        assert_eq!(asked("linkType=gs1:linkset", "").0, Wanted::Type(LinkType::gs1("linkset")));
    }
}
