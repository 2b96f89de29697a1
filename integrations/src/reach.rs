//! The guard against requests into our own network (SSRF): an address that somebody else gives may lead to
//! the public Internet alone.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::ClientBuilder;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Where requests to addresses of others may go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses.
    #[default]
    Public,
    /// To public addresses, and to these hosts, each with its port, wherever they are.
    PublicAnd(Vec<(String, u16)>),
    /// Anywhere: for development, and for partners in the same network.
    Anywhere,
}

impl Reach {
    /// Public addresses, and wherever these lead, such as to this very service.
    pub fn public_and<'a>(urls: impl IntoIterator<Item = &'a Url>) -> Self {
        Self::PublicAnd(urls.into_iter().filter_map(host_and_port).collect())
    }

    /// Binds a client to it: a name is resolved to addresses within reach alone, and the connection is made to
    /// the very address that was looked at, so that a name cannot lead elsewhere the second time (DNS
    /// rebinding). No proxy is used, since it would resolve the name itself.
    pub fn bind(&self, builder: ClientBuilder) -> ClientBuilder {
        let admitted = match self {
            Self::Anywhere => return builder.no_proxy(),
            Self::Public => vec![],
            Self::PublicAnd(hosts) => hosts.iter().map(|(host, _)| host.clone()).collect(),
        };
        builder.no_proxy().dns_resolver(Arc::new(PublicNames { admitted }))
    }

    /// Whether a request may be made, as far as the address itself tells: a literal one never meets the
    /// resolver. It is asked before each request, and before each redirection is followed.
    pub fn admits(&self, url: &Url) -> bool {
        match self {
            Self::Anywhere => return url.host().is_some(),
            Self::PublicAnd(hosts) => {
                let Some((host, port)) = host_and_port(url) else { return false };
                if hosts.iter().any(|admitted| admitted.0 == host) {
                    return hosts.contains(&(host, port));
                }
            }
            Self::Public => {}
        }
        match url.host() {
            Some(Host::Ipv4(ip)) => is_public(ip.into()),
            Some(Host::Ipv6(ip)) => is_public(ip.into()),
            Some(Host::Domain(_)) => true,
            None => false,
        }
    }

    /// Whether the host is, with its port, one of those that are admitted wherever they are.
    pub(crate) fn names(&self, url: &Url) -> bool {
        match self {
            Self::PublicAnd(hosts) => host_and_port(url).is_some_and(|it| hosts.contains(&it)),
            Self::Public | Self::Anywhere => false,
        }
    }

    /// What of it is for a page at `url`, whose scripts choose where to go: of the hosts that are admitted, its own.
    pub(crate) fn only_for(&self, url: &Url) -> Self {
        match self {
            Self::PublicAnd(hosts) => {
                let own = host_and_port(url);
                Self::PublicAnd(
                    hosts.iter().filter(|host| Some(*host) == own.as_ref()).cloned().collect(),
                )
            }
            it => it.clone(),
        }
    }

    /// The addresses within reach to which `url` leads: one of them is to be connected to.
    pub(crate) async fn addresses(&self, url: &Url) -> io::Result<Vec<SocketAddr>> {
        let place = host_and_port(url).filter(|_| self.admits(url));
        let place = place.ok_or_else(|| io::Error::other(NotPublic))?;
        let found = match url.host() {
            Some(Host::Ipv4(ip)) => return Ok(vec![(ip, place.1).into()]),
            Some(Host::Ipv6(ip)) => return Ok(vec![(ip, place.1).into()]),
            _ => tokio::net::lookup_host((place.0.as_str(), place.1)).await?,
        };
        let is_admitted = match self {
            Self::Anywhere => true,
            Self::PublicAnd(hosts) => hosts.contains(&place),
            Self::Public => false,
        };
        let within: Vec<_> = found.filter(|found| is_admitted || is_public(found.ip())).collect();
        if within.is_empty() { Err(io::Error::other(NotPublic)) } else { Ok(within) }
    }
}

fn host_and_port(url: &Url) -> Option<(String, u16)> {
    Some((url.host_str()?.to_owned(), url.port_or_known_default()?))
}

/// Resolves names to public addresses only, and those that are admitted to any.
#[derive(Debug)]
struct PublicNames {
    admitted: Vec<String>,
}

/// The name leads into a private network.
#[derive(Debug, thiserror::Error)]
#[error("this host is not on the public Internet")]
pub(crate) struct NotPublic;

impl Resolve for PublicNames {
    fn resolve(&self, name: Name) -> Resolving {
        let admitted = self.admitted.iter().any(|host| host == name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let within = |found: &SocketAddr| admitted || is_public(found.ip());
            let within: Vec<SocketAddr> = found.filter(within).collect();
            if within.is_empty() {
                return Err(NotPublic.into());
            }
            let within: Addrs = Box::new(within.into_iter());
            Ok(within)
        })
    }
}

/// Whether an address is on the public Internet, by the registries of special-purpose addresses
/// (RFC 6890 and its successors).
fn is_public(ip: IpAddr) -> bool {
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
        // 6to4 and NAT64 carry an IPv4 address; where a local NAT64 (RFC 8215) has it is its own
        // business.
        0x2002 => is_public_v4(v4_of(segments[1], segments[2])),
        0x0064 if segments[1] == 0xff9b && segments[2..6] == [0; 4] => {
            is_public_v4(v4_of(segments[6], segments[7]))
        }
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
    #[case("64:ff9b::5db8:d70e", true)]
    #[case("64:ff9b:1:a00:0:800:5db8:d70e", false)]
    #[case("64:ff9b:1::5db8:d70e", false)]
    #[case("64:ff9b:0:0:0:1:5db8:d70e", false)]
    #[case("2002:7f00:1::", false)]
    #[case("2001:db8::1", false)]
    fn only_the_public_internet_is_reached(#[case] ip: &str, #[case] public: bool) {
        assert_eq!(is_public(ip.parse().unwrap()), public, "{ip}");
    }

    #[rstest::rstest]
    #[case("http://example.org/", true)]
    #[case("http://127.0.0.1:8080/jobs", true)]
    #[case("http://127.0.0.1:5432/", false)]
    #[case("http://127.0.0.2:8080/", false)]
    #[case("http://[::1]:8080/", false)]
    #[case("http://0x7f000001/", false)]
    #[case("data:text/plain,x", false)]
    fn a_host_of_ours_is_reached_at_its_port_alone(#[case] url: &str, #[case] admitted: bool) {
        let reach = Reach::public_and([&"http://127.0.0.1:8080/".parse().unwrap()]);
        assert_eq!(reach.admits(&url.parse().unwrap()), admitted, "{url}");
    }

    #[test]
    fn a_page_is_admitted_to_no_host_of_ours_but_its_own() {
        let [jobs, other] = ["http://127.0.0.1:8080/jobs", "http://10.0.0.8/"]
            .map(|url| url.parse::<Url>().unwrap());
        let reach = Reach::public_and([&jobs, &other]);
        let of_jobs = reach.only_for(&jobs);
        assert_eq!((of_jobs.admits(&jobs), of_jobs.admits(&other)), (true, false));
        let of_another = reach.only_for(&"https://example.org/".parse().unwrap());
        assert_eq!((of_another.admits(&jobs), of_another.admits(&other)), (false, false));
    }
}
