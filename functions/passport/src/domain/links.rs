//! Where the resolver leads.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use uuid::Uuid;

use super::gs1::Code;

/// The web app's page of a product. It is told which scan led there, what the code said beyond
/// the GTIN, by AI, and gets the query of the request byte for byte.
pub fn passport_page(public_url: &str, code: &Code, scan: Option<Uuid>, query: Option<&str>) -> String {
    let gtin = code.gtin().map(|gtin| gtin.to_string()).unwrap_or_default();
    let scan = scan.map(|id| format!("scan={id}"));
    let qualifiers = [("22", code.cpv()), ("10", code.lot()), ("21", code.serial()), ("235", code.tpx())];
    let qualifiers = qualifiers
        .into_iter()
        .filter_map(|(ai, value)| Some(format!("{ai}={}", utf8_percent_encode(value?, NON_ALPHANUMERIC))));
    let query = query.filter(|query| !query.is_empty()).map(str::to_owned);
    let parameters: Vec<String> = scan.into_iter().chain(qualifiers).chain(query).collect();
    let separator = if parameters.is_empty() { "" } else { "?" };
    format!("{public_url}/p/{gtin}{separator}{}", parameters.join("&"))
}
