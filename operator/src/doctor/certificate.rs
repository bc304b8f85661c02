//! When the public certificate ends.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use hyper_rustls::ConfigBuilderExt;
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, pki_types::ServerName},
};
use url::Url;

use super::page::{Finding, Page};

const PATIENCE: Duration = Duration::from_secs(5);
/// Caddy renews a certificate when a third of its life is left: 30 days of 90.
const LEAST: TimeDelta = TimeDelta::days(14);

pub(super) async fn look(public_url: Option<&str>, now: DateTime<Utc>, page: &mut Page) {
    let finding = match public_url.map(Url::parse) {
        None => Ok("not looked at: PUBLIC_URL is not set".to_owned()),
        Some(Err(error)) => Err(format!("PUBLIC_URL: {error}")),
        Some(Ok(url)) if url.scheme() != "https" => Ok("none: the public address is not https".to_owned()),
        Some(Ok(url)) => match timeout(PATIENCE, certificate(&url)).await {
            Ok(found) => found.and_then(|der| left(&der, now)),
            Err(_) => Err("no answer in time".to_owned()),
        },
    };
    page.add("certificate", "public address", finding);
}

/// The certificate that the server shows, and that is believed.
async fn certificate(url: &Url) -> Result<Vec<u8>, String> {
    let host = url.host_str().unwrap_or_default().to_owned();
    let told = |error: &dyn std::error::Error| error.to_string();
    let roots = ClientConfig::builder().with_native_roots().map_err(|error| told(&error))?;
    let connector = TlsConnector::from(Arc::new(roots.with_no_client_auth()));
    let port = url.port_or_known_default().unwrap_or(443);
    let socket = TcpStream::connect((host.as_str(), port)).await.map_err(|error| told(&error))?;
    let name = ServerName::try_from(host).map_err(|error| told(&error))?;
    let stream = connector.connect(name, socket).await.map_err(|error| told(&error))?;
    let shown = stream.get_ref().1.peer_certificates().and_then(<[_]>::first);
    shown.map(|certificate| certificate.to_vec()).ok_or_else(|| "no certificate".to_owned())
}

fn left(der: &[u8], now: DateTime<Utc>) -> Finding {
    let end = end_of(der).ok_or("the certificate cannot be read")?;
    let found = format!("until {}, {} days", end.format("%Y-%m-%d"), (end - now).num_days());
    if end - now < LEAST { Err(found) } else { Ok(found) }
}

/// `notAfter` (RFC 5280, section 4.1): the second time of the fifth part of what is signed, or of the
/// fourth in a certificate without version.
fn end_of(der: &[u8]) -> Option<DateTime<Utc>> {
    let (_, certificate, _) = element(der)?;
    let (_, mut signed, _) = element(certificate)?;
    if element(signed)?.0 == 0xa0 {
        signed = element(signed)?.2;
    }
    for _serial_algorithm_issuer in 0..3 {
        signed = element(signed)?.2;
    }
    let (_, validity, _) = element(signed)?;
    let (kind, end, _) = element(element(validity)?.2)?;
    let text = std::str::from_utf8(end).ok()?;
    // UTCTime has two digits of the year, and ends in 2049; GeneralizedTime has four.
    let text = if kind == 0x17 { format!("20{text}") } else { text.to_owned() };
    Some(NaiveDateTime::parse_from_str(&text, "%Y%m%d%H%M%SZ").ok()?.and_utc())
}

/// The first element of DER: its tag, its content, and what follows it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&short, rest) = rest.split_first()?;
    let (length, rest) = if short < 0x80 {
        (usize::from(short), rest)
    } else {
        let (long, rest) = rest.split_at_checked(usize::from(short & 0x7f))?;
        (long.iter().fold(0_usize, |length, byte| (length << 8) | usize::from(*byte)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As much of a certificate as is read: version, serial, algorithm, issuer, two times.
    fn certificate(not_after: &[u8]) -> Vec<u8> {
        let element =
            |tag: u8, content: &[u8]| [&[tag, u8::try_from(content.len()).unwrap()], content].concat();
        let validity = [element(0x17, b"260101000000Z"), not_after.to_vec()].concat();
        let signed = [
            element(0xa0, &[2, 1, 2]),
            element(2, &[7]),
            element(0x30, &[]),
            element(0x30, &[]),
            element(0x30, &validity),
        ];
        element(0x30, &element(0x30, &signed.concat()))
    }

    #[test]
    fn the_end_of_a_certificate_is_read() {
        let utc = certificate(b"\x17\x0d270203040506Z");
        assert_eq!(end_of(&utc).unwrap().to_rfc3339(), "2027-02-03T04:05:06+00:00");
        let general = certificate(b"\x18\x0f20500203040506Z");
        assert_eq!(end_of(&general).unwrap().to_rfc3339(), "2050-02-03T04:05:06+00:00");
        assert_eq!(end_of(&utc[..20]), None);
    }

    #[test]
    fn two_weeks_before_the_end_something_is_wrong() {
        let der = certificate(b"\x17\x0d270203040506Z");
        assert!(left(&der, "2027-01-01T00:00:00Z".parse().unwrap()).is_ok());
        assert!(left(&der, "2027-01-25T00:00:00Z".parse().unwrap()).is_err());
    }
}
