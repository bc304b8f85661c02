//! Answers of the resolver, with the headers that a GS1-Conformant Resolver gives (1.2.1, sections
//! 2.2 and 2.10).

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::Value;

use super::call::Call;
use crate::{
    domain::{asked::Form, linkset, linkset_page},
    error::Error,
};

/// The methods of every resolver address, whatever is asked for.
const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
/// The JSON-LD context of a linkset that is told as plain JSON.
const TO_CONTEXT: &str = "<https://ref.gs1.org/standards/resolver/linkset-context>; \
                          rel=\"http://www.w3.org/ns/json-ld#context\"; type=\"application/ld+json\"";
/// Pages of ours have no scripts, styles or pictures.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
);

/// 307 to a target.
pub(super) fn redirect(call: &Call<'_>, public_url: &str, target: &str) -> Response {
    let mut response = StatusCode::TEMPORARY_REDIRECT.into_response();
    if let Ok(target) = HeaderValue::from_str(target) {
        response.headers_mut().insert(header::LOCATION, target);
    }
    linked(response, &links_of(call, public_url))
}

/// 200 with everything that there is.
pub(super) fn linkset(call: &Call<'_>, public_url: &str, members: &[Value]) -> Response {
    let response = in_form(call.asked.form, members, "What this code leads to", "All links of this product.");
    told(call, public_url, response)
}

/// 300: the caller chooses.
pub(super) fn choices(call: &Call<'_>, public_url: &str, members: &[Value]) -> Response {
    let sentence = "There are several links of this kind. Which one is meant?";
    let mut response = in_form(call.asked.form, members, "Choose a link", sentence);
    *response.status_mut() = StatusCode::MULTIPLE_CHOICES;
    told(call, public_url, response)
}

/// An error: a problem, or a page for who reads pages.
pub(super) fn refused(error: Error, form: Form) -> Response {
    let (status, heading, members) = match (&error, form) {
        (Error::NotFound, Form::Page) => (StatusCode::NOT_FOUND, "We do not know this product", Vec::new()),
        (Error::Withdrawn, Form::Page) => (StatusCode::GONE, "This product was withdrawn", Vec::new()),
        (Error::InvalidIdentifier(_), Form::Page) => {
            (StatusCode::BAD_REQUEST, "This is not a valid code", Vec::new())
        }
        (Error::NoSuchLink { members, .. }, Form::Page) => {
            (StatusCode::NOT_FOUND, "There is no such link", members.clone())
        }
        _ => return error.into_response(),
    };
    let sentence = match &error {
        Error::InvalidIdentifier(code) => code.detail.clone(),
        Error::Withdrawn => "Its brand has withdrawn it. Ask where you bought it.".to_owned(),
        Error::NoSuchLink { kind, .. } => format!("There is no link of the type {kind}. There are these."),
        _ => "Nobody has told us anything about it.".to_owned(),
    };
    let mut response = page(heading, &sentence, &members);
    *response.status_mut() = status;
    response
}

/// The methods, as an answer to `OPTIONS`.
pub fn methods() -> Response {
    let mut response = open_to_all(StatusCode::NO_CONTENT.into_response());
    let headers = response.headers_mut();
    headers.insert(header::ALLOW, METHODS);
    headers.insert(
        header::ACCESS_CONTROL_ALLOW_HEADERS,
        HeaderValue::from_static("Accept, Accept-Language, Content-Type"),
    );
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("86400"));
    response
}

/// Every answer of the resolver may be read by scripts of any origin.
pub fn open_to_all(mut response: Response) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("Link, Location"));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language"));
    response
}

/// An answer with links in its head, in one line: Lambda keeps no second one.
pub(super) fn linked(mut response: Response, links: &[String]) -> Response {
    if let Ok(links) = HeaderValue::from_str(&links.join(", ")) {
        response.headers_mut().insert(header::LINK, links);
    }
    response
}

/// To the linkset; from a compressed address also to the uncompressed one.
fn links_of(call: &Call<'_>, public_url: &str) -> Vec<String> {
    let uncompressed = || format!("<{}>; rel=\"owl:sameAs\"", call.anchor(public_url));
    let same = call.is_compressed.then(uncompressed);
    std::iter::once(call.to_linkset(public_url)).chain(same).collect()
}

fn told(call: &Call<'_>, public_url: &str, response: Response) -> Response {
    let mut links = links_of(call, public_url);
    if matches!(call.asked.form, Form::Linkset | Form::Json) {
        links.push(TO_CONTEXT.to_owned());
    }
    linked(response, &links)
}

fn in_form(form: Form, members: &[Value], heading: &str, sentence: &str) -> Response {
    let (kind, body) = match form {
        Form::Linkset => ("application/linkset+json", linkset::linkset(members)),
        Form::Json => ("application/json", linkset::linkset(members)),
        Form::JsonLd => ("application/ld+json", linkset::json_ld(members)),
        Form::Page => return page(heading, sentence, members),
    };
    ([(header::CONTENT_TYPE, HeaderValue::from_static(kind))], body.to_string()).into_response()
}

fn page(heading: &str, sentence: &str, members: &[Value]) -> Response {
    let kind = HeaderValue::from_static("text/html; charset=utf-8");
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_SECURITY_POLICY, POLICY)];
    (headers, linkset_page::page(heading, sentence, members)).into_response()
}
