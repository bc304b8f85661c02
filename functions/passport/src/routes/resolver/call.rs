//! A call of the resolver, read.

use axum::extract::Request;
use chrono::NaiveDate;
use http::{HeaderMap, Method, Uri};

use crate::{
    domain::{
        asked::{Asked, Form, Wanted},
        gs1::{self, Code, Gtin},
        links::Level,
        linkset, visits,
    },
    error::Error,
};

/// What is called for.
pub(super) struct Call<'r> {
    /// What the address says.
    pub(super) code: Code,
    /// The product.
    pub(super) gtin: Gtin,
    /// The most particular level of it that the address names.
    pub(super) level: Level,
    /// Whether the address is compressed: an EPC in place of Application Identifiers.
    pub(super) is_compressed: bool,
    /// The query as it came.
    pub(super) query: Option<&'r str>,
    /// What is asked for.
    pub(super) asked: Asked,
    /// Whether a person's browser opens a page.
    pub(super) is_visit: bool,
}

impl<'r> Call<'r> {
    /// A call without headers.
    pub(super) fn of(uri: &'r Uri, today: NaiveDate) -> Result<Self, Error> {
        let (path, query) = (uri.path(), uri.query());
        let code = gs1::parse_digital_link_path(path, query, today).map_err(Error::InvalidIdentifier)?;
        let gtin = code.gtin().ok_or(Error::NotFound)?;
        let level = Level::of(&code);
        let asked = Asked::new(query.unwrap_or_default(), "", "");
        Ok(Self {
            code,
            gtin,
            level,
            is_compressed: !path.starts_with("/01/"),
            query,
            asked,
            is_visit: false,
        })
    }

    /// A call with its headers.
    pub(super) fn read(request: &'r Request, today: NaiveDate) -> Result<Self, Error> {
        let (uri, headers) = (request.uri(), request.headers());
        let asked = asked(uri, headers);
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let is_visit =
            request.method() == Method::GET && asked.wanted != Wanted::Linkset && visits::is_visit(header);
        Ok(Self { asked, is_visit, ..Self::of(uri, today)? })
    }

    /// The address of what is called for, uncompressed.
    pub(super) fn anchor(&self, public_url: &str) -> String {
        linkset::anchor(public_url, self.gtin, &self.level)
    }

    /// Where its linkset is told (RFC 8288).
    pub(super) fn to_linkset(&self, public_url: &str) -> String {
        let anchor = self.anchor(public_url);
        format!("<{anchor}?linkType=linkset>; rel=\"linkset\"; type=\"application/linkset+json\"")
    }
}

/// The form in which an answer is liked, of a call that may be wrong otherwise.
pub(super) fn form(request: &Request) -> Form {
    asked(request.uri(), request.headers()).form
}

fn asked(uri: &Uri, headers: &HeaderMap) -> Asked {
    let line = |name: http::HeaderName| {
        let values: Vec<&str> =
            headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
        values.join(", ")
    };
    let (accept, language) = (line(http::header::ACCEPT), line(http::header::ACCEPT_LANGUAGE));
    Asked::new(uri.query().unwrap_or_default(), &accept, &language)
}
