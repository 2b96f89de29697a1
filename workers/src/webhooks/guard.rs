//! Where posts may go: an address that somebody else gives must not lead into our own network (SSRF).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where posts to webhooks may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses, by HTTPS.
    #[default]
    Public,
    /// Anywhere: for development, and for partners in the same network.
    Anywhere,
}

/// Resolves names to public addresses only. The connection is made to the very address that was
/// looked at, so that a name cannot lead elsewhere the second time (DNS rebinding).
#[derive(Debug)]
pub(super) struct PublicNames;

/// The name leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("this host is not on the public Internet")]
struct NotPublic;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|found| is_public(found.ip())).collect();
            if public.is_empty() {
                return Err(NotPublic.into());
            }
            let public: Addrs = Box::new(public.into_iter());
            Ok(public)
        })
    }
}

/// Whether an address is on the public Internet, by the registries of special-purpose addresses
/// (RFC 6890 and its successors).
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || (a == 100 && (64..128).contains(&b)) // shared, RFC 6598
        || (a == 192 && b == 0 && c == 0) // protocol assignments
        || (a == 192 && b == 88 && c == 99) // 6to4 relays
        || (a == 198 && (18..20).contains(&b)) // benchmarks, RFC 2544
        || a >= 240; // reserved
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let segments = ip.segments();
    match segments[0] {
        // 6to4 and NAT64 carry an IPv4 address.
        0x2002 => is_public_v4(v4_of(segments[1], segments[2])),
        0x0064 if segments[1] == 0xff9b => is_public_v4(v4_of(segments[6], segments[7])),
        0x2001 => segments[1] > 0x01ff && segments[1] != 0x0db8,
        // Global unicast addresses; all else is special.
        first => first & 0xe000 == 0x2000 && first & 0xfff0 != 0x3ff0,
    }
}

fn v4_of(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[rstest::rstest]
    #[case("93.184.215.14", true)]
    #[case("127.0.0.1", false)]
    #[case("127.9.9.9", false)]
    #[case("10.0.0.8", false)]
    #[case("172.16.0.1", false)]
    #[case("192.168.1.1", false)]
    #[case("169.254.169.254", false)]
    #[case("100.64.0.1", false)]
    #[case("0.0.0.0", false)]
    #[case("224.0.0.1", false)]
    #[case("255.255.255.255", false)]
    #[case("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    #[case("::1", false)]
    #[case("::", false)]
    #[case("fe80::1", false)]
    #[case("fc00::1", false)]
    #[case("fd12::1", false)]
    #[case("ff02::1", false)]
    #[case("::ffff:127.0.0.1", false)]
    #[case("::ffff:10.0.0.1", false)]
    #[case("64:ff9b::7f00:1", false)]
    #[case("2002:7f00:1::", false)]
    #[case("2001:db8::1", false)]
    fn only_the_public_internet_is_reached(#[case] ip: &str, #[case] public: bool) {
        assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
    }
}
