//! Where a request came from, as the proxies on its way tell.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName, header};

/// More proxies than this stand before no service.
const HOPS: usize = 32;

/// The field in which proxies tell where a request came from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyField {
    /// `X-Forwarded-For`: addresses, separated by commas.
    #[default]
    XForwardedFor,
    /// `Forwarded` (RFC 7239): its `for`.
    Forwarded,
}

impl ProxyField {
    /// The addresses in the order of the way, the last [`HOPS`] of them; `None` for what is no address.
    pub(super) fn hops(self, headers: &HeaderMap) -> Vec<Option<IpAddr>> {
        let name = match self {
            Self::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
            Self::Forwarded => header::FORWARDED,
        };
        let lines: Vec<_> =
            headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default()).collect();
        let last = lines.iter().rev().flat_map(|line| line.rsplit(',')).take(HOPS);
        let mut hops: Vec<_> = last
            .map(|hop| match self {
                Self::XForwardedFor => address(hop.trim()),
                Self::Forwarded => address(node(hop)?),
            })
            .collect();
        hops.reverse();
        hops
    }
}

/// The node of the parameter `for` in an element of `Forwarded`, without its quotes.
fn node(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        name.trim().eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
    })
}

/// `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let alone = bare.parse().ok();
    let parsed = alone.or_else(|| text.parse::<SocketAddr>().ok().map(|with_port| with_port.ip()));
    parsed.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("192.0.2.1", Some("192.0.2.1"))]
    #[case("192.0.2.1:4711", Some("192.0.2.1"))]
    #[case("2001:db8::1", Some("2001:db8::1"))]
    #[case("[2001:db8::1]", Some("2001:db8::1"))]
    #[case("[2001:db8::1]:4711", Some("2001:db8::1"))]
    #[case("::ffff:192.0.2.1", Some("192.0.2.1"))]
    #[case("unknown", None)]
    #[case("_hidden", None)]
    #[case("", None)]
    fn an_address_is_read_however_it_is_written(#[case] text: &str, #[case] read: Option<&str>) {
        assert_eq!(address(text), read.map(|text| text.parse().unwrap()));
    }

    #[test]
    fn hops_stand_in_the_order_of_the_way_over_all_fields() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "203.0.113.9, 192.0.2.1".parse().unwrap());
        headers.append("x-forwarded-for", "192.0.2.2".parse().unwrap());
        headers.append("forwarded", "for=203.0.113.9;proto=https".parse().unwrap());
        headers.append(
            "forwarded",
            "by=_x;For=\"[2001:db8::1]:4711\", for=_obfuscated".parse().unwrap(),
        );
        let some = |texts: &[&str]| -> Vec<Option<IpAddr>> {
            texts.iter().map(|text| text.parse().ok()).collect()
        };
        let hops = ProxyField::XForwardedFor.hops(&headers);
        assert_eq!(hops, some(&["203.0.113.9", "192.0.2.1", "192.0.2.2"]));
        let hops = ProxyField::Forwarded.hops(&headers);
        assert_eq!(hops, some(&["203.0.113.9", "2001:db8::1", "_obfuscated"]));
    }

    #[test]
    fn an_endless_field_is_read_from_its_end() {
        let mut headers = HeaderMap::new();
        headers.append("x-forwarded-for", "192.0.2.1,".repeat(6000).parse().unwrap());
        headers.append("x-forwarded-for", "192.0.2.2".parse().unwrap());
        let hops = ProxyField::XForwardedFor.hops(&headers);
        assert_eq!(hops.len(), HOPS);
        assert_eq!(hops.last().copied().flatten(), "192.0.2.2".parse().ok());
    }
}
