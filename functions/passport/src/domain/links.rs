//! Where the resolver leads.

use std::fmt::Write as _;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use super::gs1::Code;

/// The web app's page of a product. It is told what the code said beyond the GTIN, by AI, and
/// gets the query of the request byte for byte.
pub fn passport_page(public_url: &str, code: &Code, query: Option<&str>) -> String {
    let mut page = format!("{public_url}/p/{}", code.gtin().map(|gtin| gtin.to_string()).unwrap_or_default());
    let mut separator = '?';
    for (ai, value) in [("22", code.cpv()), ("10", code.lot()), ("21", code.serial()), ("235", code.tpx())] {
        if let Some(value) = value {
            let _infallible =
                write!(page, "{separator}{ai}={}", utf8_percent_encode(value, NON_ALPHANUMERIC));
            separator = '&';
        }
    }
    if let Some(query) = query.filter(|query| !query.is_empty()) {
        let _infallible = write!(page, "{separator}{query}");
    }
    page
}
