//! The address that a request came from, as far as limits care.

use std::net::{IpAddr, Ipv6Addr};

use http::{HeaderMap, HeaderName};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Whether the proxy in front is ours, so that the last entry of `X-Forwarded-For` is its word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    /// Only our Caddy reaches us.
    Ours,
    /// Anybody does: the header says what anybody wants it to say.
    None,
}

/// The client's address: the last entry of `X-Forwarded-For`, else the peer of the connection.
/// Entries before the last one are the client's own invention.
pub fn client(headers: &HeaderMap, peer: Option<IpAddr>, proxy: Proxy) -> Option<IpAddr> {
    let forwarded = headers.get_all(FORWARDED_FOR).iter().next_back();
    let last = forwarded.and_then(|line| line.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
    if proxy == Proxy::Ours { last.or(peer) } else { peer }
}

/// What of an address is one customer: an IPv4 address, or the /64 that an IPv6 provider hands
/// to one line.
pub fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64))),
        v4 @ IpAddr::V4(_) => v4,
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const PEER: Option<IpAddr> = Some(IpAddr::V4(std::net::Ipv4Addr::LOCALHOST));

    fn seen(lines: &[&str], proxy: Proxy) -> String {
        let headers =
            lines.iter().map(|line| (FORWARDED_FOR, HeaderValue::from_str(line).unwrap())).collect();
        client(&headers, PEER, proxy).unwrap().to_string()
    }

    #[test]
    fn the_last_entry_is_the_proxys_word() {
        assert_eq!(seen(&["10.0.0.1, 192.0.2.7"], Proxy::Ours), "192.0.2.7");
        assert_eq!(seen(&["192.0.2.7", "10.0.0.1,2001:db8::1"], Proxy::Ours), "2001:db8::1");
        assert_eq!(seen(&[], Proxy::Ours), "127.0.0.1");
        assert_eq!(seen(&["192.0.2.7, unknown"], Proxy::Ours), "127.0.0.1");
    }

    #[test]
    fn without_our_proxy_the_header_says_nothing() {
        assert_eq!(seen(&["192.0.2.7"], Proxy::None), "127.0.0.1");
    }

    #[test]
    fn an_ipv6_line_is_one_customer() {
        let network = |text: &str| super::network(text.parse().unwrap()).to_string();
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(network("192.0.2.7"), "192.0.2.7");
        assert_eq!(network("::ffff:192.0.2.7"), "192.0.2.7");
    }
}
